package io.dienstream.dien.layer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.dienstream.dien.RandomModels;
import io.dienstream.dien.kernel.Facts;
import io.dienstream.dien.kernel.Kernels;
import io.dienstream.dien.kernel.KernelsProvider;
import io.dienstream.dien.kernel.Tile;
import io.dienstream.dien.model.Architecture;
import io.dienstream.dien.model.AttentionType;
import io.dienstream.dien.model.GateForm;
import io.dienstream.dien.model.Model;
import io.dienstream.dien.model.ModelConfig;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class InterestEvolutionTest {
    private static final int STEPS = 7;

    @TempDir private Path directory;

    /** What is shown of a candidate is what scores it: the last state of the trace, any tile. */
    @ParameterizedTest
    @EnumSource(GateForm.class)
    void theTraceEndsWhereTheEvolutionDoes(GateForm gate) throws IOException {
        Kernels kernels = KernelsProvider.get();
        Model model =
                RandomModels.write(
                        directory.resolve(gate.name()),
                        RandomModels.config(Architecture.DIEN, AttentionType.BILINEAR, gate, 12),
                        3);
        ModelConfig config = model.config();
        InterestEvolution evolution =
                new InterestEvolution(config, model.weights().evolution(), kernels);
        Random random = new Random(5);
        int hidden = config.hidden();
        float[] states = new float[STEPS * hidden];
        for (int i = 0; i < states.length; i++) {
            states[i] = (float) Math.tanh(random.nextGaussian());
        }
        float[] attention = {0.1f, 0, 0.3f, 0.2f, 0.05f, 0.25f, 0.1f};
        float[][] trace = evolution.trace(states, STEPS, attention);

        int stride = kernels.stride(hidden);
        Facts facts = new Facts(STEPS, hidden, kernels);
        facts.setSteps(STEPS);
        for (int t = 0; t < STEPS; t++) {
            System.arraycopy(states, t * hidden, facts.rows, t * facts.stride, hidden);
        }
        float[] projections = new float[evolution.projectionsOf(STEPS)];
        InterestEvolution.Scratch scratch = evolution.newScratch(STEPS);
        evolution.project(facts, projections);
        Tile tile = kernels.tile(kernels.largestTile());
        float[] weights = new float[kernels.stride(STEPS) * tile.candidates()];
        for (int n = 0; n < tile.candidates(); n++) {
            for (int t = 0; t < STEPS; t++) {
                weights[tile.at(t, n, kernels.stride(STEPS))] = attention[t];
            }
        }
        float[] g = evolution.evolve(projections, STEPS, tile, weights, 0, scratch);
        assertThat(trace).hasDimensions(STEPS, hidden);
        assertThat(Arrays.equals(trace[0], trace[STEPS - 1])).isFalse();
        for (int i = 0; i < hidden; i++) {
            assertThat(trace[STEPS - 1][i])
                    .isCloseTo(g[tile.at(i, tile.candidates() - 1, stride)], within(1e-6f));
        }
    }
}
