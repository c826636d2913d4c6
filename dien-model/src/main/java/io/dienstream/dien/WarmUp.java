package io.dienstream.dien;

import io.dienstream.dien.history.HistoryModel;
import io.dienstream.dien.history.InterestHistory;
import io.dienstream.dien.layer.InterestExtractor;
import io.dienstream.dien.model.ModelConfig;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.LongSupplier;

/**
 * Scores made-up requests until scoring is compiled. Before that the Vector API takes up to a
 * second for a request of twenty candidates: time that live requests should not spend. The answers
 * are thrown away; nothing that a live request will see is changed.
 */
public final class WarmUp {
    private static final int[] CANDIDATES = {1, 20, 100};
    private static final int LONGEST = 100;

    /** Rounds without a better one after which the code is taken for compiled. */
    private static final int STEADY_ROUNDS = 30;

    private static final long STEADY_NANOS = 300_000_000;
    private static final double BETTER = 0.8;
    private static final long SEED = 1;

    private final Scorer scorer;
    private final LongSupplier nanoTime;
    private final Runnable rest;
    private final Random random = new Random(SEED);

    /**
     * @param nanoTime the clock
     */
    public WarmUp(Scorer scorer, LongSupplier nanoTime) {
        this(scorer, nanoTime, () -> {});
    }

    /**
     * @param nanoTime the clock
     * @param rest what is done between two rounds, which is no part of either
     */
    public WarmUp(Scorer scorer, LongSupplier nanoTime, Runnable rest) {
        this.scorer = scorer;
        this.nanoTime = nanoTime;
        this.rest = rest;
    }

    /**
     * What a warm-up did.
     *
     * @param rounds of one request of each size
     * @param firstNanos the first round took
     * @param bestNanos the best round took
     * @param steady whether rounds had stopped getting faster; else time was up
     */
    public record Outcome(int rounds, long firstNanos, long bestNanos, boolean steady) {}

    /**
     * Runs rounds until none has been a fifth faster than the best for a while, or {@code
     * mostNanos} are over; a round that has begun is finished.
     */
    public Outcome run(long mostNanos) {
        ScorerScratch scratch = scorer.newScratch();
        EncodedRequest request = scorer.encoder().newRequest();
        InterestHistory history = history();
        long start = nanoTime.getAsLong();
        long best = Long.MAX_VALUE;
        long first = 0;
        long improvedAt = start;
        int improvedIn = 0;
        int rounds = 0;
        for (long now = start; now - start < mostNanos; rounds++) {
            for (int n : CANDIDATES) {
                fill(request, n);
                scorer.score(history, history.size(), request, scratch);
            }
            long nanos = nanoTime.getAsLong() - now;
            rest.run();
            now = nanoTime.getAsLong();
            first = rounds == 0 ? nanos : first;
            if (nanos < BETTER * best) {
                improvedAt = now;
                improvedIn = rounds;
            }
            best = Math.min(best, nanos);
            if (rounds - improvedIn >= STEADY_ROUNDS && now - improvedAt >= STEADY_NANOS) {
                return new Outcome(rounds + 1, first, best, true);
            }
        }
        return new Outcome(rounds, first, best, false);
    }

    private InterestHistory history() {
        HistoryModel model = scorer.historyModel();
        InterestExtractor.Scratch scratch = model.newScratch();
        InterestHistory history = model.newHistory();
        int length = Math.min(LONGEST, scorer.model().config().maxLength());
        for (int t = 0; t < length; t++) {
            model.add(history, model.encode(Integer.toString(t), t, Map.of()), scratch);
        }
        return history;
    }

    /** Different candidates: equal ones would be scored once. */
    private void fill(EncodedRequest request, int candidates) {
        ModelConfig config = scorer.model().config();
        List<ModelConfig.Field> fields = config.adFields();
        scorer.encoder().begin(Map.of(), Map.of(), candidates, request);
        for (int n = 0; n < candidates; n++) {
            for (int f = 0; f < fields.size(); f++) {
                int rows = config.embeddings().get(fields.get(f).embedding()).rows();
                request.ads[n * fields.size() + f] = random.nextInt(rows);
            }
        }
    }
}
