package io.dienstream.operate.kafka;

import io.dienstream.job.option.LearningOptions;
import io.dienstream.schema.AdClick;
import io.dienstream.schema.AdRequest;
import io.dienstream.schema.Behavior;
import io.dienstream.schema.Impression;
import io.dienstream.wire.WireEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Properties;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** Sends behaviors and ad requests to their topics, keyed by user. Not thread safe. */
public final class LogPlayer implements AutoCloseable {
    private static final int BATCH_BYTES = 256 << 10;

    private final KafkaProducer<byte[], byte[]> producer;
    private final WireEncoder<Behavior> behaviors = new WireEncoder<>(Behavior.class);
    private final WireEncoder<AdRequest> requests = new WireEncoder<>(AdRequest.class);
    private final WireEncoder<Impression> impressions = new WireEncoder<>(Impression.class);
    private final WireEncoder<AdClick> clicks = new WireEncoder<>(AdClick.class);
    private final String behaviorsTopic;
    private final String requestsTopic;
    private final AtomicReference<Exception> failure = new AtomicReference<>();

    public LogPlayer(Properties client, String behaviorsTopic, String requestsTopic, int lingerMs) {
        Properties properties = new Properties();
        properties.putAll(client);
        properties.put(ProducerConfig.ACKS_CONFIG, "all");
        properties.put(ProducerConfig.LINGER_MS_CONFIG, Integer.toString(lingerMs));
        properties.put(ProducerConfig.BATCH_SIZE_CONFIG, Integer.toString(BATCH_BYTES));
        producer =
                new KafkaProducer<>(
                        properties, new ByteArraySerializer(), new ByteArraySerializer());
        this.behaviorsTopic = behaviorsTopic;
        this.requestsTopic = requestsTopic;
    }

    public void send(Behavior b) {
        send(behaviorsTopic, b.getUserId(), behaviors.encode(b));
    }

    public void send(AdRequest r) {
        send(requestsTopic, r.getUserId(), requests.encode(r));
    }

    /** Sends what was shown, keyed by request as the learning job wants it. */
    public void send(Impression i) {
        send(LearningOptions.IMPRESSIONS.defaultText(), i.getRequestId(), impressions.encode(i));
    }

    /** Likewise a click. */
    public void send(AdClick c) {
        send(LearningOptions.CLICKS.defaultText(), c.getRequestId(), clicks.encode(c));
    }

    /** Sends bytes as they are; a failure is kept for {@link #flush}. */
    @SuppressWarnings("FutureReturnValueIgnored")
    public void send(String topic, String userId, byte[] value) {
        byte[] key = userId.getBytes(StandardCharsets.UTF_8);
        producer.send(
                new ProducerRecord<>(topic, key, value),
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
    public void flush() {
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
