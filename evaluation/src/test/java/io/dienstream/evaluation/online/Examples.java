package io.dienstream.evaluation.online;

import java.util.Random;

/** Drawn predictions with labels that agree with them. */
public final class Examples {
    public final double[] pctr;
    public final boolean[] clicked;

    /**
     * Logits are normal about the rate's logit, labels are drawn by the prediction.
     *
     * @param rate about the click rate
     */
    public Examples(int count, double rate, long seed) {
        Random random = new Random(seed);
        pctr = new double[count];
        clicked = new boolean[count];
        double middle = Math.log(rate / (1 - rate)) - 0.5;
        for (int i = 0; i < count; i++) {
            double logit = middle + random.nextGaussian();
            pctr[i] = (float) (1 / (1 + Math.exp(-logit)));
            clicked[i] = random.nextDouble() < pctr[i];
        }
    }
}
