package io.dienstream.operate.kafka;

import io.dienstream.job.option.JobOptions;
import io.dienstream.schema.AdRequest;
import io.dienstream.schema.Behavior;
import io.dienstream.schema.Erasure;
import io.dienstream.wire.WireEncoder;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Properties;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** Sends one record at a time and says where it went. Not thread safe. */
public final class RecordSender implements AutoCloseable {
    private final KafkaProducer<byte[], byte[]> producer;
    private final WireEncoder<Behavior> behaviors = new WireEncoder<>(Behavior.class);
    private final WireEncoder<AdRequest> requests = new WireEncoder<>(AdRequest.class);
    private final WireEncoder<Erasure> erasures = new WireEncoder<>(Erasure.class);

    /** Where a record is. */
    public record Place(String topic, int partition, long offset) {
        @Override
        public String toString() {
            return topic + "-" + partition + "@" + offset;
        }
    }

    public RecordSender(Properties client) {
        Properties properties = new Properties();
        properties.putAll(client);
        properties.put(ProducerConfig.ACKS_CONFIG, "all");
        producer =
                new KafkaProducer<>(
                        properties, new ByteArraySerializer(), new ByteArraySerializer());
    }

    public Place send(Behavior b) throws IOException, InterruptedException {
        return send(JobOptions.BEHAVIORS.defaultText(), b.getUserId(), behaviors.encode(b));
    }

    public Place send(AdRequest r) throws IOException, InterruptedException {
        return send(JobOptions.REQUESTS.defaultText(), r.getUserId(), requests.encode(r));
    }

    public Place send(Erasure e) throws IOException, InterruptedException {
        return send(JobOptions.CONTROL.defaultText(), e.getUserId(), erasures.encode(e));
    }

    private Place send(String topic, String userId, byte[] value)
            throws IOException, InterruptedException {
        return send(topic, userId.getBytes(StandardCharsets.UTF_8), value);
    }

    /**
     * Sends bytes as they are; returns when the brokers have them.
     *
     * @param key may be null
     */
    public Place send(String topic, byte[] key, byte[] value)
            throws IOException, InterruptedException {
        try {
            RecordMetadata at = producer.send(new ProducerRecord<>(topic, key, value)).get();
            return new Place(topic, at.partition(), at.offset());
        } catch (ExecutionException e) {
            throw new IOException("Kafka refused the record: " + e.getCause().getMessage(), e);
        }
    }

    @Override
    public void close() {
        producer.close();
    }
}
