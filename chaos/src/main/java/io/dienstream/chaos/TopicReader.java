package io.dienstream.chaos;

import java.time.Duration;
import java.util.List;
import java.util.Properties;
import java.util.function.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/** Reads whole topics as a consumer sees them that reads only what was committed. */
final class TopicReader implements AutoCloseable {
    private static final Duration POLL = Duration.ofMillis(200);

    private final KafkaConsumer<byte[], byte[]> consumer;

    TopicReader(Properties client) {
        Properties properties = new Properties();
        properties.putAll(client);
        properties.put(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed");
        // at the end of a partition the next one waits for the fetch that is under way
        properties.put(ConsumerConfig.FETCH_MAX_WAIT_MS_CONFIG, "10");
        properties.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, "false");
        consumer =
                new KafkaConsumer<>(
                        properties, new ByteArrayDeserializer(), new ByteArrayDeserializer());
    }

    /** Hands on all records of a topic. */
    void read(String topic, Consumer<ConsumerRecord<byte[], byte[]>> to) {
        for (PartitionInfo partition : consumer.partitionsFor(topic)) {
            read(topic, partition.partition(), to);
        }
    }

    /** Hands on all records of one partition. */
    void read(String topic, int partition, Consumer<ConsumerRecord<byte[], byte[]>> to) {
        TopicPartition assigned = new TopicPartition(topic, partition);
        consumer.assign(List.of(assigned));
        consumer.seekToBeginning(List.of(assigned));
        long end = consumer.endOffsets(List.of(assigned)).get(assigned);
        while (consumer.position(assigned) < end) {
            consumer.poll(POLL).forEach(to);
        }
    }

    @Override
    public void close() {
        consumer.close();
    }
}
