package io.dienstream.operate.kafka;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.function.Consumer;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/** Reads topics, without a group. Not thread safe. */
public final class TopicTail implements AutoCloseable {
    private final KafkaConsumer<byte[], byte[]> consumer;

    /** From their beginning. */
    public TopicTail(Properties client, List<String> topics) {
        this(client, topics, true);
    }

    /** From their ends as they are now. */
    public static TopicTail fromNow(Properties client, List<String> topics) {
        return new TopicTail(client, topics, false);
    }

    private TopicTail(Properties client, List<String> topics, boolean fromBeginning) {
        Properties properties = new Properties();
        properties.putAll(client);
        properties.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "earliest");
        properties.put(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed");
        properties.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, "false");
        properties.put(ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG, "false");
        consumer =
                new KafkaConsumer<>(
                        properties, new ByteArrayDeserializer(), new ByteArrayDeserializer());
        List<TopicPartition> partitions = new ArrayList<>();
        for (String topic : topics) {
            consumer.partitionsFor(topic)
                    .forEach(p -> partitions.add(new TopicPartition(topic, p.partition())));
        }
        consumer.assign(partitions);
        if (fromBeginning) {
            consumer.seekToBeginning(partitions);
        } else {
            consumer.seekToEnd(partitions);
            partitions.forEach(consumer::position); // now, not when it is first polled
        }
    }

    /**
     * From about {@code most} records before the end of each partition.
     *
     * @param most counted in offsets, of which transactions take some
     */
    public static TopicTail recent(Properties client, List<String> topics, long most) {
        TopicTail tail = new TopicTail(client, topics, true);
        Map<TopicPartition, Long> begins =
                tail.consumer.beginningOffsets(tail.consumer.assignment());
        tail.consumer
                .endOffsets(tail.consumer.assignment())
                .forEach(
                        (partition, end) ->
                                tail.consumer.seek(
                                        partition, Math.max(begins.get(partition), end - most)));
        return tail;
    }

    /** Hands on what is there within {@code wait}. */
    public void poll(Duration wait, Consumer<ConsumerRecord<byte[], byte[]>> to) {
        consumer.poll(wait).forEach(to);
    }

    /** Hands on everything up to the ends as they are now. */
    public void drain(Consumer<ConsumerRecord<byte[], byte[]>> to) {
        Map<TopicPartition, Long> ends = consumer.endOffsets(consumer.assignment());
        while (ends.entrySet().stream()
                .anyMatch(e -> consumer.position(e.getKey()) < e.getValue())) {
            poll(Duration.ofMillis(100), to);
        }
    }

    /** At once: in order it would wait for a fetch that nobody wants any more. */
    @Override
    public void close() {
        consumer.close(CloseOptions.timeout(Duration.ZERO));
    }
}
