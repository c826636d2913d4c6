package io.dienstream.job.function;

import io.dienstream.dien.history.HistoryModel;
import io.dienstream.dien.history.InterestHistory;
import io.dienstream.dien.layer.InterestExtractor;
import io.dienstream.job.record.ScoringTask;
import java.util.HexFormat;
import org.apache.flink.metrics.Counter;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Scores are of one model from end to end: interest states that another one computed are rebuilt
 * from the behaviors before they are scored, as they are in keyed state. Where scoring is not
 * chained it may come to that for the job's own model: an unaligned checkpoint brings tasks of the
 * model before an upgrade, and TaskManagers may hold different artifacts under one path. A
 * published version is one artifact everywhere, by its checksum.
 */
final class OwnStates {
    private static final Logger LOG = LoggerFactory.getLogger(OwnStates.class);

    private final HistoryModel model;
    private final InterestExtractor.Scratch scratch;
    private final Counter rebuilt;
    private long warnedOf;

    /**
     * @param model that scores
     * @param rebuilt counts the tasks of other models
     */
    OwnStates(HistoryModel model, Counter rebuilt) {
        this.model = model;
        this.rebuilt = rebuilt;
        scratch = model.newScratch();
        warnedOf = model.fingerprint();
    }

    /** The task with states of the model that scores: itself, where it has them. */
    ScoringTask of(ScoringTask task) {
        if (task.modelFingerprint() == model.fingerprint()) {
            return task;
        }
        rebuilt.inc();
        warn(task.modelFingerprint());
        InterestHistory history = model.rebuild(task.history(), scratch);
        return new ScoringTask(
                task.request(),
                history,
                history.prefix(task.request().eventTime()),
                task.late(),
                task.model().scoredBy(model.fingerprint()));
    }

    /** Once for each model that comes after another: requests are many. */
    private void warn(long other) {
        if (other == warnedOf) {
            return;
        }
        warnedOf = other;
        LOG.warn(
                "requests come with interest states of model {}, this subtask scores with model {}"
                        + " (the first digits of their checksums) and rebuilds the states of each:"
                        + " expected for a moment after an upgrade; else model.path holds different"
                        + " artifacts on different TaskManagers, or was changed while the job runs",
                other == ScoringTask.UNTOLD ? "of an earlier release" : hex(other),
                hex(model.fingerprint()));
    }

    private static String hex(long fingerprint) {
        return HexFormat.of().toHexDigits(fingerprint);
    }
}
