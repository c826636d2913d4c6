package io.dienstream.evaluation.online;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dienstream.evaluation.Quality;
import io.dienstream.evaluation.Scored;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;

class QualitySumsTest {
    private static final Offset<Double> CLOSE = Offset.offset(1e-9);

    /** Examples of users: the first index. */
    private static List<List<Outcome>> drawn(int users, long seed) {
        Random random = new Random(seed);
        List<List<Outcome>> all = new ArrayList<>();
        for (int u = 0; u < users; u++) {
            List<Outcome> own = new ArrayList<>();
            for (int i = 0; i <= random.nextInt(6); i++) {
                double pctr = (float) (1 / (1 + Math.exp(1 - random.nextGaussian())));
                boolean clicked = random.nextDouble() < pctr;
                own.add(new Outcome(pctr, clicked, 1, 2_000, i % 2 == 0, "EUR"));
            }
            all.add(own);
        }
        return all;
    }

    private static QualitySums sums(List<List<Outcome>> users) {
        QualitySums sums = new QualitySums();
        users.forEach(u -> sums.merge(QualitySums.ofUser(u)));
        return sums;
    }

    /** The measures of a batch are the same by another way: {@link Quality}. */
    @Test
    void figuresAreThoseOfTheExamples() {
        List<List<Outcome>> users = drawn(3000, 4);
        Scored scored = new Scored();
        for (int u = 0; u < users.size(); u++) {
            for (Outcome o : users.get(u)) {
                scored.add("u" + u, (float) o.pctr(), o.clicked());
            }
        }
        Quality exact = Quality.of(scored);
        QualitySums sums = sums(users);
        assertThat(sums.impressions()).isEqualTo((double) exact.examples());
        assertThat(sums.totals().examples()).isEqualTo(exact.examples());
        assertThat(sums.clicks()).isEqualTo((double) exact.clicks());
        assertThat(sums.totals().users()).isEqualTo(exact.users());
        assertThat(sums.gauc()).isCloseTo(exact.gauc(), CLOSE);
        assertThat(sums.meanLogLoss()).isCloseTo(exact.logloss(), CLOSE);
        assertThat(sums.calibration()).isCloseTo(exact.calibration(), CLOSE);
        assertThat(sums.sketch().auc())
                .isCloseTo(exact.auc(), Offset.offset(sums.sketch().aucError()));
        assertThat(sums.calibration() * sums.clickFactor()).isGreaterThan(1);
        assertThat(sums.calibration() / sums.clickFactor()).isLessThan(1);
        assertThat(sums.normalizedEntropy()).isBetween(0.5, 1.0);
    }

    /** Two users; one has clicks only. Bids of 3: by click of the first, by impression else. */
    @Test
    void figuresOfAHandWorkedCase() {
        QualitySums sums = new QualitySums();
        sums.merge(
                QualitySums.ofUser(
                        List.of(
                                new Outcome(0.5, true, 1, 3, true, "EUR"),
                                new Outcome(0.25, false, 2, 3, true, "EUR"))));
        sums.merge(QualitySums.ofUser(List.of(new Outcome(0.5, true, 1, 3, false, null))));
        Totals t = sums.totals();
        assertThat(t.users()).isEqualTo(2);
        assertThat(t.oneClassUsers()).isEqualTo(1);
        assertThat(t.gaucSum()).isEqualTo(2);
        assertThat(t.gaucWeight()).isEqualTo(2);
        assertThat(t.predicted()).isEqualTo(1.5);
        assertThat(t.squaredWeights()).isEqualTo(6);
        assertThat(t.revenueMicros()).isEqualTo(3 + 3);
        assertThat(t.expectedMicros()).isEqualTo(1.5 + 2 * 0.75 + 3);
        assertThat(t.currency()).isEqualTo("EUR");
        assertThat(t.logLoss()).isCloseTo(-2 * Math.log(0.5) - 2 * Math.log(0.75), CLOSE);
        assertThat(sums.ctr()).isEqualTo(0.5);
        assertThat(sums.revenuePerMilleMicros()).isEqualTo(1500);
        sums.add(new Outcome(0.5, true, 1, 3, false, "USD"));
        assertThat(sums.totals().currency()).isEqualTo(Totals.SEVERAL);
        assertThat(sums.revenuePerMilleMicros()).isNaN();
    }

