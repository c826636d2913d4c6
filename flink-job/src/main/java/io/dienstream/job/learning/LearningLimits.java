package io.dienstream.job.learning;

import io.dienstream.job.connector.KafkaLimits;
import io.dienstream.job.option.LearningOptions;
import io.dienstream.job.record.OutputLimits;
import java.io.Serializable;
import java.util.List;

/**
 * The most bytes that key and value of a record may have on its way out, by topic. Corrections are
 * always small: ids have at most {@code value.max-length} chars.
 *
 * @param examples of a training example
 * @param deadLetters of a refused record
 */
public record LearningLimits(int examples, int deadLetters) implements Serializable {
    private static final long serialVersionUID = 1;

    /** Of topics that nobody has configured. */
    public static final LearningLimits DEFAULT =
            new LearningLimits(OutputLimits.DEFAULT.scores(), OutputLimits.DEFAULT.deadLetters());

    /** Of the job's producers and topics as they are now. */
    static LearningLimits read(LearningOptions options) {
        KafkaLimits limits =
                KafkaLimits.of(
                        options, List.of(LearningOptions.EXAMPLES, LearningOptions.DEAD_LETTERS));
        return new LearningLimits(
                limits.bytes(LearningOptions.EXAMPLES), limits.bytes(LearningOptions.DEAD_LETTERS));
    }
}
