package io.dienstream.train.network;

import ai.djl.ndarray.NDArray;

/** max(0, x) + alpha min(0, x), alpha [units]. */
final class Prelu {
    private Prelu() {}

    static NDArray apply(NDArray x, NDArray alpha) {
        return x.maximum(0).add(x.minimum(0).mul(alpha));
    }
}
