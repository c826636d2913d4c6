package io.dienstream.job.learning.quality;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;
import static org.assertj.core.api.Assertions.within;

import io.dienstream.evaluation.online.Outcome;
import io.dienstream.evaluation.online.QualitySums;
import io.dienstream.schema.ModelQuality;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.apache.flink.core.memory.DataInputDeserializer;
import org.apache.flink.core.memory.DataOutputSerializer;
import org.apache.flink.metrics.groups.UnregisteredMetricsGroup;
import org.junit.jupiter.api.Test;

class QualityWindowsTest {
    private static final QualitySettings SETTINGS = new QualitySettings(100, 1000, 5000);
    private static final ScoredBy LIVE = new ScoredBy("ads", "1", "aaaaaaaaaaaaaaaa", "live");
    private static final ScoredBy SHADOW = new ScoredBy("ads", "2", "bbbbbbbbbbbbbbbb", "shadow");

    private static ScoredImpression impression(
            String user, long example, long time, ScoredBy by, double pctr, boolean clicked) {
        return new ScoredImpression(
                user,
                example,
                time,
                by,
                new Outcome(pctr, clicked, 1, 7, true, "EUR"),
                "CPC",
                (int) (example % 12),
                user.endsWith("0"),
                user.equals("ana") ? 0.996 : user.equals("bo") ? 0.994 : Double.NaN);
    }

    private static ScoredImpression correction(String user, long example, long time) {
        return new ScoredImpression(user, example, time, null, null, null, -1, false, Double.NaN);
    }

    private static List<ModelQuality> of(List<ModelQuality> told, ScoredBy by, String segment) {
        return told.stream()
                .filter(q -> q.getModelFingerprint().equals(by.fingerprint()))
                .filter(q -> q.getSegment().equals(segment))
                .toList();
    }

    /** Impressions at 10 and 90 are one window, final at 1099; a late click is told at 1199. */
    @Test
    void aWindowIsToldWhenItIsFinalAndAgainWhenAClickWasLate() throws Exception {
        try (QualityHarness h = new QualityHarness(SETTINGS, null)) {
            h.process(impression("ana", 1, 10, LIVE, 0.5, true));
            h.process(impression("ana", 2, 90, LIVE, 0.25, false));
            h.process(impression("ana", 2, 90, SHADOW, 0.125, false));
            h.process(impression("ana", 1, 10, LIVE, 0.5, true)); // a repeat
            h.watermark(1098);
            assertThat(h.told).isEmpty();
            h.watermark(1099);
            List<ModelQuality> first = of(h.told, LIVE, "all");
            assertThat(first).hasSize(1);
            ModelQuality q = first.get(0);
            assertThat(q.getWindowStart()).isZero();
            assertThat(q.getWindowEnd()).isEqualTo(100);
            assertThat(q.getRevision()).isZero();
            assertThat(q.getExamples()).isEqualTo(2);
            assertThat(q.getClicks()).isEqualTo(1);
            assertThat(q.getPredicted()).isEqualTo(0.75);
            assertThat(q.getGaucSum()).isEqualTo(2);
            assertThat(q.getUsers()).isEqualTo(1);
            assertThat(q.getRevenueMicros()).isEqualTo(7);
            assertThat(q.getCurrency()).isEqualTo("EUR");
            assertThat(q.getAuc()).isEqualTo(1);
            assertThat(of(h.told, LIVE, "position=1")).hasSize(1);
            assertThat(of(h.told, SHADOW, "all").get(0).getExamples()).isEqualTo(1);
            h.told.clear();

            h.process(correction("ana", 2, 90));
            h.process(correction("ana", 2, 90));
            h.watermark(1198);
            assertThat(h.told).isEmpty();
            h.watermark(1199);
            ModelQuality again = of(h.told, LIVE, "all").get(0);
            assertThat(again.getRevision()).isEqualTo(1);
            assertThat(again.getClicks()).isEqualTo(2);
            assertThat(again.getExamples()).isEqualTo(2);
            assertThat(again.getOneClassUsers()).isEqualTo(1);
            assertThat(again.getGaucWeight()).isZero();
            assertThat(again.getAuc()).isNull();
            // whoever scored the example, its click counts
            assertThat(of(h.told, SHADOW, "all").get(0).getClicks()).isEqualTo(1);
            assertThat(of(h.told, LIVE, "position=1")).isEmpty();
            assertThat(of(h.told, LIVE, "position=2")).hasSize(1);
        }
    }

