package io.dienstream.operate.score;

import io.dienstream.datasets.log.BadLines;
import io.dienstream.datasets.log.ModelFields;
import io.dienstream.datasets.log.RequestLog;
import io.dienstream.dien.Scorer;
import io.dienstream.job.option.JobOptions;
import io.dienstream.job.record.Rejection;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;

/**
 * Recorded requests in a file that carry their users' behaviors. What the job would refuse is
 * refused here too, with its line: whoever scores, explains or verifies takes the same requests.
 */
public final class RequestFile implements RequestLog.Source {
    private final Path file;
    private final RequestCheck check;
    private final ModelFields fields;
    private final BadLines bad;

    /**
     * @param scorer of the model, whose fields the requests are to have
     */
    public RequestFile(Path file, Scorer scorer, BadLines bad) {
        this.file = file;
        fields = new ModelFields(scorer.model().config());
        this.bad = bad;
        JobOptions options =
                JobOptions.of(
                        Map.of(
                                JobOptions.MODEL.key(),
                                "none",
                                JobOptions.BOOTSTRAP_SERVERS.key(),
                                "none",
                                JobOptions.EARLIEST.key(),
                                RequestCheck.EARLIEST));
        check = new RequestCheck(options, scorer.encoder());
    }

    @Override
    public void forEach(RequestLog.Consumer consumer) throws IOException {
        RequestLog.forEach(
                file,
                bad,
                line -> {
                    fields.check(line);
                    Rejection rejection = check.checkRecorded(line.request(), line.behaviors());
                    if (rejection == null) {
                        consumer.accept(line);
                    } else {
                        bad.refuse(
                                file,
                                line.line(),
                                rejection.reason().code() + ", " + rejection.message());
                    }
                });
    }
}
