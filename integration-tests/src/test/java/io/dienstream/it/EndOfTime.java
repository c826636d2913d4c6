package io.dienstream.it;

import io.dienstream.job.option.JobOptions;
import io.dienstream.sandbox.DemoCluster;
import io.dienstream.schema.AdRequest;
import io.dienstream.schema.Behavior;
import io.dienstream.schema.Candidate;
import io.dienstream.schema.Erasure;
import io.dienstream.schema.Pricing;
import io.dienstream.wire.WireEncoder;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/**
 * A record of now in every partition, so that the watermark of an unbounded event-time job passes
 * all of a log of the past. They themselves are never passed, so they are never applied.
 */
final class EndOfTime {
    private EndOfTime() {}

    static void send(DemoCluster cluster) {
        long now = System.currentTimeMillis();
        Behavior behavior = new Behavior("0", "end-of-time", now, Map.of());
        AdRequest request =
                new AdRequest(
                        "end-of-time",
                        "end-of-time",
                        now,
                        Map.of(),
                        Map.of(),
                        List.of(new Candidate("a", Map.of(), Pricing.CPM, 1L, "USD", null)));
        byte[] encodedErasure =
                new WireEncoder<>(Erasure.class)
                        .encode(new Erasure("end-of-time", "end-of-time", now));
        byte[] encodedBehavior = new WireEncoder<>(Behavior.class).encode(behavior);
        byte[] encodedRequest = new WireEncoder<>(AdRequest.class).encode(request);
        try (KafkaProducer<byte[], byte[]> producer =
                new KafkaProducer<>(
                        cluster.client(), new ByteArraySerializer(), new ByteArraySerializer())) {
            toAll(producer, JobOptions.BEHAVIORS.defaultText(), encodedBehavior);
            toAll(producer, JobOptions.CONTROL.defaultText(), encodedErasure);
            toAll(producer, JobOptions.REQUESTS.defaultText(), encodedRequest);
        }
    }

    private static void toAll(KafkaProducer<byte[], byte[]> producer, String topic, byte[] value) {
        producer.partitionsFor(topic)
                .forEach(
                        p -> {
                            var sent =
                                    producer.send(
                                            new ProducerRecord<>(
                                                    topic, p.partition(), null, value));
                            producer.flush();
                            if (!sent.isDone()) {
                                throw new IllegalStateException("not sent to " + p);
                            }
                        });
    }
}
