package io.dienstream.dien.kernel.vector;

import static io.dienstream.dien.kernel.vector.Registers.WIDTH;

import io.dienstream.dien.kernel.DenseWeights;
import io.dienstream.dien.kernel.Dice;
import io.dienstream.dien.kernel.Facts;
import io.dienstream.dien.kernel.Kernels;
import io.dienstream.dien.kernel.KernelsProvider;
import io.dienstream.dien.kernel.RecurrentWeights;
import io.dienstream.dien.kernel.StepInput;
import io.dienstream.dien.kernel.Tile;

/**
 * The kernels by the Vector API, without masks: arrays are padded, and masks are emulated on Java
 * 17. Many candidates are lanes, few are vectors. Loaded by name from {@link KernelsProvider}, only
 * where the module {@code jdk.incubator.vector} is there. The package comment says where what is.
 */
public final class VectorKernels implements Kernels {
    /** Candidates that are vectors go by fours at most. */
    private static final int FEW = 4;

    /** From so many on, a register of lanes costs less than as many vectors. */
    private static final int ENOUGH = Math.max(1, 3 * WIDTH / 4);

    private static final Tile TWO_REGISTERS = Tile.ofLanes(2 * WIDTH);
    private static final Tile ONE_REGISTER = Tile.ofLanes(WIDTH);
    private static final Tile[] VECTORS = {
        null, Tile.ofVectors(1), Tile.ofVectors(2), Tile.ofVectors(3), Tile.ofVectors(FEW)
    };

    /** For {@link KernelsProvider}. */
    public VectorKernels() {}

    @Override
    public String describe() {
        return "vector (" + WIDTH + " lanes)";
    }

    @Override
    public int width() {
        return WIDTH;
    }

    @Override
    public Tile tile(int remaining) {
        if (remaining >= WIDTH + ENOUGH) {
            return TWO_REGISTERS;
        }
        return remaining >= ENOUGH ? ONE_REGISTER : VECTORS[Math.min(remaining, FEW)];
    }

    @Override
    public int largestTile() {
        return Math.max(2 * WIDTH, FEW);
    }

    @Override
    public void denseVectors(
            DenseWeights w,
            float[] bias,
            int biasOffset,
            float[] x,
            int xOffset,
            int xStride,
            int count,
            float[] out) {
        RowMajorMatMul.dense(w, bias, biasOffset, x, xOffset, xStride, count, out);
    }

    @Override
    public void dense(
            DenseWeights w, float[] bias, int biasOffset, Tile tile, float[] x, float[] out) {
        if (tile.isLanes()) {
            LaneMajorMatMul.dense(w, bias, biasOffset, tile, x, out);
        } else {
            int stride = stride(w.cols);
            RowMajorMatMul.dense(w, bias, biasOffset, x, 0, stride, tile.candidates(), out);
        }
    }

    @Override
    public void scores(Facts facts, Tile tile, float[] query, float[] out) {
        AttentionScores.scores(facts, tile, query, out);
    }

    @Override
    public void softmax(float[] x, int steps, Tile tile) {
        AttentionScores.softmax(x, steps, tile);
    }

    @Override
    public void weightedSum(Facts facts, Tile tile, float[] weights, float[] out) {
        AttentionScores.weightedSum(facts, tile, weights, out);
    }

    @Override
    public void step(StepInput input, Tile tile, float[] state, float[] scratch) {
        GruStep.step(input, tile, state, scratch);
    }

    @Override
    public int stepScratch(RecurrentWeights w, int candidates) {
        return StepScratch.numbers(w, candidates);
    }

    @Override
    public void multiply(
            float[] q, float[] fact, int factOffset, int width, Tile tile, float[] out) {
        Activations.multiply(q, fact, factOffset, width, tile, out);
    }

    @Override
    public void gate(float[] x, float[] added, int features, Tile tile) {
        Activations.gate(x, added, features, tile);
    }

    @Override
    public void prelu(float[] x, int features, Tile tile, float[] alpha) {
        Activations.prelu(x, features, tile, alpha);
    }

    @Override
    public void dice(float[] x, int features, Tile tile, Dice dice) {
        Activations.dice(x, features, tile, dice);
    }
}
