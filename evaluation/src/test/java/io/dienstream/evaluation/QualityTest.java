package io.dienstream.evaluation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.Random;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class QualityTest {
    private static final Offset<Double> CLOSE = Offset.offset(1e-6);

    /**
     * Two users. Ana: click 0.8 above 0.2 and below 0.9: own AUC 1/2 of 3 examples. Bo: click 0.6
     * tied with 0.6: own AUC 1/2. All together: clicks 0.8, 0.6 against 0.2, 0.9, 0.6: 2 + 1.5 of
     * 6.
     */
    @Test
    void figuresOfAHandWorkedCase() {
        Scored s = new Scored();
        s.add("ana", 0.8f, true);
        s.add("ana", 0.2f, false);
        s.add("ana", 0.9f, false);
        s.add("bo", 0.6f, true);
        s.add("bo", 0.6f, false);
        s.add("cy", 0.7f, true);
        Quality q = Quality.of(s);
        assertThat(q.examples()).isEqualTo(6);
        assertThat(q.clicks()).isEqualTo(3);
        assertThat(q.users()).isEqualTo(3);
        // clicks 0.8 (2 below), 0.6 (1 below, 1 tied), 0.7 (2 below) of 9 pairs
        assertThat(q.auc()).isCloseTo(5.5 / 9, CLOSE);
        // cy has clicks only and does not count
        assertThat(q.gauc()).isCloseTo(0.5, CLOSE);
        double loss =
                Math.log(0.8)
                        + Math.log(0.8)
                        + Math.log(0.1)
                        + Math.log(0.6)
                        + Math.log(0.4)
                        + Math.log(0.7);
        assertThat(q.logloss()).isCloseTo(-loss / 6, CLOSE);
        assertThat(q.calibration()).isCloseTo((0.8 + 0.2 + 0.9 + 0.6 + 0.6 + 0.7) / 3, CLOSE);
        assertThatThrownBy(() -> Quality.of(new Scored())).hasMessageContaining("no examples");
    }

    private static Scored simulated(long seed, int users, double signal) {
        Scored s = new Scored();
        Random truth = new Random(seed);
        Random noise = new Random((long) (signal * 1000));
        for (int u = 0; u < users; u++) {
            for (int i = 0; i < 4; i++) {
                boolean click = truth.nextBoolean();
                double z = (click ? signal : 0) + noise.nextGaussian();
                s.add("u" + u, (float) (1 / (1 + Math.exp(-z))), click);
            }
        }
        return s;
    }

    @Test
    void theIntervalCoversTheFigureAndNarrowsWithUsers() {
        Scored few = simulated(1, 100, 1);
        Scored many = simulated(1, 4000, 1);
        UserResampling.Interval ofFew = UserResampling.auc(few, 400, 5);
        UserResampling.Interval ofMany = UserResampling.auc(many, 400, 5);
        assertThat(Quality.of(few).auc()).isBetween(ofFew.low(), ofFew.high());
        assertThat(Quality.of(many).auc()).isBetween(ofMany.low(), ofMany.high());
        // forty times the users, about a sixth of the width
        double ratio = (ofMany.high() - ofMany.low()) / (ofFew.high() - ofFew.low());
        assertThat(ratio).isBetween(0.1, 0.25);
    }

    @Test
    void thePairedDifferenceTellsABetterModelFromTheSame() {
        Scored good = simulated(1, 1000, 1.2);
        Scored bad = simulated(1, 1000, 0.8);
        assertThat(UserResampling.difference(good, bad, 400, 5).low()).isPositive();
        UserResampling.Interval same = UserResampling.difference(good, good, 400, 5);
        assertThat(same.low()).isZero();
        assertThat(same.high()).isZero();
        assertThatThrownBy(() -> UserResampling.difference(good, simulated(1, 999, 1), 400, 5))
                .hasMessageContaining("examples=4000, 3996");
    }

    /** A user who only clicked and one who never did: half of the draws have no AUC. */
    @Test
    void tooFewUsersHaveNoInterval() {
        Scored two = new Scored();
        two.add("ana", 0.8f, true);
        two.add("bo", 0.2f, false);
        assertThat(Quality.of(two).auc()).isEqualTo(1);
        UserResampling.Interval interval = UserResampling.auc(two, 1000, 5);
        assertThat(interval.isKnown()).isFalse();
        assertThat(interval.low()).isNaN();
        assertThat(interval.high()).isNaN();
        assertThat(UserResampling.auc(simulated(1, 12, 1), 1000, 5).isKnown()).isTrue();
    }

    @Test
    void onlyTheSameExamplesAreCompared() {
        Scored a = new Scored();
        a.add("ana", 0.8f, true);
        a.add("bo", 0.2f, false);
        Scored others = new Scored();
        others.add("ana", 0.8f, true);
        others.add("cy", 0.2f, false);
        Scored clicks = new Scored();
        clicks.add("ana", 0.8f, false);
        clicks.add("bo", 0.2f, true);
        for (Scored b : List.of(others, clicks)) {
            assertThatThrownBy(() -> UserResampling.difference(a, b, 400, 5))
                    .hasMessageContaining("not the same examples");
        }
    }

    @ParameterizedTest
    @ValueSource(floats = {Float.NaN, Float.POSITIVE_INFINITY})
    void aPredictionThatIsNoNumberIsRefused(float p) {
        assertThatThrownBy(() -> new Scored().add("ana", p, true))
                .hasMessage("prediction=" + p + " for user ana");
        assertThatThrownBy(() -> new Auc().add(Double.NaN, true)).hasMessage("score=NaN");
    }

    /** Points on a line through (1, 2) along (3, 4): all variance on the first axis. */
    @Test
    void principalComponentsFindTheLine() {
        double[][] points = {{1, 2}, {4, 6}, {-2, -2}, {7, 10}};
        PrincipalComponents p = PrincipalComponents.of(points);
        assertThat(p.explained()).isCloseTo(1, CLOSE);
        assertThat(Math.abs(p.axes()[0][0])).isCloseTo(0.6, CLOSE);
        assertThat(Math.abs(p.axes()[0][1])).isCloseTo(0.8, CLOSE);
        double[] a = p.project(new float[] {1, 2});
        double[] b = p.project(new float[] {4, 6});
        assertThat(Math.abs(a[0] - b[0])).isCloseTo(5, CLOSE);
        assertThat(a[1]).isCloseTo(b[1], CLOSE);
    }

    @Test
    void anExampleThatStandsForSeveralCountsAsOftenAsThey() {
        Scored kept = new Scored();
        Scored all = new Scored();
        for (int n = 0; n < 40; n++) {
            float pctr = 0.02f + 0.01f * n;
            boolean clicked = n % 8 == 7;
            kept.add("u" + n % 5, pctr, clicked, clicked ? 1 : 4);
            for (int times = 0; times < (clicked ? 1 : 4); times++) {
                all.add("u" + n % 5, pctr, clicked);
            }
        }
        Quality k = Quality.of(kept);
        Quality a = Quality.of(all);
        assertThat(k.logloss()).isCloseTo(a.logloss(), within(1e-9));
        assertThat(k.calibration()).isCloseTo(a.calibration(), within(1e-9));
        assertThat(k.auc()).isCloseTo(a.auc(), within(1e-9));
        assertThat(k.examples()).as("what was scored").isEqualTo(40);
        assertThatThrownBy(() -> kept.add("u", 0.5f, true, -0.5f))
                .hasMessageContaining("weight=-0.5");
    }

    /**
     * Of ten that a model gives 0.5, five are clicked in the end, and of these four so far. A click
     * counts 5 / 4, one of the six others (1 - 0.5) / (1 - 0.5 * 4 / 5) = 5 / 6.
     */
    @Test
    void labelsThatMayStillChangeCountWhatTheyWillBe() {
        Scored young = new Scored();
        for (int n = 0; n < 10; n++) {
            young.add("u", 0.5f, n < 4, n < 4 ? 1.25f : 5 / 6f);
        }
        Quality q = Quality.of(young);
        assertThat(q.calibration()).isCloseTo(1, within(1e-6));
        assertThat(q.logloss()).isCloseTo(Math.log(2), within(1e-6));
        Scored certain = new Scored();
        certain.add("u", 1, false, 0);
        certain.add("u", 1, true, 2);
        assertThat(Quality.of(certain).calibrationError()).as("no bin is none").isNotNaN();
    }
}
