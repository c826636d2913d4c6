package io.dienstream.bench.join;

import io.dienstream.job.learning.record.LearningRecord;
import io.dienstream.job.record.Origin;
import io.dienstream.schema.AdClick;
import io.dienstream.schema.Candidate;
import io.dienstream.schema.Impression;
import io.dienstream.schema.Pricing;
import io.dienstream.schema.ServedBehavior;
import io.dienstream.schema.ServedRequest;
import io.dienstream.wire.WireEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;

/**
 * What was served, shown and clicked, record by record: the n-th of a kind is a function of the
 * plan and n, so that any lane makes any part of it. Times grow with n. Each click is of an
 * impression of the same log. Not thread safe.
 */
final class JoinRecords {
    /** Event time of the first request, ms. */
    static final long START = 1_700_000_000_000L;

    private static final long SHOWN_AFTER_MS = 50;
    private static final long FIRST_CLICK_MS = 1_000;
    private static final double MEAN_DELAY_MS = 60_000;
    private static final double MS_PER_SECOND = 1_000;
    private static final long SEED = 1;
    private static final int USERS = 100_000;

    /** Different lists of behaviors and candidates: making them is not what is measured. */
    private static final int POOL = 64;

    private static final int ITEMS = 100_000;
    private static final int CATEGORIES = 1_000;

    private final JoinPlan plan;
    private final long waitMs;
    private final double requestMs;
    private final double clickMs;
    private final List<List<ServedBehavior>> behaviors = new ArrayList<>();
    private final List<List<Candidate>> candidates = new ArrayList<>();
    private final List<Float> pctr;
    private final WireEncoder<ServedRequest> served = new WireEncoder<>(ServedRequest.class);
    private final WireEncoder<Impression> impressions = new WireEncoder<>(Impression.class);
    private final WireEncoder<AdClick> clicks = new WireEncoder<>(AdClick.class);

    /**
     * @param waitMs W
     */
    JoinRecords(JoinPlan plan, long waitMs) {
        this.plan = plan;
        this.waitMs = waitMs;
        requestMs = MS_PER_SECOND * plan.shown() / plan.rate();
        clickMs = MS_PER_SECOND / (plan.rate() * plan.clickRate());
        pctr = Collections.nCopies(plan.candidates(), (float) plan.clickRate());
        SplittableRandom random = new SplittableRandom(SEED);
        for (int n = 0; n < POOL; n++) {
            behaviors.add(behaviors(random));
            candidates.add(candidates(random));
        }
    }

    private List<ServedBehavior> behaviors(SplittableRandom random) {
        List<ServedBehavior> drawn = new ArrayList<>();
        for (int n = plan.behaviors(); n > 0; n--) {
            drawn.add(new ServedBehavior(START - n * 1_000L, fields(random)));
        }
        return drawn;
    }

    private List<Candidate> candidates(SplittableRandom random) {
        List<Candidate> drawn = new ArrayList<>();
        for (int n = 0; n < plan.candidates(); n++) {
            drawn.add(new Candidate("ad-" + n, fields(random), Pricing.CPC, 250_000L, "USD", null));
        }
        return drawn;
    }

    private static Map<String, String> fields(SplittableRandom random) {
        return Map.of(
                "item",
                "item-" + random.nextInt(ITEMS),
                "category",
                "category-" + random.nextInt(CATEGORIES));
    }

    /** Event time of the n-th record of a kind, ms. */
    long time(LearningRecord.Kind kind, long n) {
        return switch (kind) {
            case SERVED -> START + (long) (n * requestMs);
            case IMPRESSION -> START + (long) (n / plan.shown() * requestMs) + SHOWN_AFTER_MS;
            case CLICK -> START + FIRST_CLICK_MS + (long) (n * clickMs);
            case HEARTBEAT -> throw new IllegalArgumentException("there are none");
        };
    }

    /** How many impressions have a time up to {@code time}. */
    long impressionsUntil(long time) {
        long requests = Math.max(0, (long) ((time - START - SHOWN_AFTER_MS) / requestMs));
        while (isShownBy(requests, time)) {
            requests++;
        }
        while (requests > 0 && !isShownBy(requests - 1, time)) {
            requests--;
        }
        return requests * plan.shown();
    }

    private boolean isShownBy(long request, long time) {
        return time(LearningRecord.Kind.IMPRESSION, request * plan.shown()) <= time;
    }

    /** The n-th record of a kind, as a partition of its topic would give it. */
    LearningRecord record(LearningRecord.Kind kind, long n, int partition) {
        return switch (kind) {
            case SERVED -> served(n, partition);
            case IMPRESSION -> impression(n, partition);
            case CLICK -> click(n, partition);
            case HEARTBEAT -> throw new IllegalArgumentException("there are none");
        };
    }

    private LearningRecord served(long n, int partition) {
        ServedRequest request = new ServedRequest();
        request.setRequestId(request(n));
        request.setUserId(user(n));
        request.setTimestamp(time(LearningRecord.Kind.SERVED, n));
        request.setUser(Map.of());
        request.setContext(Map.of());
        request.setCandidates(candidates.get((int) (n % POOL)));
        request.setBehaviors(behaviors.get((int) (n % POOL)));
        request.setModelName("dien");
        request.setModelVersion("2023-11-14");
        request.setPctr(pctr);
        request.setModelFingerprint("00112233445566aa");
        request.setArm("live");
        request.setPlanRevision(3L);
        return LearningRecord.of(
                LearningRecord.Kind.SERVED,
                new Origin("served", partition, n, request.getTimestamp()),
                key(request.getRequestId()),
                served.encode(request),
                request);
    }

    private LearningRecord impression(long n, int partition) {
        long request = n / plan.shown();
        int position = (int) (n % plan.shown());
        Impression impression =
                new Impression(
                        request(request),
                        "ad-" + position,
                        user(request),
                        time(LearningRecord.Kind.IMPRESSION, n),
                        position,
                        null);
        return LearningRecord.of(
                LearningRecord.Kind.IMPRESSION,
                new Origin("impressions", partition, n, impression.getTimestamp()),
                key(impression.getRequestId()),
                impressions.encode(impression),
                impression);
    }

    private LearningRecord click(long n, int partition) {
        long at = time(LearningRecord.Kind.CLICK, n);
        long clicked = clicked(n, at);
        long request = clicked / plan.shown();
        AdClick click =
                new AdClick(
                        "click-" + n,
                        request(request),
                        "ad-" + clicked % plan.shown(),
                        user(request),
                        at);
        return LearningRecord.of(
                LearningRecord.Kind.CLICK,
                new Origin("ad-clicks", partition, n, at),
                key(click.getRequestId()),
                clicks.encode(click),
                click);
    }

    /** The impression that the n-th click is on: one that was shown a drawn delay before it. */
    private long clicked(long n, long at) {
        SplittableRandom random = new SplittableRandom(SEED + n);
        double share = random.nextDouble();
        double draw = random.nextDouble();
        long delay = (long) (-MEAN_DELAY_MS * Math.log(1 - draw));
        if (share < plan.lateShare()) {
            delay = waitMs + 1 + (long) (draw * waitMs);
        } else if (delay > waitMs) {
            delay = (long) (draw * waitMs);
        }
        long shown = impressionsUntil(at - delay);
        return shown == 0
                ? random.nextLong(impressionsUntil(at))
                : shown - 1 - random.nextInt(plan.shown());
    }

    private static String request(long n) {
        return "request-" + n;
    }

    private static String user(long request) {
        return "user-" + request % USERS;
    }

    private static byte[] key(String request) {
        return request.getBytes(StandardCharsets.UTF_8);
    }
}
