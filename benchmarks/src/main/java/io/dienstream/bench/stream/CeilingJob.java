package io.dienstream.bench.stream;

import io.dienstream.job.connector.KafkaEndpoints;
import io.dienstream.job.metric.JobMetrics;
import io.dienstream.job.option.JobOptions;
import io.dienstream.job.record.InboundRecord;
import io.dienstream.job.record.OutboundRecord;
import io.dienstream.job.record.RecordType;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.SplittableRandom;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.api.common.typeinfo.PrimitiveArrayTypeInfo;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.metrics.Counter;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.functions.KeyedProcessFunction;
import org.apache.flink.util.Collector;

/**
 * What Kafka and Flink allow: the main job's sources, keys and sink with as many bytes of keyed
 * state read and written for each record, and nothing computed. Its answer to a request is the
 * request.
 */
final class CeilingJob {
    private CeilingJob() {}

    /**
     * @param behaviorBytes what a behavior adds to its user's state
     * @param maxLength behaviors of a full state
     */
    static void build(
            StreamExecutionEnvironment env, JobOptions options, int behaviorBytes, int maxLength) {
        KafkaEndpoints kafka = new KafkaEndpoints(options);
        var behaviors =
                env.fromSource(
                                kafka.behaviors(),
                                WatermarkStrategy.noWatermarks(),
                                "behaviors",
                                RecordType.INBOUND)
                        .uid("behaviors");
        var requests =
                env.fromSource(
                                kafka.adRequests(),
                                WatermarkStrategy.noWatermarks(),
                                "ad-requests",
                                RecordType.INBOUND)
                        .uid("ad-requests");
        behaviors
                .union(requests)
                .keyBy(InboundRecord::userId, Types.STRING)
                .process(new PassThrough(behaviorBytes, maxLength), RecordType.OUTBOUND)
                .uid("pass-through")
                .sinkTo(kafka.scores())
                .uid("scores");
    }

    private static final class PassThrough
            extends KeyedProcessFunction<String, InboundRecord, OutboundRecord> {
        private static final long serialVersionUID = 1;
        private static final int EVICTED_SHARE = 4;

        private final int behaviorBytes;
        private final int maxLength;
        private transient ValueState<byte[]> state;
        private transient Counter appended;
        private transient Counter answered;
        private transient SplittableRandom noise;

        PassThrough(int behaviorBytes, int maxLength) {
            this.behaviorBytes = behaviorBytes;
            this.maxLength = maxLength;
        }

        @Override
        public void open(OpenContext context) {
            noise = new SplittableRandom(1);
            state =
                    getRuntimeContext()
                            .getState(
                                    new ValueStateDescriptor<>(
                                            "bytes",
                                            PrimitiveArrayTypeInfo.BYTE_PRIMITIVE_ARRAY_TYPE_INFO));
            appended = JobMetrics.APPENDED.counterOf(getRuntimeContext().getMetricGroup());
            answered = JobMetrics.ANSWERED.counterOf(getRuntimeContext().getMetricGroup());
        }

        @Override
        public void processElement(
                InboundRecord record, Context context, Collector<OutboundRecord> out)
                throws IOException {
            byte[] bytes = state.value();
            int length = bytes == null ? 0 : bytes.length;
            if (record.kind() == InboundRecord.Kind.BEHAVIOR) {
                int kept =
                        length < maxLength * behaviorBytes
                                ? length
                                : length - length / EVICTED_SHARE;
                byte[] old = bytes == null ? new byte[0] : bytes;
                byte[] grown = Arrays.copyOf(old, kept + behaviorBytes);
                // interest states do not compress, so these must not either
                for (int i = kept; i < grown.length; i++) {
                    grown[i] = (byte) noise.nextInt();
                }
                state.update(grown);
                appended.inc();
            } else {
                byte[] key = record.adRequest().getRequestId().getBytes(StandardCharsets.UTF_8);
                out.collect(new OutboundRecord(key, record.value(), record.eventTime()));
                answered.inc();
            }
        }
    }
}
