package io.dienstream.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import io.dienstream.cli.terminal.Bars;
import io.dienstream.datasets.offline.OfflineScorer;
import io.dienstream.dien.Scorer;
import io.dienstream.dien.artifact.ModelReader;
import io.dienstream.dien.history.InterestHistory;
import io.dienstream.dien.kernel.KernelsProvider;
import io.dienstream.job.option.JobOptions;
import io.dienstream.sandbox.DemoModel;
import io.dienstream.schema.AdRequest;
import io.dienstream.schema.Behavior;
import io.dienstream.schema.Candidate;
import io.dienstream.schema.DeadLetter;
import io.dienstream.schema.Erasure;
import io.dienstream.schema.Pricing;
import io.dienstream.schema.ScoredCandidate;
import io.dienstream.schema.ScoredRequest;
import io.dienstream.schema.ServedRequest;
import io.dienstream.wire.WireEncoder;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.record.TimestampType;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A faultless run passes, and each kind of damage to it is found. */
class CheckerTest {
    private static final long START = 1_700_000_000_000L;

    private final InputLog log = new InputLog();
    private final Outputs outputs = new Outputs();
    private final Rollbacks rollbacks = new Rollbacks();
    private final Map<String, InterestHistory> states = new HashMap<>();
    private OfflineScorer offline;
    private float[] pctr;

    /** When the next output is computed, ms. */
    private long now = 100;

    @BeforeEach
    void faultlessRun() throws IOException {
        offline =
                new OfflineScorer(
                        new Scorer(ModelReader.read(DemoModel.extract()), KernelsProvider.get()));
        Behavior first = behavior("1", 10);
        Behavior erased = behavior("0", 5);
        AdRequest request = request();
        log.behavior(record("behaviors", 0, first, null));
        log.behavior(record("behaviors", 1, erased, null));
        long then = now;
        now = START + 7; // an erasure counts up to its record's own time
        log.erasure(record("control", 0, new Erasure("e", "u", START + 7), null));
        now = then;
        log.behavior(record("behaviors", 2, behavior("2", 1), "late"));
        log.request(record("ad-requests", 0, request, null));

        InterestHistory history = history(first);
        history.setErasedThrough(START + 7);
        states.put("u", history);
        offline.score(request, history);
        pctr = offline.pctrs(1);
    }

    private static Behavior behavior(String id, long time) {
        return new Behavior(id, "u", START + time, Map.of("item", "i1", "category", "c1"));
    }

    private InterestHistory history(Behavior... log) {
        return offline.history(List.of(log), Long.MAX_VALUE);
    }

    private static AdRequest request() {
        Candidate ad = new Candidate("a", Map.of("item", "i2"), Pricing.CPC, 1L, "USD", null);
        return new AdRequest("r", "u", START + 20, Map.of(), Map.of(), List.of(ad));
    }

    private <T extends SpecificRecord> ConsumerRecord<byte[], byte[]> record(
            String topic, long offset, T message, String expect) {
        @SuppressWarnings("unchecked")
        byte[] value = new WireEncoder<>((Class<T>) message.getClass()).encode(message);
        byte[] key = "r".getBytes(StandardCharsets.UTF_8);
        var headers = new RecordHeaders();
        var record =
                new ConsumerRecord<>(
                        topic,
                        0,
                        offset,
                        now,
                        TimestampType.CREATE_TIME,
                        key.length,
                        value.length,
                        key,
                        value,
                        headers,
                        Optional.empty());
        if (expect != null) {
            record.headers().add(ChaosProducer.EXPECT, expect.getBytes(StandardCharsets.UTF_8));
        }
        return record;
    }

    private void answer(float score) {
        var candidate = new ScoredCandidate("a", 0, 1, score, 1L, "USD", 0);
        var answer =
                new ScoredRequest(
                        "r",
                        "u",
                        START + 20,
                        List.of(candidate),
                        "demo",
                        "1",
                        1,
                        START + 10,
                        List.of(),
                        1L,
                        null,
                        null,
                        null);
        outputs.score(record("scores", 0, answer, null));
    }

    private void served() {
        AdRequest r = request();
        var served =
                new ServedRequest(
                        "r",
                        "u",
                        START + 20,
                        r.getUser(),
                        r.getContext(),
                        r.getCandidates(),
                        List.of(),
                        "demo",
                        "1",
                        List.of(pctr[0]),
                        null,
                        null,
                        null);
        outputs.served(record("served", 0, served, null));
    }

    private void letter(String reason) {
        var letter =
                new DeadLetter(
                        reason,
                        "",
                        JobOptions.BEHAVIORS.defaultText(),
                        0,
                        2L,
                        1L,
                        null,
                        null,
                        1L,
                        null,
                        null);
        outputs.letter(record("dead-letters", 0, letter, null));
    }