    /** A restored operator has no watermark until the first one comes. */
    @Test
    void aCorrectionThatComesBeforeTimeAfterARestartCountsOnce() throws Exception {
        QualityHarness.Snapshots snapshots;
        try (QualityHarness h = new QualityHarness(SETTINGS, null)) {
            h.process(impression("ana", 1, 10, LIVE, 0.5, true));
            h.process(impression("ana", 2, 90, LIVE, 0.25, false));
            h.watermark(1099);
            assertThat(of(h.told, LIVE, "all")).hasSize(1);
            snapshots = h.snapshot(1);
        }
        try (QualityHarness h = new QualityHarness(SETTINGS, snapshots)) {
            h.process(correction("ana", 2, 90));
            h.watermark(1300);
            List<ModelQuality> told = of(h.told, LIVE, "all");
            ModelQuality last = told.get(told.size() - 1);
            assertThat(last.getExamples()).isEqualTo(2);
            assertThat(last.getClicks()).isEqualTo(2);
        }
    }

    @Test
    void whatIsForgottenLeavesNoState() throws Exception {
        try (QualityHarness h = new QualityHarness(SETTINGS, null)) {
            h.process(impression("ana", 1, 10, LIVE, 0.5, false));
            h.watermark(5198);
            assertThat(h.users.numKeyedStateEntries()).isEqualTo(2); // impressions, and: told
            h.watermark(5199);
            assertThat(h.users.numKeyedStateEntries()).isZero();
            assertThat(h.windows.numKeyedStateEntries()).isZero();
            assertThat(h.users.numEventTimeTimers()).isZero();
            assertThat(h.windows.numEventTimeTimers()).isZero();
            int told = h.told.size();
            h.process(correction("ana", 1, 10));
            h.watermark(9999);
            assertThat(h.told).hasSize(told);
        }
    }

    /** Everything in any order, repeats, restarts: the last revisions are those of a recount. */
    @Test
    void whatIsToldIsWhatARecountGives() throws Exception {
        for (long seed = 1; seed <= 2; seed++) {
            Random random = new Random(seed);
            List<ScoredImpression> log = log(random);
            QualityHarness h = new QualityHarness(SETTINGS, null);
            List<ModelQuality> told = new ArrayList<>();
            long mark = 0;
            for (int i = 0; i < log.size(); i++) {
                ScoredImpression s = log.get(i);
                h.process(s);
                if (random.nextInt(10) == 0) {
                    h.process(s);
                }
                long seen = s.impressedAt() + 900;
                mark = Math.max(mark, seen);
                h.watermark(mark);
                if (i % 200 == 199) {
                    QualityHarness.Snapshots snapshots = h.snapshot(i);
                    told.addAll(h.told);
                    h.close();
                    h = new QualityHarness(SETTINGS, snapshots);
                    h.watermark(mark);
                }
            }
            h.watermark(Long.MAX_VALUE);
            told.addAll(h.told);
            h.close();
            assertIsTheRecount(told, log);
        }
    }

    /** Impressions in about the order of time, each correction somewhere after its own. */
    private static List<ScoredImpression> log(Random random) {
        record At(double place, ScoredImpression impression) {}
        List<At> all = new ArrayList<>();
        for (int i = 0; i < 400; i++) {
            long time = i * 3L;
            String user = "u" + random.nextInt(20);
            double pctr = (float) random.nextDouble();
            boolean clicked = random.nextDouble() < pctr;
            double place = i + random.nextInt(20);
            all.add(new At(place, impression(user, i, time, LIVE, pctr, clicked)));
            if (random.nextBoolean()) {
                double other = (float) random.nextDouble();
                all.add(new At(place, impression(user, i, time, SHADOW, other, clicked)));
            }
            if (!clicked && random.nextInt(5) == 0) {
                double later = place + 1 + random.nextInt(300);
                all.add(new At(later, correction(user, i, time)));
            }
        }
        all.sort(Comparator.comparingDouble(At::place));
        return all.stream().map(At::impression).toList();
    }

    private record Cell(String fingerprint, String segment, long start) {}

    private static Map<Cell, QualitySums> recount(List<ScoredImpression> log) {
        Set<Long> corrected = new HashSet<>();
        log.stream()
                .filter(ScoredImpression::isCorrection)
                .forEach(s -> corrected.add(s.example()));
        Map<Cell, Map<String, List<Outcome>>> cells = new LinkedHashMap<>();
        for (ScoredImpression s : log) {
            if (s.isCorrection()) {
                continue;
            }
            Outcome o =
                    s.outcome().withClick(s.outcome().clicked() || corrected.contains(s.example()));
            long start = s.impressedAt() / 100 * 100;
            for (String segment : Segment.of(s)) {
                cells.computeIfAbsent(
                                new Cell(s.by().fingerprint(), segment, start),
                                c -> new HashMap<>())
                        .computeIfAbsent(s.userId(), u -> new ArrayList<>())
                        .add(o);
            }
        }
        Map<Cell, QualitySums> sums = new HashMap<>();
        cells.forEach(
                (cell, users) -> {
                    QualitySums sum = new QualitySums();
                    users.values().forEach(u -> sum.merge(QualitySums.ofUser(u)));
                    sums.put(cell, sum);
                });
        return sums;
    }

