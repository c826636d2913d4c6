package io.dienstream.datasets.served;

import io.dienstream.datasets.format.Manifest;
import io.dienstream.schema.LabelCorrection;
import io.dienstream.schema.LabeledCandidate;
import io.dienstream.schema.TrainingExample;
import io.dienstream.wire.OfflineExample;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;

/**
 * What a learning job has left at a time of impressions that are clicked with one probability, with
 * exponential delays: examples W after the impression, corrections of clicks up to that time.
 */
public final class ServedLog implements ServedSource {
    /** W, ms. */
    public static final long WAIT = SinkFiles.WAIT;

    /** W2, ms. */
    public static final long CORRECTION_WAIT = 86_400_000;

    /** The newest time at which a label became final, ms. */
    public static final long CUT = 1_700_000_000_000L;

    private static final int ADS = 5;

    private final List<TrainingExample> examples = new ArrayList<>();
    private final List<LabelCorrection> corrections = new ArrayList<>();
    private final Random random;
    private final double p;
    private final double meanDelayMs;
    private final double negativeRate;

    /**
     * @param p probability of a click, which the served model knows
     * @param meanDelayMs from impression to click
     * @param negativeRate with which candidates are kept that have no click within W
     */
    public ServedLog(long seed, double p, double meanDelayMs, double negativeRate) {
        random = new Random(seed);
        this.p = p;
        this.meanDelayMs = meanDelayMs;
        this.negativeRate = negativeRate;
    }

    /** Requests at even distances whose age at the cut is in [youngest, oldest], ms. */
    public ServedLog add(int requests, long youngest, long oldest) {
        for (int n = 0; n < requests; n++) {
            long age = youngest + (oldest - youngest) * n / Math.max(1, requests - 1);
            add("r" + examples.size() + "-" + n + "-" + youngest, CUT - age);
        }
        return this;
    }

    private void add(String request, long shownAt) {
        TrainingExample example = SinkFiles.example(request, shownAt, new boolean[ADS]);
        List<LabeledCandidate> kept = new ArrayList<>();
        for (LabeledCandidate c : example.getCandidates()) {
            c.setPctr((float) p);
            long clickedAt =
                    random.nextDouble() < p
                            ? shownAt + (long) (-meanDelayMs * Math.log(1 - random.nextDouble()))
                            : Long.MAX_VALUE;
            boolean inTime = clickedAt <= shownAt + WAIT;
            if (inTime) {
                c.setClicked(true);
                c.setClickedAt(clickedAt);
            } else if (clickedAt <= Math.min(CUT, shownAt + CORRECTION_WAIT)) {
                corrections.add(correction(example, c.getAdId(), clickedAt));
            }
            if (inTime || random.nextDouble() < negativeRate) {
                c.setSamplingRate(inTime || negativeRate == 1 ? null : (Double) negativeRate);
                kept.add(c);
            }
        }
        example.setNegativeRate(negativeRate == 1 ? null : (Double) negativeRate);
        example.setCandidates(kept);
        if (!kept.isEmpty()) {
            examples.add(example);
        }
    }

    /** A late click. */
    public static LabelCorrection correction(TrainingExample example, String ad, long clickedAt) {
        LabelCorrection correction = SinkFiles.correction(example, ad, 1);
        correction.setClickedAt(clickedAt);
        return correction;
    }

    /** An example of one ad, shown {@code age} before the cut and not clicked in time. */
    public TrainingExample one(String request, long age) {
        TrainingExample example =
                SinkFiles.served(
                        OfflineExample.of(
                                request,
                                "u" + request,
                                CUT - age,
                                Map.of(),
                                Map.of(),
                                List.of(),
                                List.of(
                                        OfflineExample.candidate(
                                                "a",
                                                Map.of("item", "a", "category", "c"),
                                                false,
                                                false)),
                                "1"));
        example.getCandidates().get(0).setPctr((float) p);
        examples.add(example);
        return example;
    }

    public List<TrainingExample> examples() {
        return examples;
    }

    public List<LabelCorrection> corrections() {
        return corrections;
    }

    @Override
    public long read(Consumer consumer) throws IOException {
        for (LabelCorrection correction : corrections) {
            consumer.correction(correction);
        }
        for (TrainingExample example : examples) {
            consumer.example(TrainingExample.newBuilder(example).build());
        }
        return 0;
    }

    @Override
    public List<Manifest.Source> sources() {
        return List.of();
    }
}
