package io.dienstream.job.function;

import io.dienstream.job.Records;
import io.dienstream.schema.AdRequest;
import io.dienstream.schema.Behavior;
import io.dienstream.schema.Candidate;
import io.dienstream.schema.Erasure;
import io.dienstream.schema.Pricing;
import io.dienstream.wire.WireEncoder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;

/** Values that a hostile or broken producer might send: noise, mutants, and absurd fields. */
public final class HostileValues {
    private static final int USERS = 50;

    private final Random random;
    private final List<byte[]> valid = new ArrayList<>();

    public HostileValues(Random random) {
        this.random = random;
        for (int n = 0; n < USERS; n++) {
            valid.add(Records.inbound(Records.behavior("u" + n, n, n)).value());
            valid.add(Records.inbound(Records.request("u" + n, "r" + n, n, 1 + n % 3)).value());
            valid.add(Records.erasure("u" + n, n).value());
            var request = Records.request("u" + n, "r" + n, n, 0);
            request.setCandidates(List.of(Records.candidate(n, Pricing.CPA, n, 0.5)));
            valid.add(Records.inbound(request).value());
        }
    }

    /** The next one, of any kind, for any topic. */
    public byte[] next() {
        byte[] value = valid.get(random.nextInt(valid.size())).clone();
        switch (random.nextInt(7)) {
            case 0 -> {
                byte[] noise = new byte[random.nextInt(200)];
                random.nextBytes(noise);
                return noise;
            }
            case 1 -> {
                // a known schema's header, noise behind
                byte[] body = new byte[value.length];
                random.nextBytes(body);
                System.arraycopy(value, 0, body, 0, 10);
                return body;
            }
            case 2 -> {
                return Arrays.copyOf(value, random.nextInt(value.length));
            }
            case 3 -> {
                return Arrays.copyOf(value, value.length + 1 + random.nextInt(20));
            }
            case 4 -> {
                // a varint that claims a huge length or number
                int at = random.nextInt(value.length);
                for (int i = at; i < Math.min(value.length, at + 9); i++) {
                    value[i] = (byte) 0xff;
                }
                return value;
            }
            case 5 -> {
                return switch (random.nextInt(3)) {
                    case 0 -> Records.inbound(oddBehavior()).value();
                    case 1 -> Records.inbound(oddRequest()).value();
                    default -> new WireEncoder<>(Erasure.class).encode(oddErasure());
                };
            }
            default -> {
                for (int i = random.nextInt(4); i >= 0; i--) {
                    value[random.nextInt(value.length)] = (byte) random.nextInt();
                }
                return value;
            }
        }
    }

    private Behavior oddBehavior() {
        Behavior b = Records.behavior("u1", random.nextInt(100), random.nextInt(1000));
        switch (random.nextInt(4)) {
            case 0 -> b.setEventId(oddText());
            case 1 -> b.setUserId(oddText());
            case 2 -> b.setTimestamp(oddTime());
            default -> b.setFields(Map.of("item", oddText(), oddText(), "x"));
        }
        return b;
    }

    private AdRequest oddRequest() {
        AdRequest r = Records.request("u1", "r", random.nextInt(1000), 2);
        switch (random.nextInt(7)) {
            case 0 -> r.setRequestId(oddText());
            case 1 -> r.setUserId(oddText());
            case 2 -> r.setTimestamp(oddTime());
            case 3 -> r.setUser(Map.of("segment", oddText(), oddText(), "x"));
            case 4 -> r.setContext(Map.of(oddText(), "x"));
            case 5 -> r.setCandidates(Records.request("u1", "r", 0, 1001).getCandidates());
            default ->
                    r.setCandidates(List.of(Records.candidate(1, Pricing.CPM, 1, null), oddAd()));
        }
        return r;
    }

    private Candidate oddAd() {
        Candidate c = Records.candidate(2, Pricing.CPA, 1, 0.5);
        switch (random.nextInt(6)) {
            case 0 -> c.setAdId(random.nextBoolean() ? "ad1" : oddText());
            case 1 -> c.setFields(Map.of(oddText(), oddText()));
            case 2 -> c.setBidMicros(oddTime());
            case 3 -> c.setCurrency(oddText());
            case 4 -> c.setPcvr(random.nextBoolean() ? Double.NaN : random.nextGaussian());
            default -> c.setPcvr(null);
        }
        return c;
    }

    private Erasure oddErasure() {
        Erasure e = new Erasure("e", "u1", Records.START);
        switch (random.nextInt(3)) {
            case 0 -> e.setErasureId(oddText());
            case 1 -> e.setUserId(oddText());
            default -> e.setTimestamp(oddTime());
        }
        return e;
    }

    private String oddText() {
        String[] odd = {"", " ", "\0", "x".repeat(1025), "类目", "\ud800", "u1", "-0", "1e9", "\n"};
        return odd[random.nextInt(odd.length)];
    }

    private long oddTime() {
        long[] odd = {
            Long.MIN_VALUE, -1, 0, 1, Records.START + 5, Long.MAX_VALUE - 1, Long.MAX_VALUE
        };
        return odd[random.nextInt(odd.length)];
    }
}
