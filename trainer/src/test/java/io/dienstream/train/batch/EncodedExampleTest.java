package io.dienstream.train.batch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class EncodedExampleTest {
    private static double sigmoid(double z) {
        return 1 / (1 + Math.exp(-z));
    }

    /**
     * The loss of a model with one parameter z, of 30 clicks and of w 970 others, falls where its
     * derivative, kept (s(z + offset) - clicks / kept), is negative: least at s(z) = 30 / 1000.
     */
    @ParameterizedTest
    @ValueSource(doubles = {1, 0.5, 0.1, 0.01})
    void theParameterOfALeastLossIsThatOfAllExamples(double w) {
        double clicks = 30;
        double kept = clicks + 970 * w;
        double low = -20;
        double high = 20;
        while (high - low > 1e-9) {
            double z = (low + high) / 2;
            double slope = kept * sigmoid(z + EncodedExample.offset(w)) - clicks;
            low = slope < 0 ? z : low;
            high = slope < 0 ? high : z;
        }
        assertThat(sigmoid(low)).isCloseTo(0.03, within(1e-6));
    }

    @Test
    void aRateThatIsNoneIsRefused() {
        for (double w : new double[] {0, -1, 1.5, Double.NaN}) {
            assertThatThrownBy(() -> EncodedExample.offset(w))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("not in (0, 1]");
        }
    }
}
