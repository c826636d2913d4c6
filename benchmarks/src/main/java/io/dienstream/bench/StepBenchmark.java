package io.dienstream.bench;

import io.dienstream.dien.kernel.DenseWeights;
import io.dienstream.dien.kernel.Gate;
import io.dienstream.dien.kernel.Kernels;
import io.dienstream.dien.kernel.KernelsProvider;
import io.dienstream.dien.kernel.RecurrentWeights;
import io.dienstream.dien.kernel.StepInput;
import io.dienstream.dien.kernel.Tile;
import io.dienstream.dien.model.Matrix;
import io.dienstream.dien.model.Weights;
import java.util.Arrays;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/** What a request spends its time in, on one tile: an AUGRU step, dense layers, a softmax. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
public class StepBenchmark {
    private static final int HIDDEN = 36;
    private static final int STEPS = 100;
    private static final int INPUTS = 108;
    private static final int OUTPUTS = 200;

    /** Candidates left to score, which decides the tile. */
    @Param({"1", "4", "16", "32"})
    public int remaining;

    private final Kernels kernels = KernelsProvider.get();
    private final Random random = new Random(3);
    private Tile tile;
    private RecurrentWeights recurrent;
    private DenseWeights dense;
    private float[] projections;
    private float[] attention;
    private float[] state;
    private float[] scratch;
    private StepInput step;
    private float[] bias;
    private float[] inputs;
    private float[] outputs;
    private float[] scores;

    @Setup
    public void setUp() {
        tile = kernels.tile(remaining);
        int n = tile.candidates();
        int stride = kernels.stride(HIDDEN);
        Matrix square = matrix(3 * HIDDEN, HIDDEN);
        Weights.Dense input = new Weights.Dense(square, numbers(3 * HIDDEN));
        recurrent = new RecurrentWeights(new Weights.Gru(input, square), kernels);
        step = new StepInput(Gate.PAPER, recurrent);
        dense = new DenseWeights(matrix(OUTPUTS, INPUTS), kernels.stride(OUTPUTS));
        projections = numbers(recurrent.gates + kernels.width());
        attention = new float[kernels.stride(STEPS) * n];
        Arrays.fill(attention, 1f / STEPS);
        state = numbers(stride * n);
        scratch = new float[kernels.stepScratch(recurrent, n)];
        step.projections(projections, 0).attention(attention, 3, kernels.stride(STEPS));
        bias = numbers(kernels.stride(OUTPUTS));
        inputs = numbers(kernels.stride(INPUTS) * n);
        outputs = new float[kernels.stride(OUTPUTS) * n];
        scores = numbers(kernels.stride(STEPS) * n);
    }

    private Matrix matrix(int rows, int cols) {
        return new Matrix(rows, cols, numbers(rows * cols));
    }

    private float[] numbers(int n) {
        float[] x = new float[n];
        for (int i = 0; i < n; i++) {
            x[i] = (float) (0.3 * random.nextGaussian());
        }
        return x;
    }

    /** One AUGRU step of a tile. */
    @Benchmark
    public float[] augruStep() {
        kernels.step(step, tile, state, scratch);
        return state;
    }

    /** The first layer of the MLP, 108 to 200. */
    @Benchmark
    public float[] denseLayer() {
        kernels.dense(dense, bias, 0, tile, inputs, outputs);
        return outputs;
    }

    /** Over 100 steps. */
    @Benchmark
    public float[] softmax() {
        kernels.softmax(scores, STEPS, tile);
        return scores;
    }
}