    private static void assertIsTheRecount(List<ModelQuality> told, List<ScoredImpression> log)
            throws Exception {
        Map<Cell, ModelQuality> last = new HashMap<>();
        for (ModelQuality q : told) {
            Cell cell = new Cell(q.getModelFingerprint(), q.getSegment(), q.getWindowStart());
            ModelQuality before = last.put(cell, q);
            int expected = before == null ? 0 : before.getRevision() + 1;
            assertThat(q.getRevision()).isEqualTo(expected);
        }
        Map<Cell, QualitySums> recount = recount(log);
        assertThat(last.keySet()).isEqualTo(recount.keySet());
        assertThat(last.values()).anyMatch(q -> q.getRevision() > 0);
        for (Map.Entry<Cell, QualitySums> entry : recount.entrySet()) {
            QualitySums sums = QualityRecords.sums(last.get(entry.getKey()));
            QualitySums wanted = entry.getValue();
            assertThat(sums.sketch()).isEqualTo(wanted.sketch());
            assertThat(sums.totals().users()).isEqualTo(wanted.totals().users());
            assertThat(sums.totals().oneClassUsers()).isEqualTo(wanted.totals().oneClassUsers());
            assertThat(sums.totals().gaucSum()).isCloseTo(wanted.totals().gaucSum(), within(1e-9));
            assertThat(sums.totals().logLoss()).isCloseTo(wanted.totals().logLoss(), within(1e-9));
            assertThat(sums.totals().revenueMicros()).isEqualTo(wanted.totals().revenueMicros());
        }
    }

    @Test
    void gaugesGoWithTheirVersion() {
        QualityMetrics metrics = new QualityMetrics(new UnregisteredMetricsGroup());
        metrics.show(LIVE, new QualitySums());
        metrics.show(SHADOW, new QualitySums());
        metrics.show(LIVE, QualitySums.ofUser(List.of(Outcome.of(0.5, true))));
        assertThat(metrics.shown()).hasSize(2);
        metrics.hide(LIVE);
        assertThat(metrics.shown()).containsExactly(List.of("ads", "2", "shadow"));
        metrics.hide(LIVE);
        assertThat(metrics.shown()).hasSize(1);
    }

    /** The lowest that was told counts; who does not know says nothing, a correction neither. */
    @Test
    void aWindowTellsTheLowestCoverageOfItsImpressions() throws Exception {
        try (QualityHarness h = new QualityHarness(SETTINGS, null)) {
            h.process(impression("eve", 1, 10, LIVE, 0.5, true));
            h.process(impression("ana", 2, 20, LIVE, 0.5, false));
            h.process(impression("bo", 3, 30, SHADOW, 0.5, false));
            h.process(impression("ana", 4, 110, LIVE, 0.5, false));
            h.process(impression("bo", 5, 120, LIVE, 0.5, false));
            h.process(impression("eve", 6, 210, LIVE, 0.5, false));
            h.watermark(1299);
            h.process(correction("ana", 2, 20));
            h.watermark(1399);
            List<ModelQuality> told = of(h.told, LIVE, Segment.ALL);
            assertThat(told)
                    .extracting(
                            ModelQuality::getWindowStart,
                            ModelQuality::getRevision,
                            ModelQuality::getClickCoverage)
                    .containsExactly(
                            tuple(0L, 0, 0.996),
                            tuple(100L, 0, 0.994),
                            tuple(200L, 0, null),
                            tuple(0L, 1, 0.996));
        }
    }

    @Test
    void recordsKeepEverything() throws Exception {
        for (ScoredImpression s :
                List.of(
                        impression("ana", 5, 10, SHADOW, 0.25, true),
                        new ScoredImpression(
                                "", -1, 1, LIVE, Outcome.of(0.5, false), null, -1, true, 1),
                        correction("bo", 3, 9))) {
            DataOutputSerializer out = new DataOutputSerializer(64);
            new ScoredImpressionSerializer().serialize(s, out);
            DataInputDeserializer in = new DataInputDeserializer(out.getCopyOfBuffer());
            assertThat(new ScoredImpressionSerializer().deserialize(in)).isEqualTo(s);
            assertThat(in.available()).isZero();
        }
        QualityPart part =
                new QualityPart(
                        LIVE, "all", 100, QualitySums.ofUser(List.of(Outcome.of(0.5, true))), 0.99);
        DataOutputSerializer out = new DataOutputSerializer(64);
        new QualityPartSerializer().serialize(part, out);
        DataInputDeserializer in = new DataInputDeserializer(out.getCopyOfBuffer());
        assertThat(new QualityPartSerializer().deserialize(in)).isEqualTo(part);
        assertThat(in.available()).isZero();
    }
}
