package io.dienstream.train.network;

import ai.djl.ndarray.NDArray;
import ai.djl.nn.Activation;
import io.dienstream.dien.model.ModelConfig;

/**
 * Batch norm on the input, then dense layers with Dice or PReLU, then one logit. In training, norms
 * use the batch's statistics and keep running ones; otherwise the running ones, so that an example
 * scored alone gets the answer it gets in company.
 */
final class Mlp {
    /** Share of the old running statistics that a step keeps. */
    private static final float MOMENTUM = 0.99f;

    private final Parameters p;
    private final ModelConfig.Mlp config;

    Mlp(Parameters p, ModelConfig.Mlp config) {
        this.p = p;
        this.config = config;
    }

    /**
     * @param x [B, n]
     * @return [B]
     */
    NDArray logits(NDArray x, boolean training) {
        NDArray z =
                norm(
                        x,
                        "mlp.norm",
                        p.get("mlp.norm.scale"),
                        p.get("mlp.norm.shift"),
                        config.normEpsilon(),
                        training);
        for (int layer = 1; layer <= config.hidden().size(); layer++) {
            String name = "mlp.hidden" + layer;
            z = dense(z, name);
            NDArray alpha = p.get(name + ".alpha");
            z =
                    switch (config.activation()) {
                        case DICE -> dice(z, name, alpha, training);
                        case PRELU -> Prelu.apply(z, alpha);
                    };
        }
        return dense(z, "mlp.output").squeeze(1);
    }

    /** p x + (1 - p) alpha x, p = s of the normed x. */
    private NDArray dice(NDArray x, String name, NDArray alpha, boolean training) {
        NDArray one = alpha.onesLike();
        NDArray zero = alpha.zerosLike();
        NDArray share =
                Activation.sigmoid(norm(x, name, one, zero, config.diceEpsilon(), training));
        // p x + (1 - p) alpha x = x (alpha + p (1 - alpha))
        return x.mul(share.mul(one.sub(alpha)).add(alpha));
    }

    private NDArray norm(
            NDArray x,
            String name,
            NDArray scale,
            NDArray shift,
            double epsilon,
            boolean training) {
        NDArray mean = p.get(name + ".mean");
        NDArray variance = p.get(name + ".variance");
        return x.getNDArrayInternal()
                .batchNorm(x, mean, variance, scale, shift, -1, MOMENTUM, (float) epsilon, training)
                .singletonOrThrow();
    }

    private NDArray dense(NDArray x, String name) {
        return x.matMul(p.get(name + ".weight").transpose()).add(p.get(name + ".bias"));
    }
}
