package io.dienstream.job;

import io.dienstream.dien.RandomModels;
import io.dienstream.dien.model.Architecture;
import io.dienstream.dien.model.AttentionType;
import io.dienstream.dien.model.GateForm;
import io.dienstream.job.option.JobOptions;
import io.dienstream.job.record.InboundRecord;
import io.dienstream.job.record.Origin;
import io.dienstream.schema.AdRequest;
import io.dienstream.schema.Behavior;
import io.dienstream.schema.Candidate;
import io.dienstream.schema.Erasure;
import io.dienstream.schema.Pricing;
import io.dienstream.wire.WireEncoder;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/** Builders of the job's records for tests; times are milliseconds after {@link #START}. */
public final class Records {
    public static final long START = 1_700_000_000_000L;
    public static final int MAX_LENGTH = 8;

    private Records() {}

    /** A random DIEN with item and category fields and the user field segment. */
    public static Path model(Path directory, long seed) throws IOException {
        Path path = directory.resolve("model-" + seed);
        RandomModels.write(
                path,
                RandomModels.config(
                        Architecture.DIEN, AttentionType.BILINEAR, GateForm.PAPER, MAX_LENGTH),
                seed);
        return path;
    }

    public static JobOptions options(Path model, String... more) {
        Map<String, String> values = new HashMap<>();
        values.put(JobOptions.BOOTSTRAP_SERVERS.key(), "localhost:1");
        values.put(JobOptions.MODEL.key(), model.toString());
        // harness tests are not about speed
        values.put(JobOptions.WARM_UP.key(), "0s");
        for (int i = 0; i < more.length; i += 2) {
            values.put(more[i], more[i + 1]);
        }
        return JobOptions.of(values);
    }

    public static Behavior behavior(String user, int event, long time) {
        Map<String, String> fields = Map.of("item", "i" + event % 23, "category", "c" + event % 5);
        return new Behavior(Integer.toString(event), user, START + time, fields);
    }

    public static AdRequest request(String user, String id, long time, int candidates) {
        List<Candidate> ads =
                IntStream.range(0, candidates)
                        .mapToObj(n -> candidate(n, Pricing.CPC, 1_000_000, null))
                        .toList();
        return new AdRequest(id, user, START + time, Map.of("segment", "s"), Map.of(), ads);
    }

    public static Candidate candidate(int n, Pricing pricing, long bid, Double pcvr) {
        Map<String, String> fields = Map.of("item", "i" + n, "category", "c" + n);
        return new Candidate("ad" + n, fields, pricing, bid, "USD", pcvr);
    }

    public static InboundRecord inbound(Behavior b) {
        byte[] value = new WireEncoder<>(Behavior.class).encode(b);
        return InboundRecord.behavior(origin("behaviors"), key(b.getUserId()), value, b);
    }

    public static InboundRecord inbound(AdRequest r) {
        byte[] value = new WireEncoder<>(AdRequest.class).encode(r);
        return InboundRecord.adRequest(origin("ad-requests"), key(r.getUserId()), value, r);
    }

    public static InboundRecord erasure(String user, long time) {
        Erasure e = new Erasure("erasure-" + user + time, user, START + time);
        byte[] value = new WireEncoder<>(Erasure.class).encode(e);
        Origin origin = new Origin("control", 3, 42, START + time);
        return InboundRecord.erasure(origin, key(user), value, e);
    }

    public static Origin origin(String topic) {
        return new Origin(topic, 3, 42, START);
    }

    private static byte[] key(String user) {
        return user.getBytes(StandardCharsets.UTF_8);
    }
}
