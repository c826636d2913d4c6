package io.dienstream.dien.kernel;

/**
 * A layer's Dice activation: p = 1 / (1 + 2^(scale x + offset)), x becomes p x + (1 - p) alpha x.
 *
 * @param alpha [stride of the layer's outputs], as the others
 * @param scale {@link Kernels#GATE_FACTOR} over the deviation
 * @param offset the mean times -scale
 */
public record Dice(float[] alpha, float[] scale, float[] offset) {}
