package io.dienstream.train.network;

import ai.djl.ndarray.NDArray;
import ai.djl.nn.Activation;

/** max(0, x) + alpha min(0, x), alpha [units]. */
final class Prelu {
    private Prelu() {}

    static NDArray apply(NDArray x, NDArray alpha) {
        return Activation.relu(x).sub(Activation.relu(x.neg()).mul(alpha));
    }
}
