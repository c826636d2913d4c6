package io.dienstream.operate.kafka;

import io.dienstream.schema.Heartbeat;
import io.dienstream.wire.WireEncoder;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** Says in every partition of some topics that nothing older than a time comes. Not thread safe. */
public final class Heartbeats implements AutoCloseable {
    private final KafkaProducer<byte[], byte[]> producer;
    private final WireEncoder<Heartbeat> encoder = new WireEncoder<>(Heartbeat.class);
    private final List<String> topics;
    private final String source;

    /**
     * @param source who says it
     */
    public Heartbeats(Properties client, List<String> topics, String source) {
        Properties properties = new Properties();
        properties.putAll(client);
        properties.put(ProducerConfig.ACKS_CONFIG, "all");
        producer =
                new KafkaProducer<>(
                        properties, new ByteArraySerializer(), new ByteArraySerializer());
        this.topics = List.copyOf(topics);
        this.source = source;
    }

    /**
     * One in every partition that there is now; returns when the brokers have them.
     *
     * @param timestamp event time, ms
     * @return how many
     */
    public int beat(long timestamp) throws IOException, InterruptedException {
        byte[] value = encoder.encode(new Heartbeat(source, timestamp));
        List<Future<RecordMetadata>> sent = new ArrayList<>();
        for (String topic : topics) {
            for (PartitionInfo partition : producer.partitionsFor(topic)) {
                sent.add(
                        producer.send(
                                new ProducerRecord<>(topic, partition.partition(), null, value)));
            }
        }
        for (Future<RecordMetadata> one : sent) {
            try {
                one.get();
            } catch (ExecutionException e) {
                throw new IOException(
                        "Kafka refused the heartbeat: " + e.getCause().getMessage(), e);
            }
        }
        return sent.size();
    }

    @Override
    public void close() {
        producer.close();
    }
}
