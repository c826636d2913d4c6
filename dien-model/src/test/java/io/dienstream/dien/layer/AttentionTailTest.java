package io.dienstream.dien.layer;

import static org.assertj.core.api.Assertions.assertThat;

import io.dienstream.dien.kernel.Tile;
import java.util.Random;
import org.junit.jupiter.api.Test;

class AttentionTailTest {
    /** Weights 0.5, 0.3, 0.1, 0.06, 0.04: 0.04 + 0.06 fit in 0.11, with 0.1 they do not. */
    @Test
    void leavesOutTheLeastWeightsThatFit() {
        float[] weights = {0.5f, 0.06f, 0.3f, 0.04f, 0.1f};
        AttentionTail tail = new AttentionTail(5);
        float threshold = tail.threshold(0.11f, weights, 5, 5, Tile.ofVector());
        assertThat(threshold).isGreaterThanOrEqualTo(0.06f).isLessThan(0.1f);
        assertThat(tail.largest(3)).isEqualTo(0.04f);
    }

    @Test
    void neverLeavesOutMoreThanTheTail() {
        Random random = new Random(1);
        AttentionTail tail = new AttentionTail(50);
        for (int i = 0; i < 1000; i++) {
            float[] weights = new float[50];
            float sum = 0;
            for (int t = 0; t < 50; t++) {
                weights[t] = (float) Math.exp(4 * random.nextGaussian());
                sum += weights[t];
            }
            for (int t = 0; t < 50; t++) {
                weights[t] /= sum;
            }
            float allowed = random.nextFloat() * 0.2f;
            float threshold = tail.threshold(allowed, weights, 50, 50, Tile.ofVector());
            float left = 0;
            for (float a : weights) {
                left += a <= threshold ? a : 0;
            }
            assertThat(left).isLessThanOrEqualTo(allowed);
        }
    }
}
