package io.dienstream.chaos;

import io.dienstream.cli.terminal.Bars;
import io.dienstream.datasets.offline.OfflineScorer;
import io.dienstream.dien.Scorer;
import io.dienstream.dien.artifact.ModelReader;
import io.dienstream.dien.history.InterestHistory;
import io.dienstream.dien.kernel.KernelsProvider;
import io.dienstream.job.option.Delivery;
import io.dienstream.job.option.TimeMode;
import io.dienstream.sandbox.DemoModel;
import io.dienstream.schema.AdRequest;
import io.dienstream.schema.Behavior;
import io.dienstream.schema.Candidate;
import io.dienstream.schema.DeadLetter;
import io.dienstream.schema.Erasure;
import io.dienstream.schema.Pricing;
import io.dienstream.schema.ScoreFlag;
import io.dienstream.schema.ScoredCandidate;
import io.dienstream.schema.ScoredRequest;
import io.dienstream.schema.ServedRequest;
import io.dienstream.wire.WireEncoder;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.record.TimestampType;

/**
 * What one user sent and a job wrote, put together by hand. Times are ms after {@link #START}, for
 * events and for Kafka.
 */
final class RecordedRun {
    static final long START = 1_700_000_000_000L;
    static final String USER = "u";

    static final Conditions EVENT_TIME =
            conditions(Delivery.EXACTLY_ONCE, TimeMode.EVENT_TIME, Duration.ZERO, Duration.ZERO);

    final Rollbacks rollbacks = new Rollbacks();
    final Disturbances disturbances = new Disturbances();
    final Map<String, InterestHistory> states = new HashMap<>();
    final OfflineScorer offline;
    private final InputLog log = new InputLog();
    private final Outputs outputs = new Outputs();
    private long behaviors;
    private long requests;
    private long erasures;
    private long lastWatermark = START + 1_000_000;

    RecordedRun() throws IOException {
        offline =
                new OfflineScorer(
                        new Scorer(ModelReader.read(DemoModel.extract()), KernelsProvider.get()));
    }

    static Conditions conditions(
            Delivery delivery, TimeMode mode, Duration ttl, Duration idleAfter) {
        return new Conditions(delivery, mode, ttl, idleAfter, 0, false);
    }

    /** Event time at the end of the run; much later unless it is set. */
    void lastWatermark(long time) {
        lastWatermark = START + time;
    }

    /** A behavior that nobody has sent yet. */
    static Behavior behavior(String id, long time) {
        return new Behavior(id, USER, START + time, Map.of("item", "i1", "category", "c1"));
    }

    /**
     * Sends one.
     *
     * @param at when Kafka takes it
     * @return its offset
     */
    long send(Behavior behavior, long at) {
        log.behavior(record("behaviors", behaviors, at, USER, behavior));
        return behaviors++;
    }

    void erase(long time, long at) {
        log.erasure(
                record(
                        "control",
                        erasures++,
                        at,
                        USER,
                        new Erasure("e" + erasures, USER, START + time)));
    }

    AdRequest request(String id, long time, long at) {
        Candidate ad = new Candidate("a", Map.of("item", "i2"), Pricing.CPC, 1L, "USD", null);
        var request = new AdRequest(id, USER, START + time, Map.of(), Map.of(), List.of(ad));
        log.request(record("ad-requests", requests++, at, USER, request));
        return request;
    }

    /** The history of just these behaviors. */
    InterestHistory history(Behavior... behaviors) {
        return offline.history(List.of(behaviors), Long.MAX_VALUE);
    }

    /** The right answer from {@code history}, once served. */
    void answer(AdRequest request, InterestHistory history, long at, ScoreFlag... flags) {
        answer(request, history, 0, at, flags);
    }

    /** One that is wrong by {@code error}. */
    void answer(
            AdRequest request, InterestHistory history, float error, long at, ScoreFlag... flags) {
        int length = offline.score(request, history);
        float pctr = offline.scores().pctr(0) + error;
        String id = request.getRequestId();
        var answer =
                new ScoredRequest(
                        id,
                        USER,
                        request.getTimestamp(),
                        List.of(new ScoredCandidate("a", 0, 1, pctr, 1L, "USD", 0)),
                        "demo",
                        "1",
                        length,
                        length == 0 ? null : history.timestamp(length - 1),
                        new ArrayList<>(List.of(flags)),
                        1L,
                        null,
                        null,
                        null);
        outputs.score(record("scores", 0, at, id, answer));
        var served =
                new ServedRequest(
                        id,
                        USER,
                        request.getTimestamp(),
                        request.getUser(),
                        request.getContext(),
                        request.getCandidates(),
                        List.of(),
                        "demo",
                        "1",
                        List.of(pctr),
                        null,
                        null,
                        null);
        outputs.served(record("served", 0, at, id, served));
    }

    /** A behavior was refused as late. */
    void letter(long offset, long at) {
        var letter =
                new DeadLetter("late", "", "behaviors", 0, offset, 1L, null, null, 1L, null, null);
        outputs.letter(record("dead-letters", 0, at, "", letter));
    }

    ChaosReport check(Conditions conditions) {
        var report = new ChaosReport.Builder(1, conditions, 1);
        var versions =
                new Versions(
                        offline,
                        List.of(),
                        null,
                        conditions.eventTime(),
                        rollbacks,
                        new Disturbances());
        var verdicts = new Verdicts(offline, versions, outputs, states, rollbacks, report);
        Checker.Truth truth =
                conditions.eventTime()
                        ? new EventTimeTruth(
                                verdicts,
                                conditions,
                                new Absences(conditions),
                                disturbances,
                                lastWatermark)
                        : new LatestTruth(verdicts, conditions, lastWatermark);
        Checker checker = new Checker(verdicts, truth);
        checker.check(log, Bars.start("test", -1));
        checker.finish();
        return report.build();
    }

    private static <T extends SpecificRecord> ConsumerRecord<byte[], byte[]> record(
            String topic, long offset, long at, String key, T message) {
        @SuppressWarnings("unchecked")
        byte[] value = new WireEncoder<>((Class<T>) message.getClass()).encode(message);
        byte[] bytes = key.getBytes(StandardCharsets.UTF_8);
        return new ConsumerRecord<>(
                topic,
                0,
                offset,
                START + at,
                TimestampType.CREATE_TIME,
                bytes.length,
                value.length,
                bytes,
                value,
                new RecordHeaders(),
                Optional.empty());
    }
}
