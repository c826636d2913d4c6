package io.dienstream.job.learning.output;

import io.dienstream.job.function.DeadLetters;
import io.dienstream.job.learning.record.JoinedExample;
import io.dienstream.job.metric.DeadLetterMetrics;
import io.dienstream.job.metric.LearningMetrics;
import io.dienstream.job.option.LearningOptions;
import io.dienstream.job.record.OutboundRecord;
import io.dienstream.job.record.OutputLimits;
import io.dienstream.job.record.Reason;
import io.dienstream.job.record.RecordType;
import io.dienstream.job.record.Rejection;
import io.dienstream.schema.LabeledCandidate;
import io.dienstream.schema.TrainingExample;
import io.dienstream.wire.KeptNegative;
import io.dienstream.wire.WireEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.metrics.Counter;
import org.apache.flink.metrics.MetricGroup;
import org.apache.flink.streaming.api.functions.ProcessFunction;
import org.apache.flink.util.Collector;
import org.apache.flink.util.OutputTag;

/**
 * Joined examples to messages: negatives are sampled, and what no broker would take is set aside.
 * An example of which nothing is left is not written.
 */
public final class ExampleFunction extends ProcessFunction<JoinedExample, OutboundRecord> {
    private static final long serialVersionUID = 1;

    /** Side output for files: the same messages, whose time is closed_at. */
    public static final OutputTag<OutboundRecord> FILES =
            new OutputTag<>("example-files", RecordType.OUTBOUND);

    private final double rate;
    private final String salt;
    private final boolean hasFiles;
    private final int exampleBytes;
    private final int deadLetterBytes;
    private transient KeptNegative kept;
    private transient WireEncoder<TrainingExample> encoder;
    private transient DeadLetters deadLetters;
    private transient Counter examples;
    private transient Counter written;
    private transient Counter sampledOut;
    private transient Counter oversize;

    /**
     * @param exampleBytes that an example may have
     * @param deadLetterBytes that a dead letter may have
     */
    public ExampleFunction(LearningOptions options, int exampleBytes, int deadLetterBytes) {
        rate = options.get(LearningOptions.NEGATIVE_RATE);
        salt = options.get(LearningOptions.SALT);
        hasFiles = !options.get(LearningOptions.DIRECTORY).isEmpty();
        this.exampleBytes = exampleBytes;
        this.deadLetterBytes = deadLetterBytes;
    }

    @Override
    public void open(OpenContext context) {
        kept = new KeptNegative(salt, rate);
        encoder = new WireEncoder<>(TrainingExample.class);
        deadLetters =
                new DeadLetters(
                        DeadLetterMetrics.of(getRuntimeContext().getMetricGroup()),
                        deadLetterBytes);
        MetricGroup operator = getRuntimeContext().getMetricGroup();
        examples = LearningMetrics.EXAMPLES.counterOf(operator);
        written = LearningMetrics.WRITTEN.counterOf(operator);
        sampledOut = LearningMetrics.SAMPLED_OUT.counterOf(operator);
        oversize = LearningMetrics.OVERSIZE.counterOf(operator);
    }

    @Override
    public void processElement(
            JoinedExample joined, Context context, Collector<OutboundRecord> out) {
        TrainingExample example = sampled(joined.example());
        int candidates = example.getCandidates().size();
        sampledOut.inc(joined.example().getCandidates().size() - (long) candidates);
        if (candidates == 0) {
            return;
        }
        long now = context.timerService().currentProcessingTime();
        byte[] key = example.getRequestId().getBytes(StandardCharsets.UTF_8);
        OutboundRecord record = new OutboundRecord(key, encoder.encode(example), now);
        if (OutputLimits.exceeds(record, exampleBytes)) {
            oversize.inc(candidates);
            Rejection tooLarge =
                    new Rejection(
                            Reason.OVERSIZE_EXAMPLE,
                            "its example has %d bytes, %d are allowed"
                                    .formatted(key.length + record.value().length, exampleBytes));
            context.output(DeadLetters.TAG, deadLetters.of(joined.served(), tooLarge, now));
            return;
        }
        examples.inc();
        written.inc(candidates);
        out.collect(record);
        if (hasFiles) {
            context.output(FILES, new OutboundRecord(key, record.value(), example.getClosedAt()));
        }
    }

    /** {@code joined} with the negatives that are kept; itself where all are. */
    private TrainingExample sampled(TrainingExample joined) {
        if (rate >= 1) {
            return joined;
        }
        List<LabeledCandidate> left = new ArrayList<>();
        for (LabeledCandidate candidate : joined.getCandidates()) {
            if (candidate.getClicked()) {
                left.add(candidate);
            } else if (kept.keeps(joined.getRequestId(), candidate.getAdId())) {
                left.add(withRate(candidate));
            }
        }
        TrainingExample sampled = TrainingExample.newBuilder(joined).build();
        sampled.setCandidates(left);
        sampled.setNegativeRate(rate); // of its clicks too: the loss counts both against it
        return sampled;
    }

    /** A copy: whoever else reads the joined example sees it as it was. */
    private LabeledCandidate withRate(LabeledCandidate candidate) {
        LabeledCandidate copy = LabeledCandidate.newBuilder(candidate).build();
        copy.setSamplingRate(rate);
        return copy;
    }
}
