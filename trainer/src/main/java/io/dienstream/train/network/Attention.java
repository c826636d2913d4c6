package io.dienstream.train.network;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Activation;
import io.dienstream.dien.model.AttentionType;
import io.dienstream.dien.model.ModelConfig;

/**
 * Relevance of each fact to the ad, softmax over the real positions. {@code bilinear}: f' W e.
 * {@code mlp}: two sigmoid layers over [q, f, q - f, q * f], q = prelu(Q e + b); its first layer is
 * computed as (W_f - W_d) f + (W_q + W_d) q + W_p (q * f), which is the same in half the work.
 */
final class Attention {
    private static final float MASKED = -1e9f;

    private final Parameters p;
    private final boolean bilinear;

    Attention(Parameters p, ModelConfig config) {
        this.p = p;
        bilinear = config.attention() == AttentionType.BILINEAR;
    }

    /**
     * @param facts [B, T, F]
     * @param ad e, [B, D_a]
     * @param mask [B, T]
     * @return a_t, [B, T]; rows sum to 1, or to 0 for an empty history
     */
    NDArray weights(NDArray facts, NDArray ad, NDArray mask) {
        NDArray scores = bilinear ? bilinear(facts, ad) : mlp(facts, ad);
        NDArray masked = mask.getManager().create(MASKED);
        NDArray real = scores.mul(mask).add(mask.onesLike().sub(mask).mul(masked));
        return real.softmax(1).mul(mask);
    }

    private NDArray bilinear(NDArray facts, NDArray ad) {
        NDArray query = ad.matMul(p.get("attention.weight").transpose());
        return facts.batchMatMul(query.expandDims(2)).squeeze(2);
    }

    private NDArray mlp(NDArray facts, NDArray ad) {
        long size = facts.getShape().get(0);
        long steps = facts.getShape().get(1);
        long width = facts.getShape().get(2);
        NDArray q = dense(ad, "attention.query");
        q = Prelu.apply(q, p.get("attention.query.alpha"));
        NDList blocks =
                p.get("attention.hidden1.weight")
                        .split(new long[] {width, 2 * width, 3 * width}, 1);
        NDArray fact = blocks.get(1).sub(blocks.get(2));
        NDArray query = blocks.get(0).add(blocks.get(2));
        NDArray ofQuery = q.matMul(query.transpose()).add(p.get("attention.hidden1.bias"));
        NDArray pairs = facts.mul(q.expandDims(1));
        NDArray both =
                NDArrays.concat(new NDList(facts, pairs), 2).reshape(new Shape(-1, 2 * width));
        NDArray weight = NDArrays.concat(new NDList(fact, blocks.get(3)), 1);
        NDArray z =
                both.matMul(weight.transpose())
                        .reshape(new Shape(size, steps, -1))
                        .add(ofQuery.expandDims(1));
        NDArray hidden1 = Activation.sigmoid(z).reshape(new Shape(size * steps, -1));
        NDArray hidden2 = Activation.sigmoid(dense(hidden1, "attention.hidden2"));
        return dense(hidden2, "attention.output").reshape(new Shape(size, steps));
    }

    private NDArray dense(NDArray x, String name) {
        return x.matMul(p.get(name + ".weight").transpose()).add(p.get(name + ".bias"));
    }
}
