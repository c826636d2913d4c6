package io.dienstream.datasets.offline;

import io.dienstream.dien.Scorer;
import io.dienstream.dien.history.InterestHistory;
import io.dienstream.dien.kernel.KernelsProvider;
import io.dienstream.dien.layer.InterestEvolution;
import io.dienstream.dien.model.Architecture;
import io.dienstream.dien.model.ModelConfig;
import io.dienstream.schema.ServedBehavior;
import io.dienstream.schema.TrainingExample;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Why candidates got their scores: where each looks along the history, and how its interest
 * evolves.
 *
 * @param behaviors that were seen, [T], oldest first
 * @param pctrs [N]
 * @param attention a_t, [N][T]
 * @param evolved g_t, [N][T][H]; null where the architecture has no evolution by candidate
 */
public record Explanation(
        List<ServedBehavior> behaviors, float[] pctrs, float[][] attention, float[][][] evolved) {

    /**
     * @throws IllegalArgumentException where the architecture has no attention or the history is
     *     empty
     */
    public static Explanation of(ExampleScorer scorer, TrainingExample example) {
        ModelConfig config = scorer.scorer().model().config();
        if (!config.architecture().hasAttention()) {
            throw new IllegalArgumentException(
                    "architecture "
                            + config.architecture().key()
                            + " has no attention, so there is nothing to explain");
        }
        scorer.scores().setKeepAttention(true);
        InterestHistory history = scorer.score(example);
        if (history.size() == 0) {
            throw new IllegalArgumentException(
                    "request " + example.getRequestId() + " has an empty history");
        }
        int candidates = example.getCandidates().size();
        float[] pctrs = new float[candidates];
        float[][] attention = new float[candidates][];
        for (int n = 0; n < candidates; n++) {
            pctrs[n] = scorer.scores().pctr(n);
            attention[n] = scorer.scores().attention(n);
        }
        boolean evolves =
                config.architecture().hasInterestStates()
                        && config.architecture() != Architecture.GRU_ATTENTION;
        float[][][] evolved = evolves ? evolve(scorer.scorer(), history, attention) : null;
        return new Explanation(scorer.seen(example), pctrs, attention, evolved);
    }

    /**
     * The behaviors that a candidate looks at most, the strongest first.
     *
     * @param most how many at the most
     * @return positions in {@link #behaviors}
     */
    public int[] strongest(int candidate, int most) {
        return IntStream.range(0, behaviors.size())
                .boxed()
                .sorted(Comparator.comparingDouble(t -> -attention[candidate][t]))
                .limit(most)
                .mapToInt(Integer::intValue)
                .toArray();
    }

    private static float[][][] evolve(Scorer scorer, InterestHistory h, float[][] attention) {
        ModelConfig config = scorer.model().config();
        InterestEvolution evolution =
                new InterestEvolution(
                        config, scorer.model().weights().evolution(), KernelsProvider.get());
        float[][][] evolved = new float[attention.length][][];
        for (int n = 0; n < attention.length; n++) {
            evolved[n] = evolution.trace(h.states(), h.size(), attention[n]);
        }
        return evolved;
    }
}
