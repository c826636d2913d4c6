package io.dienstream.chaos;

import io.dienstream.job.option.JobOptions;
import io.dienstream.job.option.Option;
import io.dienstream.schema.AdRequest;
import io.dienstream.schema.Behavior;
import io.dienstream.schema.Candidate;
import io.dienstream.schema.Erasure;
import io.dienstream.schema.Pricing;
import java.util.List;
import java.util.Map;
import java.util.Random;

/** Records of every kind that must be refused, each with the reason. */
final class BadRecords {
    private static final int NOISE_BYTES = 40;
    private static final int FINGERPRINT_BYTE = 5;
    private static final long BEFORE_2000 = 1;

    private final Random random;

    BadRecords(Random random) {
        this.random = random;
    }

    /**
     * Sends one.
     *
     * @param now event time, ms
     * @param id unique in its run
     */
    void send(ChaosProducer producer, long now, long id) {
        String user = "u" + random.nextInt(100);
        Behavior b = new Behavior("bad" + id, user, now, Map.of("item", "1"));
        AdRequest r = new AdRequest("bad" + id, user, now, Map.of(), Map.of(), List.of(ad("a", 1)));
        switch (random.nextInt(9)) {
            case 0 -> {
                byte[] noise = new byte[NOISE_BYTES];
                random.nextBytes(noise);
                noise[0] = 0;
                Option<String> topic =
                        random.nextBoolean() ? JobOptions.BEHAVIORS : JobOptions.REQUESTS;
                producer.send(topic, user, null, noise, "undecodable");
            }
            case 1 -> {
                byte[] value = producer.encode(b);
                value[FINGERPRINT_BYTE] ^= 1;
                producer.send(JobOptions.BEHAVIORS, user, null, value, "unknown_schema");
            }
            case 2 -> {
                b.setEventId("");
                producer.send(JobOptions.BEHAVIORS, user, null, b, "invalid_id");
            }
            case 3 -> {
                r.setTimestamp(BEFORE_2000);
                producer.send(JobOptions.REQUESTS, user, null, r, "invalid_time");
            }
            case 4 -> {
                r.setCandidates(List.of());
                producer.send(JobOptions.REQUESTS, user, null, r, "no_candidates");
            }
            case 5 -> {
                r.setCandidates(List.of(ad("a", 1), ad("a", 2)));
                producer.send(JobOptions.REQUESTS, user, null, r, "repeated_ad");
            }
            case 6 -> {
                r.setCandidates(List.of(ad("a", -1)));
                producer.send(JobOptions.REQUESTS, user, null, r, "invalid_bid");
            }
            case 7 -> {
                r.setContext(Map.of("no-such-field", "x"));
                producer.send(JobOptions.REQUESTS, user, null, r, "unknown_field");
            }
            default -> {
                Erasure e = new Erasure("", user, now);
                producer.send(JobOptions.CONTROL, user, null, e, "invalid_id");
            }
        }
    }

    private static Candidate ad(String id, long bid) {
        return new Candidate(id, Map.of(), Pricing.CPM, bid, "USD", null);
    }
}
