package io.dienstream.job.function;

import static org.assertj.core.api.Assertions.assertThat;

import io.dienstream.job.Records;
import io.dienstream.job.connector.InboundDeserializer;
import io.dienstream.job.option.JobOptions;
import io.dienstream.job.record.InboundRecord;
import io.dienstream.job.record.OutboundRecord;
import io.dienstream.job.record.OutputLimits;
import io.dienstream.job.record.Reason;
import io.dienstream.job.record.RecordType;
import io.dienstream.job.record.ScoringTask;
import io.dienstream.schema.DeadLetter;
import io.dienstream.wire.WireDecoder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.Random;
import java.util.TreeMap;
import org.apache.flink.api.common.typeutils.TypeSerializer;
import org.apache.flink.streaming.api.operators.ProcessOperator;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.streaming.util.OneInputStreamOperatorTestHarness;
import org.apache.flink.streaming.util.ProcessFunctionTestHarnesses;
import org.apache.flink.util.Collector;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.record.TimestampType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Hostile values through every step between the source and the sinks; a million in FuzzIT. */
class FuzzTest {

    @TempDir private Path directory;

    int values() {
        return 50_000;
    }

    @Test
    void everyValueIsAccountedForAndNoneFailsInsideOurCode() throws Exception {
        Path model = Records.model(directory, 1);
        JobOptions options = Records.options(model, "served.enabled", "false");
        try (Pipeline pipeline = new Pipeline(model, options)) {
            Random random = new Random(7);
            HostileValues values = new HostileValues(random);
            InboundRecord.Kind[] kinds = InboundRecord.Kind.values();
            for (int n = 0; n < values(); n++) {
                pipeline.process(kinds[random.nextInt(kinds.length)], values.next());
            }
            pipeline.assertAccountedFor(values());
        }
    }

    /** The job's own steps in a row, with what went in and came out counted. */
    private static final class Pipeline implements AutoCloseable {
        private final List<InboundDeserializer> deserializers = new ArrayList<>();
        private final OneInputStreamOperatorTestHarness<InboundRecord, InboundRecord> admit;
        private final InterestHarness interest;
        private final OneInputStreamOperatorTestHarness<ScoringTask, OutboundRecord> scoring;
        private final WireDecoder<DeadLetter> decoder = WireDecoder.of(DeadLetter.class);
        private final TypeSerializer<InboundRecord> serializer =
                RecordType.INBOUND.createSerializer(null);
        private final TreeMap<String, Integer> letters = new TreeMap<>();
        private int in;
        private int requests;
        private int others;
        private int answers;

        Pipeline(Path model, JobOptions options) throws Exception {
            for (InboundRecord.Kind kind : InboundRecord.Kind.values()) {
                InboundDeserializer deserializer = new InboundDeserializer(kind, options);
                deserializer.open(null);
                deserializers.add(deserializer);
            }
            admit =
                    new OneInputStreamOperatorTestHarness<>(
                            new ProcessOperator<>(new AdmitFunction<>(OutputLimits.DEFAULT)));
            admit.setup(serializer);
            admit.open();
            interest = new InterestHarness(model, null);
            scoring =
                    ProcessFunctionTestHarnesses.forProcessFunction(
                            new ScoringFunction(options, OutputLimits.DEFAULT));
        }

        void process(InboundRecord.Kind kind, byte[] value) throws Exception {
            in++;
            List<InboundRecord> decoded = new ArrayList<>(1);
            deserializers
                    .get(kind.code())
                    .deserialize(consumed(in, value), new Collecting(decoded));
            assertThat(decoded).hasSize(1);
            admit.processElement(decoded.get(0), Records.START);
            for (InboundRecord record : admit.extractOutputValues()) {
                if (record.kind() == InboundRecord.Kind.AD_REQUEST) {
                    requests++;
                } else {
                    others++;
                }
                interest.harness.processElement(serializer.copy(record), record.eventTime());
            }
            admit.getOutput().clear();
            for (ScoringTask task : interest.tasks()) {
                scoring.processElement(task, task.request().eventTime());
            }
            answers += scoring.extractOutputValues().size();
            scoring.getOutput().clear();
            count(admit.getSideOutput(AdmitFunction.DEAD_LETTERS));
            count(interest.harness.getSideOutput(InterestFunction.DEAD_LETTERS));
            count(scoring.getSideOutput(ScoringFunction.DEAD_LETTERS));
        }

        private static ConsumerRecord<byte[], byte[]> consumed(int offset, byte[] value) {
            return new ConsumerRecord<>(
                    "t",
                    0,
                    offset,
                    Records.START,
                    TimestampType.CREATE_TIME,
                    0,
                    value.length,
                    null,
                    value,
                    new RecordHeaders(),
                    Optional.empty());
        }

        private void count(Queue<StreamRecord<OutboundRecord>> side) throws Exception {
            while (side != null && !side.isEmpty()) {
                byte[] value = side.poll().getValue().value();
                DeadLetter letter = decoder.decode(value);
                letters.merge(letter.getReason(), 1, Integer::sum);
            }
        }

        void assertAccountedFor(int values) {
            int refused = letters.values().stream().mapToInt(n -> n).sum();
            assertThat(in).isEqualTo(values);
            assertThat(letters).doesNotContainKey(Reason.INTERNAL.code());
            int lateOnes = letters.getOrDefault(Reason.LATE.code(), 0);
            int unknown = letters.getOrDefault(Reason.UNKNOWN_FIELD.code(), 0);
            assertThat(answers + unknown).isEqualTo(requests);
            assertThat(answers + others + refused - lateOnes).isEqualTo(values);
            assertThat(answers).as("some mutants stay valid").isGreaterThan(values / 1000);
            assertThat(letters.keySet())
                    .as("every reason that a value alone can have")
                    .containsExactlyInAnyOrder(
                            "undecodable",
                            "unknown_schema",
                            "invalid_id",
                            "invalid_time",
                            "oversize_value",
                            "too_many_candidates",
                            "repeated_ad",
                            "invalid_bid",
                            "invalid_pcvr",
                            "invalid_currency",
                            "unknown_field",
                            "late");
        }

        @Override
        public void close() throws Exception {
            admit.close();
            interest.close();
            scoring.close();
        }
    }

    private record Collecting(List<InboundRecord> records) implements Collector<InboundRecord> {
        @Override
        public void collect(InboundRecord record) {
            records.add(record);
        }

        @Override
        public void close() {}
    }
}
