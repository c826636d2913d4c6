package io.dienstream.operate.score;

import io.dienstream.datasets.log.LogTimes;
import io.dienstream.dien.RequestEncoder;
import io.dienstream.job.check.RecordValidator;
import io.dienstream.job.option.JobOptions;
import io.dienstream.job.record.Rejection;
import io.dienstream.schema.AdRequest;
import io.dienstream.schema.Behavior;
import java.util.List;

/** What the job would refuse, by the job's own checks. */
public final class RequestCheck {
    /** Recorded logs may be older than what a live job accepts. */
    public static final String EARLIEST = LogTimes.EARLIEST.toString();

    private final RecordValidator validator;
    private final RequestEncoder encoder;

    /**
     * @param encoder of the model, which knows its user and context fields
     */
    public RequestCheck(JobOptions options, RequestEncoder encoder) {
        this.validator = new RecordValidator(options);
        this.encoder = encoder;
    }

    /**
     * Why the job would refuse a request, or null.
     *
     * @param recordTime the Kafka record's own time, ms
     */
    public Rejection check(AdRequest request, long recordTime) {
        Rejection rejection = validator.check(request, recordTime);
        if (rejection != null) {
            return rejection;
        }
        for (String name : request.getUser().keySet()) {
            if (!encoder.hasUserField(name)) {
                return RecordValidator.unknownField("user", name);
            }
        }
        for (String name : request.getContext().keySet()) {
            if (!encoder.hasContextField(name)) {
                return RecordValidator.unknownField("context", name);
            }
        }
        return null;
    }

    /**
     * Why the job would have refused a request or one of its user's behaviors, or null. Each is
     * taken to have come at its own time: the behaviors may go on after the request.
     */
    public Rejection checkRecorded(AdRequest request, List<Behavior> behaviors) {
        Rejection rejection = check(request, request.getTimestamp());
        for (int b = 0; rejection == null && b < behaviors.size(); b++) {
            rejection = check(behaviors.get(b), behaviors.get(b).getTimestamp());
        }
        return rejection;
    }

    /** Why the job would refuse a behavior, or null. */
    public Rejection check(Behavior behavior, long recordTime) {
        return validator.check(behavior, recordTime);
    }
}
