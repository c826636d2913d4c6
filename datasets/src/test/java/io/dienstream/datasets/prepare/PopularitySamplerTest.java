package io.dienstream.datasets.prepare;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Random;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;

class PopularitySamplerTest {
    private static final int DRAWS = 200_000;

    @Test
    void drawsByWeight() {
        double[] weights = {1, 0, 5, 2, 0.5, 11.5};
        int[] drawn = new int[weights.length];
        PopularitySampler sampler = new PopularitySampler(weights);
        Random random = new Random(3);
        for (int i = 0; i < DRAWS; i++) {
            drawn[sampler.next(random)]++;
        }
        assertThat(drawn[1]).isZero();
        for (int i = 0; i < weights.length; i++) {
            double share = weights[i] / 20;
            double fourDeviations = 4 * Math.sqrt(share * (1 - share) / DRAWS);
            assertThat((double) drawn[i] / DRAWS)
                    .isCloseTo(share, Offset.offset(fourDeviations + 1e-12));
        }
    }

    @Test
    void refusesWeightsThatAreNone() {
        assertThatThrownBy(() -> new PopularitySampler(new double[] {0, 0}))
                .hasMessageContaining("no weight is positive");
        assertThatThrownBy(() -> new PopularitySampler(new double[] {1, -1}))
                .hasMessageContaining("weight=-1");
        assertThatThrownBy(() -> new PopularitySampler(new double[] {1, Double.NaN}))
                .hasMessageContaining("NaN");
    }
}
