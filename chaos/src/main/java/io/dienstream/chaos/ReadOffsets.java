package io.dienstream.chaos;

import io.dienstream.job.option.JobOptions;
import java.io.IOException;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;

/**
 * How far the job has read, by what it commits after each checkpoint. In latest mode answers do not
 * tell: a request may be answered while behaviors that came before it still wait in Kafka.
 */
final class ReadOffsets {
    private static final long LOOK_MS = 250;

    private ReadOffsets() {}

    /**
     * Waits until everything that stands in the input topics now has been read and checkpointed.
     *
     * @throws IOException where it is not within {@code most}
     */
    static void awaitAll(Properties client, Duration most)
            throws IOException, InterruptedException {
        String group = JobOptions.GROUP_ID.defaultText();
        awaitAll(client, group, ChaosCluster.inputs(), most);
    }

    /** Likewise, of another job. */
    static void awaitAll(
            Properties client, String group, List<TopicPartition> inputs, Duration most)
            throws IOException, InterruptedException {
        long end = System.nanoTime() + most.toNanos();
        try (Admin admin = Admin.create(client)) {
            while (true) {
                String left;
                try {
                    Map<TopicPartition, Long> records = left(admin, group, inputs);
                    if (records.isEmpty()) {
                        return;
                    }
                    left = records.toString();
                } catch (ExecutionException e) {
                    left = "nobody knows how many, " + e.getCause();
                }
                if (System.nanoTime() > end) {
                    throw new IOException("records that the job does not read: " + left);
                }
                Thread.sleep(LOOK_MS);
            }
        }
    }

    /** Records that are still to be read, by partition. */
    private static Map<TopicPartition, Long> left(
            Admin admin, String group, List<TopicPartition> partitions)
            throws ExecutionException, InterruptedException {
        Map<TopicPartition, OffsetSpec> inputs = new HashMap<>();
        partitions.forEach(partition -> inputs.put(partition, OffsetSpec.latest()));
        Map<TopicPartition, OffsetAndMetadata> read =
                admin.listConsumerGroupOffsets(group).partitionsToOffsetAndMetadata().get();
        Map<TopicPartition, Long> left = new HashMap<>();
        admin.listOffsets(inputs)
                .all()
                .get()
                .forEach(
                        (partition, end) ->
                                left.put(partition, end.offset() - offset(read.get(partition))));
        left.values().removeIf(records -> records <= 0);
        return left;
    }

    private static long offset(OffsetAndMetadata read) {
        return read == null ? 0 : read.offset();
    }
}
