package io.dienstream.job.learning;

import io.dienstream.job.learning.record.LearningRecord;
import io.dienstream.job.option.JobOptions;
import io.dienstream.job.option.LearningOptions;
import io.dienstream.job.record.Origin;
import io.dienstream.schema.AdClick;
import io.dienstream.schema.Candidate;
import io.dienstream.schema.Heartbeat;
import io.dienstream.schema.Impression;
import io.dienstream.schema.Pricing;
import io.dienstream.schema.ServedBehavior;
import io.dienstream.schema.ServedRequest;
import io.dienstream.wire.WireEncoder;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/** Builders of the learning job's records for tests; times are ms after {@link #START}. */
public final class LearningRecords {
    public static final long START = 1_700_000_000_000L;

    private LearningRecords() {}

    public static LearningOptions options(String... more) {
        Map<String, String> values = new HashMap<>();
        values.put(JobOptions.BOOTSTRAP_SERVERS.key(), "localhost:1");
        for (int i = 0; i < more.length; i += 2) {
            values.put(more[i], more[i + 1]);
        }
        return LearningOptions.of(values);
    }

    public static ServedRequest served(String request, String user, long time, int ads) {
        ServedRequest served = new ServedRequest();
        served.setRequestId(request);
        served.setUserId(user);
        served.setTimestamp(START + time);
        served.setUser(Map.of("segment", "s"));
        served.setContext(Map.of());
        served.setCandidates(
                IntStream.range(0, ads)
                        .mapToObj(
                                n ->
                                        new Candidate(
                                                "ad" + n,
                                                Map.of("item", "i" + n),
                                                List.of(Pricing.CPM, Pricing.CPC, Pricing.CPA)
                                                        .get(n % 3),
                                                1000L + n,
                                                "USD",
                                                n % 3 == 2 ? 0.1 : null))
                        .toList());
        served.setBehaviors(List.of(new ServedBehavior(START + time - 1000, Map.of("item", "i1"))));
        served.setModelName("m");
        served.setModelVersion("7");
        served.setPctr(IntStream.range(0, ads).mapToObj(n -> (n + 1) / 1024f).toList());
        served.setModelFingerprint("00112233445566aa");
        served.setArm("candidate");
        served.setPlanRevision(3L);
        return served;
    }

    public static LearningRecord record(ServedRequest served) {
        return LearningRecord.of(
                LearningRecord.Kind.SERVED,
                origin("served"),
                key(served.getRequestId()),
                new WireEncoder<>(ServedRequest.class).encode(served),
                served);
    }

    public static LearningRecord served(String request, long time, int ads) {
        return record(served(request, "u", time, ads));
    }

    public static LearningRecord impression(String request, int ad, String user, long time) {
        return record(new Impression(request, "ad" + ad, user, START + time, ad + 1, 0.5));
    }

    public static LearningRecord record(Impression impression) {
        return LearningRecord.of(
                LearningRecord.Kind.IMPRESSION,
                origin("impressions"),
                key(impression.getRequestId()),
                new WireEncoder<>(Impression.class).encode(impression),
                impression);
    }

    public static LearningRecord click(String request, int ad, String user, long time) {
        return record(
                new AdClick(
                        "c" + request + ad + "at" + time, request, "ad" + ad, user, START + time));
    }

    public static LearningRecord record(AdClick click) {
        return LearningRecord.of(
                LearningRecord.Kind.CLICK,
                origin("ad-clicks"),
                key(click.getRequestId()),
                new WireEncoder<>(AdClick.class).encode(click),
                click);
    }

    public static LearningRecord heartbeat(long time) {
        Heartbeat heartbeat = new Heartbeat("test", START + time);
        return LearningRecord.of(
                LearningRecord.Kind.HEARTBEAT,
                origin("ad-clicks"),
                null,
                new WireEncoder<>(Heartbeat.class).encode(heartbeat),
                heartbeat);
    }

    public static Origin origin(String topic) {
        return new Origin(topic, 3, 42, START);
    }

    private static byte[] key(String request) {
        return request.getBytes(StandardCharsets.UTF_8);
    }
}
