package io.dienstream.train.network;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.types.Shape;

/**
 * A plain GRU over whole sequences by the engine's fused operator. PyTorch's GRU is h = (1 - z) n +
 * z h with row blocks r, z, n; ours is h + u (c - h) with blocks u, r, c: z = 1 - u, and since 1 -
 * s(x) = s(-x), the weights of u go in with their signs changed. PyTorch's second bias stays zero.
 */
final class Gru {
    private final NDArray inputWeight;
    private final NDArray inputBias;
    private final NDArray recurrentWeight;
    private final int hidden;

    Gru(Parameters p, String name, int hidden) {
        inputWeight = p.get(name + ".input.weight");
        inputBias = p.get(name + ".input.bias");
        recurrentWeight = p.get(name + ".recurrent.weight");
        this.hidden = hidden;
    }

    /**
     * The states after each step from zero.
     *
     * @param x [B, T, inputs]
     * @return [B, T, H]
     */
    NDArray states(NDArray x, boolean training) {
        NDArray first = x.getManager().zeros(new Shape(1, x.getShape().get(0), hidden));
        NDArray bias = toEngine(inputBias);
        NDList parameters =
                new NDList(
                        toEngine(inputWeight), toEngine(recurrentWeight), bias, bias.zerosLike());
        return x.getNDArrayInternal()
                .gru(x, first, parameters, true, 1, 0, training, false, true)
                .get(0);
    }

    private NDArray toEngine(NDArray ours) {
        NDList blocks = ours.split(new long[] {hidden, 2L * hidden}, 0);
        return NDArrays.concat(new NDList(blocks.get(1), blocks.get(0).neg(), blocks.get(2)), 0);
    }
}
