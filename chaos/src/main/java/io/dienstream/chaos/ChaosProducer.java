package io.dienstream.chaos;

import io.dienstream.job.option.Option;
import io.dienstream.schema.AdClick;
import io.dienstream.schema.AdRequest;
import io.dienstream.schema.Behavior;
import io.dienstream.schema.Erasure;
import io.dienstream.schema.Impression;
import io.dienstream.wire.WireEncoder;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** Sends through every outage of the broker: nothing is lost or doubled on the way in. */
final class ChaosProducer implements AutoCloseable {
    /** Header with the reason for which a record must be refused. */
    static final String EXPECT = "expect";

    private static final String PATIENCE_MS = "600000";
    private static final String LINGER_MS = "20";

    private final KafkaProducer<byte[], byte[]> producer;
    private final Map<Class<?>, WireEncoder<?>> encoders = new HashMap<>();
    private final AtomicReference<Exception> failure = new AtomicReference<>();

    ChaosProducer(Properties client) {
        Properties properties = new Properties();
        properties.putAll(client);
        properties.put(ProducerConfig.ACKS_CONFIG, "all");
        properties.put(ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG, "true");
        properties.put(ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG, PATIENCE_MS);
        properties.put(ProducerConfig.MAX_BLOCK_MS_CONFIG, PATIENCE_MS);
        properties.put(ProducerConfig.LINGER_MS_CONFIG, LINGER_MS);
        producer =
                new KafkaProducer<>(
                        properties, new ByteArraySerializer(), new ByteArraySerializer());
        encoders.put(Behavior.class, new WireEncoder<>(Behavior.class));
        encoders.put(AdRequest.class, new WireEncoder<>(AdRequest.class));
        encoders.put(Erasure.class, new WireEncoder<>(Erasure.class));
        encoders.put(Impression.class, new WireEncoder<>(Impression.class));
        encoders.put(AdClick.class, new WireEncoder<>(AdClick.class));
    }

    /**
     * @param partition or null for that of the user
     * @param expect reason for which it must be refused, or null
     */
    <T extends SpecificRecord> void send(
            Option<String> topic, String user, Integer partition, T message, String expect) {
        send(topic, user, partition, encode(message), expect);
    }

    @SuppressWarnings("unchecked") // the map holds an encoder of the very class
    <T extends SpecificRecord> byte[] encode(T message) {
        return ((WireEncoder<T>) encoders.get(message.getClass())).encode(message);
    }

    @SuppressWarnings("FutureReturnValueIgnored") // the callback keeps the failure
    void send(Option<String> topic, String user, Integer partition, byte[] value, String expect) {
        byte[] key = user.getBytes(StandardCharsets.UTF_8);
        ProducerRecord<byte[], byte[]> record =
                new ProducerRecord<>(topic.defaultText(), partition, key, value);
        if (expect != null) {
            record.headers().add(EXPECT, expect.getBytes(StandardCharsets.UTF_8));
        }
        producer.send(
                record,
                (metadata, exception) -> {
                    if (exception != null) {
                        failure.compareAndSet(null, exception);
                    }
                });
    }

    /**
     * Waits until the broker has everything.
     *
     * @throws IllegalStateException where it refused something
     */
    void flush() {
        producer.flush();
        if (failure.get() != null) {
            throw new IllegalStateException("Kafka refused a record", failure.get());
        }
    }

    @Override
    public void close() {
        producer.close();
    }
}
