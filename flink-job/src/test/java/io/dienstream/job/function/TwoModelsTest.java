package io.dienstream.job.function;

import static org.assertj.core.api.Assertions.assertThat;

import io.dienstream.dien.Scorer;
import io.dienstream.dien.artifact.ModelReader;
import io.dienstream.dien.history.HistoryModel;
import io.dienstream.dien.history.InterestHistory;
import io.dienstream.dien.kernel.KernelsProvider;
import io.dienstream.job.Records;
import io.dienstream.job.record.InboundRecord;
import io.dienstream.job.record.OutboundRecord;
import io.dienstream.job.record.OutputLimits;
import io.dienstream.job.record.RecordType;
import io.dienstream.job.record.ScoringTask;
import io.dienstream.job.state.ScoringTaskSerializer;
import io.dienstream.schema.ScoredCandidate;
import io.dienstream.schema.ScoredRequest;
import io.dienstream.wire.WireDecoder;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.metrics.Counter;
import org.apache.flink.metrics.SimpleCounter;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.util.CloseableIterator;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The operators of users and of scores hold different artifacts: no score is of both. */
class TwoModelsTest {
    private static final int USERS = 5;
    private static final int BEHAVIORS = 6;

    @TempDir private Path directory;
    private Path first;
    private Path second;

    @BeforeEach
    void models() throws IOException {
        first = Records.model(directory, 1);
        second = Records.model(directory, 2);
    }

    private static List<InboundRecord> records() {
        List<InboundRecord> records = new ArrayList<>();
        for (int user = 0; user < USERS; user++) {
            for (int n = 0; n < BEHAVIORS; n++) {
                records.add(Records.inbound(Records.behavior("u" + user, 100 * user + n, 10L * n)));
            }
            records.add(Records.inbound(Records.request("u" + user, "r" + user, 35, 4)));
        }
        return records;
    }

    /** What a small job of two operators with parallelism of their own answers, by request. */
    private static Map<String, List<ScoredCandidate>> answers(Path ofUsers, Path ofScores)
            throws Exception {
        StreamExecutionEnvironment env = StreamExecutionEnvironment.createLocalEnvironment(2);
        var scores =
                env.fromData(records(), RecordType.INBOUND)
                        .keyBy(InboundRecord::userId, Types.STRING)
                        .transform(
                                "interest",
                                ScoringTaskSerializer.TYPE,
                                new InterestOperator(
                                        Records.options(ofUsers), OutputLimits.DEFAULT))
                        .rebalance()
                        .process(
                                new ScoringFunction(
                                        Records.options(ofScores), OutputLimits.DEFAULT),
                                RecordType.OUTBOUND);
        Map<String, List<ScoredCandidate>> answers = new TreeMap<>();
        try (CloseableIterator<OutboundRecord> results = scores.executeAndCollect()) {
            while (results.hasNext()) {
                ScoredRequest answer =
                        WireDecoder.of(ScoredRequest.class).decode(results.next().value());
                assertThat(answer.getSequenceLength()).isEqualTo(4);
                answers.put(answer.getRequestId(), answer.getCandidates());
            }
        }
        assertThat(answers).hasSize(USERS);
        return answers;
    }

    @Test
    void everyScoreIsOfTheModelThatScores() throws Exception {
        Map<String, List<ScoredCandidate>> ofSecond = answers(second, second);
        assertThat(answers(first, second)).isEqualTo(ofSecond);
        assertThat(answers(first, first)).isNotEqualTo(ofSecond);
    }

    private static HistoryModel read(Path model) throws IOException {
        return new Scorer(ModelReader.read(model), KernelsProvider.get()).historyModel();
    }

    private static ScoringTask task(HistoryModel model, long fingerprint) {
        InterestHistory history = model.newHistory();
        for (int n = 0; n < BEHAVIORS; n++) {
            var b = Records.behavior("u", n, 10L * n);
            model.add(
                    history,
                    model.encode(b.getEventId(), b.getTimestamp(), b.getFields()),
                    model.newScratch());
        }
        return new ScoringTask(
                Records.inbound(Records.request("u", "r", 35, 2)), history, 4, true, fingerprint);
    }

    @Test
    void tasksOfAnotherModelAreCountedAndThoseOfTheSameUntouched() throws IOException {
        HistoryModel scores = read(second);
        HistoryModel other = read(first);
        Counter rebuilt = new SimpleCounter();
        OwnStates states = new OwnStates(scores, rebuilt);
        ScoringTask own = task(scores, scores.fingerprint());
        assertThat(states.of(own)).isSameAs(own);
        assertThat(rebuilt.getCount()).isZero();
        for (long fingerprint : new long[] {other.fingerprint(), ScoringTask.UNTOLD}) {
            ScoringTask made = states.of(task(other, fingerprint));
            assertThat(made.modelFingerprint()).isEqualTo(scores.fingerprint());
            assertThat(made.history().states()).isEqualTo(own.history().states());
            assertThat(made.prefix()).isEqualTo(4);
            assertThat(made.late()).isTrue();
        }
        assertThat(rebuilt.getCount()).isEqualTo(2);
    }

    @Test
    void aTaskTellsTheModelOfItsStates() throws Exception {
        try (InterestHarness harness = new InterestHarness(first, null)) {
            harness.behavior("u", 1, 10);
            harness.request("u", "r", 20);
            assertThat(harness.tasks())
                    .extracting(ScoringTask::modelFingerprint)
                    .containsExactly(read(first).fingerprint());
        }
    }
}