    private ChaosReport check() {
        var report = new ChaosReport.Builder(1, RecordedRun.EVENT_TIME, 1);
        var versions = new Versions(offline, List.of(), null, true, rollbacks, new Disturbances());
        var verdicts = new Verdicts(offline, versions, outputs, states, rollbacks, report);
        var truth =
                new EventTimeTruth(
                        verdicts,
                        RecordedRun.EVENT_TIME,
                        new Absences(RecordedRun.EVENT_TIME),
                        new Disturbances(),
                        START + 1_000);
        Checker checker = new Checker(verdicts, truth);
        checker.check(log, Bars.start("test", -1));
        checker.finish();
        return report.build();
    }

    private void faultlessOutput() {
        answer(pctr[0]);
        served();
        letter("late");
    }

    @Test
    void passesAFaultlessRun() {
        faultlessOutput();
        ChaosReport report = check();
        assertThat(report.findings()).isEmpty();
        assertThat(report.ok()).isTrue();
        assertThat(report.applied()).isEqualTo(3);
        assertThat(report.answered()).isEqualTo(1);
        assertThat(report.deadLetters()).containsExactly(Map.entry("late", 1L));
    }

    @Test
    void findsAMissingAnswer() {
        served();
        letter("late");
        ChaosReport report = check();
        assertThat(report.lost()).isEqualTo(1);
        assertThat(report.ok()).isFalse();
    }

    @Test
    void findsAMissingDeadLetterAndAServedRequestThatIsMissing() {
        answer(pctr[0]);
        ChaosReport report = check();
        assertThat(report.lost()).isEqualTo(2);
        assertThat(report.ok()).isFalse();
    }

    @Test
    void findsAnotherReason() {
        answer(pctr[0]);
        served();
        letter("internal");
        ChaosReport report = check();
        assertThat(report.wrong()).isEqualTo(1);
        assertThat(report.ok()).isFalse();
    }

    @Test
    void findsDoubledOutputs() {
        faultlessOutput();
        faultlessOutput();
        ChaosReport report = check();
        assertThat(report.doubled()).isEqualTo(3);
        assertThat(report.ok()).isFalse();
    }

    @Test
    void allowsUnchangedRepetitionsWhereARollbackExplainsThem() {
        faultlessOutput();
        rollbacks.add(50, 150);
        now = 200;
        faultlessOutput();
        ChaosReport report = check();
        assertThat(report.repeated()).isEqualTo(3);
        assertThat(report.doubled()).isZero();
        assertThat(report.ok()).isTrue();
    }

    @ParameterizedTest
    @CsvSource({
        "120, 150, 200", // the older checkpoint has the first
        "50, 90, 200", // the first was computed after the rollback
        "50, 250, 200", // both were computed before the rollback
    })
    void findsRepetitionsThatNoRollbackExplains(long from, long at, long second) {
        faultlessOutput();
        rollbacks.add(from, at);
        now = second;
        faultlessOutput();
        ChaosReport report = check();
        assertThat(report.doubled()).isEqualTo(3);
        assertThat(report.ok()).isFalse();
    }

    @Test
    void findsAThirdCopyAfterOneRollback() {
        faultlessOutput();
        rollbacks.add(50, 150);
        now = 200;
        answer(pctr[0]);
        now = 210;
        answer(pctr[0]);
        ChaosReport report = check();
        assertThat(report.doubled()).isEqualTo(1);
    }

    @Test
    void findsARepetitionThatSaysSomethingElse() {
        faultlessOutput();
        rollbacks.add(50, 150);
        now = 200;
        answer(pctr[0] + 1e-6f);
        ChaosReport report = check();
        assertThat(report.doubled()).isEqualTo(1);
        assertThat(report.ok()).isFalse();
    }

    @Test
    void findsAWrongScore() {
        answer(pctr[0] + 2e-5f);
        served();
        letter("late");
        ChaosReport report = check();
        assertThat(report.wrong()).isEqualTo(1);
        assertThat(report.ok()).isFalse();
    }

    @Test
    void findsAWrongAMissingAndAForeignState() {
        faultlessOutput();
        states.put("u", history(behavior("1", 10), behavior("3", 12)));
        states.put("nobody", history(behavior("1", 10)));
        ChaosReport report = check();
        assertThat(report.statesWrong()).isEqualTo(2);
        assertThat(report.ok()).isFalse();
    }

    @Test
    void findsAnAnswerToNothing() {
        faultlessOutput();
        outputs.letter(
                record(
                        "dead-letters",
                        1,
                        new DeadLetter(
                                "late", "", "behaviors", 0, 99L, 1L, null, null, 1L, null, null),
                        null));
        ChaosReport report = check();
        assertThat(report.unasked()).isEqualTo(1);
        assertThat(report.ok()).isFalse();
    }
}
