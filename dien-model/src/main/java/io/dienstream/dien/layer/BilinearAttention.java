package io.dienstream.dien.layer;

import io.dienstream.dien.kernel.Facts;
import io.dienstream.dien.kernel.Kernels;
import io.dienstream.dien.kernel.Tile;
import io.dienstream.dien.model.Matrix;

/** The paper's attention (DIEN, equation 7): score_t = f_t' W e, a = softmax(score). */
final class BilinearAttention implements Attention {
    private final Dense w;
    private final Kernels kernels;

    /**
     * @param w [F, D_a]
     */
    BilinearAttention(Matrix w, Kernels kernels) {
        this.w = new Dense(w, null, kernels);
        this.kernels = kernels;
    }

    @Override
    public void prepare(Facts facts, Attention.Scratch scratch) {}

    @Override
    public void weights(
            Facts facts,
            Tile tile,
            int real,
            float[] ads,
            float[] weights,
            Attention.Scratch scratch) {
        float[] query = ((Query) scratch).query;
        w.apply(tile, ads, query);
        kernels.scores(facts, tile, query, weights);
        kernels.softmax(weights, facts.steps(), tile);
    }

    @Override
    public Attention.Scratch newScratch(int maxSteps) {
        return new Query(new float[w.stride() * kernels.largestTile()]);
    }

    /**
     * @param query W e, F features
     */
    private record Query(float[] query) implements Attention.Scratch {}
}
