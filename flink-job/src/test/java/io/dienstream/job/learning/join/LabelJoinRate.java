package io.dienstream.job.learning.join;

import io.dienstream.job.learning.LearningRecords;
import io.dienstream.job.learning.record.JoinedExample;
import io.dienstream.job.learning.record.JoinedExampleSerializer;
import io.dienstream.job.learning.record.LearningRecord;
import io.dienstream.job.learning.record.LearningRecordSerializer;
import io.dienstream.schema.ServedBehavior;
import io.dienstream.schema.ServedRequest;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.core.memory.DataInputDeserializer;
import org.apache.flink.core.memory.DataOutputSerializer;
import org.apache.flink.state.rocksdb.EmbeddedRocksDBStateBackend;
import org.apache.flink.streaming.api.operators.KeyedProcessOperator;
import org.apache.flink.streaming.api.watermark.Watermark;
import org.apache.flink.streaming.util.KeyedOneInputStreamOperatorTestHarness;

/**
 * How many impressions a second one subtask of the join takes into RocksDB, with W = 30 min of
 * event time: requests of 20 candidates and 50 behaviors, three impressions each, one click in ten.
 * Each record is serialized and read as between two tasks. Run from the test class path; the
 * argument is how many requests.
 */
public final class LabelJoinRate {
    private static final int REQUESTS_A_SECOND = 10;
    private static final int SHOWN = 3;

    private LabelJoinRate() {}

    public static void main(String[] args) throws Exception {
        int requests = Integer.parseInt(args[0]);
        Random random = new Random(1);
        LabelJoinFunction function = new LabelJoinFunction(LearningRecords.options(), 1 << 20);
        try (var harness =
                new KeyedOneInputStreamOperatorTestHarness<String, LearningRecord, JoinedExample>(
                        new KeyedProcessOperator<>(function),
                        LearningRecord::requestId,
                        Types.STRING)) {
            harness.setStateBackend(new EmbeddedRocksDBStateBackend());
            harness.setup(JoinedExampleSerializer.TYPE.createSerializer(null));
            harness.open();
            LearningRecordSerializer serializer = new LearningRecordSerializer();
            List<ServedBehavior> behaviors = new ArrayList<>();
            for (int n = 0; n < 50; n++) {
                behaviors.add(
                        new ServedBehavior(
                                LearningRecords.START - n,
                                Map.of("item", "item-" + n * 37, "category", "category-" + n)));
            }
            long bytes = 0;
            long examples = 0;
            long cpu = -ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
            long wall = -System.nanoTime();
            for (int r = 0; r < requests; r++) {
                long at = r * 1000L / REQUESTS_A_SECOND;
                String request = "request-" + r;
                ServedRequest served = LearningRecords.served(request, "u" + r % 1000, at, 20);
                served.setBehaviors(behaviors);
                LearningRecord record = LearningRecords.record(served);
                bytes += record.value().length;
                send(harness, serializer, record);
                for (int n = 0; n < SHOWN; n++) {
                    String user = "u" + r % 1000;
                    send(
                            harness,
                            serializer,
                            LearningRecords.impression(request, n, user, at + 50));
                    if (random.nextInt(10) == 0) {
                        send(
                                harness,
                                serializer,
                                LearningRecords.click(request, n, user, at + 900));
                    }
                }
                if (r % 20 == 0) {
                    harness.processWatermark(new Watermark(LearningRecords.START + at - 10_000));
                    examples += harness.getOutput().size();
                    harness.getOutput().clear();
                }
            }
            cpu += ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
            wall += System.nanoTime();
            System.out.printf(
                    "%d requests of %d bytes, %d still open; %d impressions: %.0f a second, %.0f a"
                            + " second of the task's CPU; %d watermarks and examples%n",
                    requests,
                    bytes / requests,
                    harness.numEventTimeTimers(),
                    requests * SHOWN,
                    requests * SHOWN / (wall / 1e9),
                    requests * SHOWN / (cpu / 1e9),
                    examples);
        }
    }

    private static void send(
            KeyedOneInputStreamOperatorTestHarness<String, LearningRecord, JoinedExample> harness,
            LearningRecordSerializer serializer,
            LearningRecord record)
            throws Exception {
        DataOutputSerializer out = new DataOutputSerializer(1 << 13);
        serializer.serialize(record, out);
        LearningRecord read =
                serializer.deserialize(
                        new DataInputDeserializer(out.getSharedBuffer(), 0, out.length()));
        harness.processElement(read, read.eventTime());
    }
}
