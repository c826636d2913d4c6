package io.dienstream.job.connector;

import io.dienstream.job.rollout.CommandRecord;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/** The topic of commands on models, read once from its beginning to its end. */
public final class CommandTopic {
    private static final Duration POLL = Duration.ofMillis(200);

    private CommandTopic() {}

    /**
     * All that it holds now.
     *
     * @param client properties of a Kafka client, {@code bootstrap.servers} among them
     * @throws IOException where it has not exactly one partition, without which commands have no
     *     order, or cannot be read within {@code timeout}
     */
    public static List<CommandRecord> read(Properties client, String topic, Duration timeout)
            throws IOException {
        Properties properties = new Properties();
        properties.putAll(client);
        properties.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, "false");
        // closing waits for the fetch that is under way, and at the end there is nothing to come
        properties.put(ConsumerConfig.FETCH_MAX_WAIT_MS_CONFIG, "10");
        properties.remove(ConsumerConfig.GROUP_ID_CONFIG);
        try (var consumer =
                new KafkaConsumer<>(
                        properties, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
            List<PartitionInfo> partitions = consumer.partitionsFor(topic, timeout);
            if (partitions.size() != 1) {
                throw new IOException(
                        "topic %s has %d partitions, commands need exactly one to have an order: create it anew with ./dien topics create"
                                .formatted(topic, partitions.size()));
            }
            return read(consumer, new TopicPartition(topic, 0), timeout);
        } catch (KafkaException e) {
            throw new IOException(
                    "the commands in topic %s cannot be read: %s".formatted(topic, e.getMessage()),
                    e);
        }
    }

    private static List<CommandRecord> read(
            KafkaConsumer<byte[], byte[]> consumer, TopicPartition partition, Duration timeout)
            throws IOException {
        List<TopicPartition> all = List.of(partition);
        consumer.assign(all);
        consumer.seekToBeginning(all);
        long end = consumer.endOffsets(all, timeout).get(partition);
        long deadline = System.nanoTime() + timeout.toNanos();
        List<CommandRecord> records = new ArrayList<>();
        while (consumer.position(partition, timeout) < end) {
            int before = records.size();
            for (ConsumerRecord<byte[], byte[]> r : consumer.poll(POLL)) {
                records.add(new CommandRecord(r.offset(), r.timestamp(), r.value()));
            }
            if (records.size() > before) {
                deadline = System.nanoTime() + timeout.toNanos();
            } else if (System.nanoTime() > deadline) {
                throw new IOException(
                        "topic %s did not give its commands within %s"
                                .formatted(partition.topic(), timeout));
            }
        }
        return records;
    }
}
