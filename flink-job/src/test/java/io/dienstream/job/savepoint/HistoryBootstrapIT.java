package io.dienstream.job.savepoint;

import static org.assertj.core.api.Assertions.assertThat;

import io.dienstream.job.Records;
import io.dienstream.job.record.InboundRecord;
import io.dienstream.job.record.RecordType;
import io.dienstream.job.state.StoredHistory;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.flink.api.java.tuple.Tuple2;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.state.api.output.TaggedOperatorSubtaskState;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.operators.AbstractStreamOperatorFactory;
import org.apache.flink.streaming.api.operators.OneInputStreamOperatorFactory;
import org.apache.flink.streaming.api.operators.SimpleOperatorFactory;
import org.apache.flink.streaming.api.operators.StreamOperator;
import org.apache.flink.streaming.api.operators.StreamOperatorParameters;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

class HistoryBootstrapIT {
    private static final int USERS = 200;

    /** The thread of the writer that was killed as it began. */
    private static final AtomicReference<Thread> DEAD = new AtomicReference<>();

    @TempDir private Path directory;

    /** Makes all writers but one, whose thread it kills, as jars of two releases of Flink do. */
    private static final class OneStillborn
            extends AbstractStreamOperatorFactory<TaggedOperatorSubtaskState>
            implements OneInputStreamOperatorFactory<
                    Tuple2<String, StoredHistory>, TaggedOperatorSubtaskState> {
        private static final long serialVersionUID = 1;

        private final SimpleOperatorFactory<TaggedOperatorSubtaskState> others;

        OneStillborn(HistoryWriter writer) {
            others = SimpleOperatorFactory.of(writer);
        }

        @Override
        @SuppressWarnings("TypeParameterUnusedInFormals") // as Flink declares it
        public <T extends StreamOperator<TaggedOperatorSubtaskState>> T createStreamOperator(
                StreamOperatorParameters<TaggedOperatorSubtaskState> parameters) {
            if (DEAD.compareAndSet(null, Thread.currentThread())) {
                throw new AbstractMethodError("of another release");
            }
            return others.createStreamOperator(parameters);
        }

        @Override
        @SuppressWarnings("rawtypes") // as Flink declares it
        public Class<? extends StreamOperator> getStreamOperatorClass(ClassLoader loader) {
            return others.getStreamOperatorClass(loader);
        }
    }

    @Test
    @Timeout(120)
    void aWriterThatDiesBeforeAnybodyLooksIsAFailure() throws Exception {
        StreamExecutionEnvironment env =
                StreamExecutionEnvironment.createLocalEnvironment(
                        2, HistoryBootstrap.configuration());
        List<InboundRecord> log = new ArrayList<>();
        for (int user = 0; user < USERS; user++) {
            log.add(Records.inbound(Records.behavior("u" + user, user, user)));
        }
        try (BootstrapProgress progress = BootstrapProgress.begin()) {
            HistoryBootstrap.build(
                    env,
                    env.fromData(log, RecordType.INBOUND),
                    Records.options(Records.model(directory, 1)),
                    128,
                    directory.resolve("savepoint").toUri().toString(),
                    progress,
                    (time, path) -> new OneStillborn(new HistoryWriter(time, path, 0)));
            JobClient job = env.executeAsync();
            while (DEAD.get() == null) {
                Thread.sleep(10);
            }
            DEAD.get().join();
            Optional<Throwable> failure = progress.failure();
            while (failure.isEmpty()) {
                Thread.sleep(100);
                failure = progress.failure();
            }
            job.cancel().get();
            // until then the other writer may be at work, in a directory that goes with this test
            job.getJobExecutionResult().handle((result, failed) -> failed).get();
            // where the job notices too, it ends the other writer, which may be seen to go first
            assertThat(failure.get().getMessage())
                    .containsAnyOf("ended before it began", "a thread that writes state is gone");
        }
    }
}
