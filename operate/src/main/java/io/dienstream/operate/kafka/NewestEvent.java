package io.dienstream.operate.kafka;

import io.dienstream.schema.Behavior;
import io.dienstream.wire.WireDecoder;
import io.dienstream.wire.WireException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Properties;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/** How far event time has come in a topic of behaviors, as its last records say. */
public final class NewestEvent {
    /** Last records of each partition that are looked at: behaviors come about in order. */
    private static final long LAST = 100;

    private static final Duration PATIENCE = Duration.ofSeconds(10);
    private static final Duration POLL = Duration.ofMillis(100);

    private NewestEvent() {}

    /** The newest event time, ms, of the last records; none where the topic is empty. */
    public static OptionalLong of(Properties client, String topic) {
        Properties properties = new Properties();
        properties.putAll(client);
        // closing waits for the fetch that is under way
        properties.put(ConsumerConfig.FETCH_MAX_WAIT_MS_CONFIG, "10");
        try (KafkaConsumer<byte[], byte[]> consumer =
                new KafkaConsumer<>(
                        properties, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
            List<TopicPartition> partitions =
                    consumer.partitionsFor(topic).stream()
                            .map(p -> new TopicPartition(topic, p.partition()))
                            .toList();
            Map<TopicPartition, Long> begins = consumer.beginningOffsets(partitions);
            Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
            consumer.assign(partitions);
            for (TopicPartition p : partitions) {
                consumer.seek(p, Math.max(begins.get(p), ends.get(p) - LAST));
            }
            return newest(consumer, ends);
        }
    }

    private static OptionalLong newest(
            KafkaConsumer<byte[], byte[]> consumer, Map<TopicPartition, Long> ends) {
        WireDecoder<Behavior> decoder = WireDecoder.of(Behavior.class);
        OptionalLong newest = OptionalLong.empty();
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (System.nanoTime() < deadline
                && ends.entrySet().stream()
                        .anyMatch(e -> consumer.position(e.getKey()) < e.getValue())) {
            for (ConsumerRecord<byte[], byte[]> record : consumer.poll(POLL)) {
                newest = later(newest, decoder, record.value());
            }
        }
        return newest;
    }

    private static OptionalLong later(
            OptionalLong newest, WireDecoder<Behavior> decoder, byte[] value) {
        try {
            long time = decoder.decode(value).getTimestamp();
            return OptionalLong.of(Math.max(time, newest.orElse(time)));
        } catch (WireException e) {
            return newest; // what is no behavior moves no time of the job either
        }
    }
}
