package io.dienstream.job.learning.join;

import static io.dienstream.job.learning.LearningRecords.START;
import static io.dienstream.job.learning.LearningRecords.click;
import static io.dienstream.job.learning.LearningRecords.impression;
import static io.dienstream.job.learning.LearningRecords.served;
import static io.dienstream.job.learning.join.JoinHarness.W;
import static io.dienstream.job.learning.join.JoinHarness.W2;
import static org.assertj.core.api.Assertions.assertThat;

import io.dienstream.job.learning.LearningRecords;
import io.dienstream.job.learning.record.JoinedExample;
import io.dienstream.job.learning.record.JoinedExampleSerializer;
import io.dienstream.job.learning.record.LearningRecord;
import io.dienstream.schema.LabeledCandidate;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.runtime.state.KeyGroupRangeAssignment;
import org.apache.flink.streaming.api.operators.KeyedProcessOperator;
import org.apache.flink.streaming.api.watermark.Watermark;
import org.apache.flink.streaming.util.AbstractStreamOperatorTestHarness;
import org.apache.flink.streaming.util.KeyedOneInputStreamOperatorTestHarness;
import org.junit.jupiter.api.Test;

/** The join in several subtasks that go on from a checkpoint, as many as before or not. */
class LabelJoinRestoreTest {
    private static final int KEY_GROUPS = 8;
    private static final int REQUESTS = 120;
    private static final long STEP = 100;

    /** State of all subtasks, what had come out, and how much of the log had gone in. */
    private record Checkpoint(OperatorSubtaskState state, int subtasks, int out, int in) {}

    /** What had come out is taken back to a checkpoint, as an aborted transaction's records are. */
    private static final class Subtasks implements AutoCloseable {
        private final List<
                        KeyedOneInputStreamOperatorTestHarness<
                                String, LearningRecord, JoinedExample>>
                harnesses = new ArrayList<>();
        private final List<LabelJoinFunction> functions = new ArrayList<>();
        private final List<String> out = new ArrayList<>();
        private int in;

        Subtasks(int subtasks) throws Exception {
            open(subtasks, null);
        }

        private void open(int subtasks, Checkpoint from) throws Exception {
            for (int n = 0; n < subtasks; n++) {
                LabelJoinFunction function =
                        new LabelJoinFunction(
                                LearningRecords.options(
                                        "labels.wait",
                                        W + "ms",
                                        "labels.correction-wait",
                                        W2 + "ms"),
                                1 << 20);
                var harness =
                        new KeyedOneInputStreamOperatorTestHarness<>(
                                new KeyedProcessOperator<>(function),
                                LearningRecord::requestId,
                                Types.STRING,
                                KEY_GROUPS,
                                subtasks,
                                n);
                harness.setup(JoinedExampleSerializer.TYPE.createSerializer(null));
                if (from != null) {
                    harness.initializeState(
                            AbstractStreamOperatorTestHarness.repartitionOperatorState(
                                    from.state(), KEY_GROUPS, from.subtasks(), subtasks, n));
                }
                harness.open();
                harnesses.add(harness);
                functions.add(function);
            }
        }

        void add(LearningRecord record) throws Exception {
            int subtask =
                    KeyGroupRangeAssignment.assignKeyToParallelOperator(
                            record.requestId(), KEY_GROUPS, harnesses.size());
            harnesses.get(subtask).processElement(record, record.eventTime());
            in++;
        }

        void watermark(long time) throws Exception {
            for (var harness : harnesses) {
                harness.processWatermark(new Watermark(START + time));
                for (JoinedExample joined : harness.extractOutputValues()) {
                    for (LabeledCandidate c : joined.example().getCandidates()) {
                        out.add(
                                joined.example().getRequestId()
                                        + "/"
                                        + c.getAdId()
                                        + " "
                                        + c.getClicked());
                    }
                }
                harness.getOutput().clear();
                var corrections = harness.getSideOutput(LabelJoinFunction.CORRECTIONS);
                if (corrections != null) {
                    corrections.forEach(
                            c ->
                                    out.add(
                                            c.getValue().correction().getRequestId()
                                                    + "/"
                                                    + c.getValue().correction().getAdId()
                                                    + " corrected"));
                    corrections.clear();
                }
            }
        }

