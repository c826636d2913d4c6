package io.dienstream.train.fit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LossCurveTest {
    private static double loss(long step) {
        return new Random(step).nextDouble();
    }

    private static LossCurve curve(LossCurve curve, long from, long to) {
        for (long step = from; step <= to; step++) {
            curve.add(step, loss(step), loss(-step));
        }
        return curve;
    }

    /** A point is the mean of the steps since the one before it, worked out step by step. */
    @ParameterizedTest
    @ValueSource(ints = {1, 7, 399, 400, 401, 12_345})
    void pointsAreMeansOfTheirSteps(int steps) {
        List<LossCurve.Point> points = curve(new LossCurve(), 1, steps).points();
        assertThat(points).hasSizeLessThanOrEqualTo(400).isNotEmpty();
        long before = 0;
        long width = points.get(0).step();
        for (LossCurve.Point p : points) {
            assertThat(p.step() - before).isEqualTo(width);
            double sum = 0;
            double auxiliary = 0;
            for (long step = before + 1; step <= p.step(); step++) {
                sum += loss(step);
                auxiliary += loss(-step);
            }
            assertThat(p.loss()).isCloseTo(sum / width, within(1e-9));
            assertThat(p.auxiliary()).isCloseTo(auxiliary / width, within(1e-9));
            before = p.step();
        }
        assertThat(steps - before).isLessThan(width);
    }

    @Test
    void anInterruptedOneIsTheSame() {
        LossCurve first = curve(new LossCurve(), 1, 1_001);
        LossCurve second = new LossCurve();
        second.restore(first.state());
        assertThat(curve(second, 1_002, 5_000).points())
                .isEqualTo(curve(new LossCurve(), 1, 5_000).points());
    }
}
