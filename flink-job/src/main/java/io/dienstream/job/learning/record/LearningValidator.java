package io.dienstream.job.learning.record;

import io.dienstream.job.check.RecordValidator;
import io.dienstream.job.option.JobOptions;
import io.dienstream.job.option.Settings;
import io.dienstream.job.record.Reason;
import io.dienstream.job.record.Rejection;
import io.dienstream.schema.Candidate;
import io.dienstream.schema.Impression;
import io.dienstream.schema.ServedRequest;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.LongSupplier;

/**
 * Checks a decoded record before anything trusts it. Messages name the schema's own fields and
 * limits, never a value that the record brought.
 */
public final class LearningValidator {
    private final RecordValidator shared;
    private final int maxCandidates;
    private final LongSupplier clock;

    /**
     * @param clock ms; a record's own time that is ahead of it is its producer's invention
     */
    public LearningValidator(Settings options, LongSupplier clock) {
        shared = new RecordValidator(options, clock);
        maxCandidates = options.get(JobOptions.MAX_CANDIDATES);
        this.clock = clock;
    }

    /** Why {@code record}, as decoded, is refused, or null. */
    public Rejection check(LearningRecord record) {
        long recordTime = Math.min(record.origin().timestamp(), clock.getAsLong());
        Rejection time = shared.checkTime(record.eventTime(), recordTime);
        if (time != null) {
            return time;
        }
        return switch (record.kind()) {
            case SERVED -> check(record.served());
            case IMPRESSION -> check(record.impression());
            case CLICK -> ids(record, shared.checkId("click_id", record.click().getClickId()));
            case HEARTBEAT -> null;
        };
    }

    private Rejection check(ServedRequest r) {
        Rejection id = shared.checkId("request_id", r.getRequestId());
        Rejection user = id != null ? id : shared.checkId("user_id", r.getUserId());
        if (user != null) {
            return user;
        }
        List<Candidate> candidates = r.getCandidates();
        if (candidates.isEmpty()) {
            return new Rejection(Reason.NO_CANDIDATES, "the request has no candidates");
        }
        if (candidates.size() > maxCandidates) {
            return new Rejection(
                    Reason.TOO_MANY_CANDIDATES,
                    candidates.size() + " candidates, request.max-candidates = " + maxCandidates);
        }
        if (r.getPctr().size() != candidates.size()) {
            return new Rejection(
                    Reason.INVALID_SERVED,
                    "%d candidates, but %d in pctr"
                            .formatted(candidates.size(), r.getPctr().size()));
        }
        Set<String> ads = new HashSet<>();
        for (int n = 0; n < candidates.size(); n++) {
            float pctr = r.getPctr().get(n);
            if (!(pctr >= 0 && pctr <= 1)) {
                return new Rejection(Reason.INVALID_SERVED, "pctr[" + n + "] is not in [0, 1]");
            }
            if (!ads.add(candidates.get(n).getAdId())) {
                return new Rejection(Reason.REPEATED_AD, "candidates[" + n + "] repeats an ad_id");
            }
        }
        return null;
    }

    private Rejection check(Impression i) {
        Rejection ids = ids(i.getRequestId(), i.getAdId(), i.getUserId());
        if (ids != null) {
            return ids;
        }
        if (i.getPosition() != null && i.getPosition() < 0) {
            return new Rejection(Reason.INVALID_PLACE, "position is below 0");
        }
        Double propensity = i.getPropensity();
        return propensity == null || (propensity > 0 && propensity <= 1)
                ? null
                : new Rejection(Reason.INVALID_PLACE, "propensity is not in (0, 1]");
    }

    private Rejection ids(LearningRecord record, Rejection before) {
        return before != null ? before : ids(record.requestId(), record.adId(), record.userId());
    }

    private Rejection ids(String request, String ad, String user) {
        Rejection first = shared.checkId("request_id", request);
        Rejection second = first != null ? first : shared.checkId("ad_id", ad);
        return second != null ? second : shared.checkId("user_id", user);
    }
}