        Checkpoint checkpoint(long id) throws Exception {
            OperatorSubtaskState[] states = new OperatorSubtaskState[harnesses.size()];
            for (int n = 0; n < states.length; n++) {
                states[n] = harnesses.get(n).snapshot(id, id);
            }
            return new Checkpoint(
                    AbstractStreamOperatorTestHarness.repackageState(states),
                    states.length,
                    out.size(),
                    in);
        }

        void restore(Checkpoint from, int subtasks) throws Exception {
            close();
            harnesses.clear();
            functions.clear();
            out.subList(from.out(), out.size()).clear();
            in = from.in();
            open(subtasks, from);
        }

        long waiting() {
            return functions.stream().mapToLong(f -> f.counts().waiting()).sum();
        }

        long coverageClicks() {
            return functions.stream().mapToLong(f -> f.counts().coverageClicks()).sum();
        }

        @Override
        public void close() throws Exception {
            for (var harness : harnesses) {
                harness.close();
            }
        }
    }

    /** In order of time; one click in three is late. */
    private static List<LearningRecord> log() {
        Random random = new Random(28);
        List<LearningRecord> log = new ArrayList<>();
        for (int r = 0; r < REQUESTS; r++) {
            long at = r * STEP;
            log.add(served("r" + r, at, 3));
            for (int ad = 0; ad < 3; ad++) {
                long shown = at + random.nextInt(50);
                log.add(impression("r" + r, ad, "u", shown));
                if (random.nextInt(3) == 0) {
                    long delay = random.nextInt(3) == 0 ? W + 1 + random.nextInt(500) : W / 2;
                    log.add(click("r" + r, ad, "u", shown + delay));
                }
            }
        }
        log.sort(Comparator.comparingLong(LearningRecord::eventTime));
        return log;
    }

    private static void play(Subtasks to, List<LearningRecord> log, int until) throws Exception {
        while (to.in < until) {
            LearningRecord next = log.get(to.in);
            to.add(next);
            to.watermark(next.eventTime() - START - 1);
        }
    }

    private static List<String> undisturbed(List<LearningRecord> log) throws Exception {
        try (Subtasks one = new Subtasks(1)) {
            play(one, log, log.size());
            one.watermark(REQUESTS * STEP + 3 * W2);
            assertThat(one.out).hasSizeGreaterThan(3 * REQUESTS).doesNotHaveDuplicates();
            return one.out;
        }
    }

    @Test
    void anotherNumberOfSubtasksGoesOnWithEveryRequest() throws Exception {
        List<LearningRecord> log = log();
        try (Subtasks join = new Subtasks(1)) {
            int part = log.size() / 4;
            int[] next = {3, 2, 5};
            for (int n = 0; n < next.length; n++) {
                play(join, log, part * (n + 1));
                long waiting = join.waiting();
                long clicks = join.coverageClicks();
                assertThat(waiting).isPositive();
                join.restore(join.checkpoint(n + 1), next[n]);
                assertThat(join.waiting()).isEqualTo(waiting);
                assertThat(join.coverageClicks()).isEqualTo(clicks);
            }
            play(join, log, log.size());
            join.watermark(REQUESTS * STEP + 3 * W2);
            assertThat(join.out).containsExactlyInAnyOrderElementsOf(undisturbed(log));
            assertThat(join.waiting()).isZero();
        }
    }

    /**
     * A checkpoint that failed leaves nothing behind: the job goes on from the one before, what it
     * wrote since is taken back, and what it read since comes again.
     */
    @Test
    void afterAFailedCheckpointEveryLabelComesOnce() throws Exception {
        List<LearningRecord> log = log();
        try (Subtasks join = new Subtasks(2)) {
            play(join, log, log.size() / 3);
            Checkpoint complete = join.checkpoint(1);
            play(join, log, log.size() / 2);
            join.checkpoint(2);
            play(join, log, log.size() * 2 / 3);
            assertThat(join.out.size()).isGreaterThan(complete.out());
            join.restore(complete, 2);
            play(join, log, log.size());
            join.watermark(REQUESTS * STEP + 3 * W2);
            assertThat(join.out).containsExactlyInAnyOrderElementsOf(undisturbed(log));
        }
    }
}
