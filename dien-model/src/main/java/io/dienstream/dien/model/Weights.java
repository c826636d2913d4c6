package io.dienstream.dien.model;

import java.util.List;

/**
 * The network's parameters, immutable and shared by all threads. Arrays are never written after
 * construction.
 *
 * @param behavior tables of the behavior fields, in field order; together [D_b] a behavior
 * @param ad tables of the ad fields; together [D_a]
 * @param user tables of the user fields; together [D_u]
 * @param context tables of the context fields; together [D_c]
 * @param extractor interest extractor over x_t, or null
 * @param evolution interest evolution over h_t, or null
 * @param attention or null
 * @param mlp always
 * @param wide the wide half of {@code wide_deep}, [1, 3 D_a], or null
 */
public record Weights(
        List<EmbeddingTable> behavior,
        List<EmbeddingTable> ad,
        List<EmbeddingTable> user,
        List<EmbeddingTable> context,
        Gru extractor,
        Gru evolution,
        Attention attention,
        Mlp mlp,
        Dense wide) {

    /**
     * @param weight [outputs, inputs]
     * @param bias [outputs]
     */
    public record Dense(Matrix weight, float[] bias) {
        /** The same layer with outputs {@code factor} times as large. */
        public Dense scaled(double factor) {
            float[] data = scaled(weight.data(), factor);
            return new Dense(new Matrix(weight.rows(), weight.cols(), data), scaled(bias, factor));
        }

        private static float[] scaled(float[] values, double factor) {
            float[] scaled = new float[values.length];
            for (int i = 0; i < values.length; i++) {
                scaled[i] = (float) (factor * values[i]);
            }
            return scaled;
        }
    }

    /**
     * A GRU; row blocks in the order update, reset, candidate.
     *
     * @param input [3H, inputs] and [3H]
     * @param recurrent [3H, H]
     */
    public record Gru(Dense input, Matrix recurrent) {
        public int hidden() {
            return recurrent.cols();
        }
    }

    /**
     * @param bilinear [F, D_a], or null for the {@code mlp} attention, which has the rest
     * @param query [F, D_a], [F]
     * @param queryAlpha [F]
     * @param hidden1 [80, 4F], [80]
     * @param hidden2 [40, 80], [40]
     * @param output [1, 40], [1]
     */
    public record Attention(
            Matrix bilinear,
            Dense query,
            float[] queryAlpha,
            Dense hidden1,
            Dense hidden2,
            Dense output) {}

    /**
     * @param norm of the input, inference form
     * @param hidden in order
     * @param output [1, last width], [1]
     */
    public record Mlp(BatchNorm norm, List<Hidden> hidden, Dense output) {}

    /** Running statistics and affine part, each [n]. */
    public record BatchNorm(float[] scale, float[] shift, float[] mean, float[] variance) {}

    /**
     * @param dense [outputs, inputs], [outputs]
     * @param alpha [outputs]
     * @param mean [outputs], Dice only, else null
     * @param variance [outputs], Dice only, else null
     */
    public record Hidden(Dense dense, float[] alpha, float[] mean, float[] variance) {}
}
