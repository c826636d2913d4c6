package io.dienstream.evaluation.gate;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AsymptoticSequenceTest {
    /** Worked by hand of the equation in its class comment, and against plain intervals. */
    @Test
    void theSequenceIsTheEquation() {
        AsymptoticSequence sequence = new AsymptoticSequence(0.05, 50);
        double rho2 = (5.991465 + Math.log(5.991465) + 1) / 50;
        double scaled = 100 * rho2 + 1;
        double half = Math.sqrt(2 * scaled / (1e4 * rho2) * Math.log(Math.sqrt(scaled) / 0.05));
        assertThat(sequence.ofKnown(100)).isCloseTo(half, Offset.offset(1e-6));
        assertThat(sequence.halfWidth(100) / half).isBetween(1.02, 1.04);
        assertThat(sequence.halfWidth(20) / sequence.ofKnown(20)).isBetween(1.1, 1.2);
        assertThat(sequence.halfWidth(100)).isGreaterThan(1.96 / 10).isLessThan(2 * 1.96 / 10);
        Interval mean = sequence.mean(new double[] {1, 2, 3, 4});
        assertThat(mean.estimate()).isEqualTo(2.5);
        assertThat(mean.high() - 2.5)
                .isCloseTo(Math.sqrt(5 / 3.0) * sequence.halfWidth(4), Offset.offset(1e-12));
        assertThat(sequence.mean(new double[] {1}).isKnown()).isFalse();
        int blocks = sequence.blocksToDetect(0.5, 1, 0.8);
        assertThat(0.5)
                .isGreaterThanOrEqualTo(sequence.halfWidth(blocks) + 0.841 / Math.sqrt(blocks));
        assertThat(0.5).isLessThan(sequence.halfWidth(blocks - 1) + 0.842 / Math.sqrt(blocks - 1));
    }

    /**
     * A thousand sequences of 480 blocks each, looked at after every block from the 20th on; the
     * draws are normal, or of skewness 1.
     */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void theSequenceCoversAtAllTimesTogether(boolean skewed) {
        AsymptoticSequence sequence = new AsymptoticSequence(0.05, 50);
        Random random = new Random(12);
        int outside = 0;
        int plainOutside = 0;
        for (int run = 0; run < 1000; run++) {
            double sum = 0;
            double squares = 0;
            boolean isOutside = false;
            boolean isPlainOutside = false;
            for (int t = 1; t <= 480; t++) {
                double z = skewed ? skewed(random) : random.nextGaussian();
                sum += z;
                squares += z * z;
                double deviation = Math.sqrt((squares - sum * sum / t) / (t - 1));
                if (t >= 20) {
                    isOutside |= Math.abs(sum / t) > deviation * sequence.halfWidth(t);
                    isPlainOutside |= Math.abs(sum / t) > deviation * 1.96 / Math.sqrt(t);
                }
            }
            outside += isOutside ? 1 : 0;
            plainOutside += isPlainOutside ? 1 : 0;
        }
        System.out.printf(
                "480 looks, %s: sequence wrong in %d of 1000, plain intervals in %d%n",
                skewed ? "skewed" : "normal", outside, plainOutside);
        assertThat(outside).isLessThanOrEqualTo(50);
        assertThat(plainOutside).isGreaterThan(200);
    }

    /** A sum of four exponentials, less its mean. */
    private static double skewed(Random random) {
        double product = 1;
        for (int i = 0; i < 4; i++) {
            product *= 1 - random.nextDouble();
        }
        return -Math.log(product) - 4;
    }
}