    @Test
    void mergingIsCommutativeAndAssociative() {
        QualitySums a = sums(drawn(100, 1));
        QualitySums b = sums(drawn(100, 2));
        QualitySums c = sums(drawn(100, 3));
        assertClose(sum(sum(a, b), c), sum(a, sum(b, c)));
        assertThat(sum(a, b)).isEqualTo(sum(b, a));
    }

    private static QualitySums sum(QualitySums a, QualitySums b) {
        QualitySums sum = a.copy();
        sum.merge(b);
        return sum;
    }

    /** A late click of a user: what the user gave before goes, what it gives now comes. */
    @Test
    void correctedIsTheSameAsRebuilt() {
        List<List<Outcome>> users = drawn(500, 9);
        QualitySums sums = sums(users);
        int corrections = 0;
        for (int u = 0; u < users.size(); u += 3) {
            List<Outcome> own = users.get(u);
            QualitySums before = QualitySums.ofUser(own);
            own.set(0, own.get(0).withClick(true));
            sums.subtract(before);
            sums.merge(QualitySums.ofUser(own));
            corrections++;
        }
        assertThat(corrections).isPositive();
        assertClose(sums, sums(users));
    }

    private static void assertClose(QualitySums a, QualitySums b) {
        assertThat(a.sketch()).isEqualTo(b.sketch());
        Totals s = a.totals();
        Totals t = b.totals();
        assertThat(s.examples()).isEqualTo(t.examples());
        assertThat(s.users()).isEqualTo(t.users());
        assertThat(s.oneClassUsers()).isEqualTo(t.oneClassUsers());
        assertThat(s.predicted()).isCloseTo(t.predicted(), CLOSE);
        assertThat(s.logLoss()).isCloseTo(t.logLoss(), CLOSE);
        assertThat(s.gaucSum()).isCloseTo(t.gaucSum(), CLOSE);
        assertThat(s.gaucWeight()).isEqualTo(t.gaucWeight());
        assertThat(s.revenueMicros()).isEqualTo(t.revenueMicros());
        assertThat(s.expectedMicros()).isCloseTo(t.expectedMicros(), Offset.offset(1e-6));
    }

    @Test
    void bytesSayTheSame() throws IOException {
        QualitySums sums = sums(drawn(50, 7));
        assertThat(copied(sums)).isEqualTo(sums).hasSameHashCodeAs(sums);
        assertThat(copied(new QualitySums())).isEqualTo(new QualitySums());
        assertThatThrownBy(
                        () ->
                                QualityBytes.read(
                                        new DataInputStream(
                                                new ByteArrayInputStream(new byte[] {3}))))
                .hasMessage("sums of version 3, this release reads 1");
    }

    private static QualitySums copied(QualitySums sums) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        QualityBytes.write(sums, new DataOutputStream(bytes));
        return QualityBytes.read(
                new DataInputStream(new ByteArrayInputStream(bytes.toByteArray())));
    }

    @Test
    void reliabilityIsByLogit() {
        QualitySums sums = sums(drawn(3000, 5));
        List<Reliability> buckets = Reliability.of(sums.sketch());
        assertThat(buckets).hasSizeGreaterThan(6);
        double predicted = buckets.stream().mapToDouble(Reliability::predicted).sum();
        assertThat(predicted / sums.totals().predicted()).isBetween(0.996, 1.004);
        assertThat(buckets.stream().mapToDouble(Reliability::clicks).sum())
                .isEqualTo(sums.clicks());
        Reliability middle =
                buckets.stream().filter(b -> b.logit() == -1).findFirst().orElseThrow();
        double rate = middle.clicks() / middle.impressions();
        assertThat(rate).isBetween(0.22, 0.44);
    }

    @Test
    void whatIsNoPredictionIsRefused() {
        assertThatThrownBy(() -> Outcome.of(Double.NaN, true)).hasMessage("pctr=NaN");
        assertThatThrownBy(() -> new Outcome(0.5, true, 0, 0, true, null)).hasMessage("weight=0.0");
        assertThat(new QualitySums().ctr()).isNaN();
        assertThat(new Totals(Double.NaN, 0, 0, 0, 0, 0, 0, 0, 0, 0, null).isFinite()).isFalse();
    }
}
