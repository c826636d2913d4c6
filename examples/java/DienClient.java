import io.dienstream.schema.AdRequest;
import io.dienstream.schema.Behavior;
import io.dienstream.schema.Candidate;
import io.dienstream.schema.Pricing;
import io.dienstream.schema.ScoredRequest;
import io.dienstream.wire.WireDecoder;
import io.dienstream.wire.WireEncoder;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/**
 * A client of dien-stream in Java: a click of a new user, a request, the answer. Needs this project's module schemas
 * and kafka-clients on the class path:
 *
 * <pre>java -cp 'distribution/target/lib/*' examples/java/DienClient.java localhost:9092</pre>
 */
public final class DienClient {
    public static void main(String[] args) throws Exception {
        Map<String, Object> kafka =
                Map.of("bootstrap.servers", args[0], "group.id", UUID.randomUUID().toString(), "auto.offset.reset", "earliest");
        Map<String, Object> sending = Map.of("bootstrap.servers", args[0], "acks", "all");
        String user = "user-" + UUID.randomUUID();
        String asked = UUID.randomUUID().toString();
        long now = System.currentTimeMillis();
        Behavior click = new Behavior(UUID.randomUUID().toString(), user, now, Map.of("item", "i339", "category", "c8"));
        AdRequest request =
                new AdRequest(asked, user, now + 1, Map.of(), Map.of(), List.of(ad("ad1", "i9", "c0"), ad("ad2", "i40", "c1")));
        try (var producer = new KafkaProducer<>(sending, new ByteArraySerializer(), new ByteArraySerializer());
                var answers = new KafkaConsumer<>(kafka, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
            answers.subscribe(List.of("scores"));
            byte[] key = user.getBytes("UTF-8"); // records of a user stay in order
            producer.send(new ProducerRecord<>("behaviors", key, new WireEncoder<>(Behavior.class).encode(click))).get();
            producer.send(new ProducerRecord<>("ad-requests", key, new WireEncoder<>(AdRequest.class).encode(request))).get();
            WireDecoder<ScoredRequest> decoder = WireDecoder.of(ScoredRequest.class);
            long deadline = System.nanoTime() + Duration.ofMinutes(1).toNanos();
            while (System.nanoTime() < deadline) {
                for (ConsumerRecord<byte[], byte[]> record : answers.poll(Duration.ofMillis(100))) {
                    ScoredRequest answer = decoder.decode(record.value());
                    if (answer.getRequestId().equals(asked)) {
                        answer.getCandidates().forEach(
                                c -> System.out.printf("%d  %s  pCTR %.6f  eCPM %.4f %s%n",
                                        c.getRank(), c.getAdId(), c.getPctr(), c.getEcpmMicros() / 1e6, c.getCurrency()));
                        return;
                    }
                }
            }
        }
        throw new IllegalStateException("no answer within a minute: is the job running?");
    }

    private static Candidate ad(String id, String item, String category) {
        return new Candidate(id, Map.of("item", item, "category", category), Pricing.CPC, 1_000_000L, "USD", null);
    }
}
