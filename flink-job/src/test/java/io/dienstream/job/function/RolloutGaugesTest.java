package io.dienstream.job.function;

import static org.assertj.core.api.Assertions.assertThat;

import io.dienstream.job.Records;
import io.dienstream.job.artifact.ModelRegistry;
import io.dienstream.job.metric.JobMetrics;
import io.dienstream.job.metric.Metric;
import io.dienstream.job.record.InboundRecord;
import io.dienstream.job.record.OutputLimits;
import io.dienstream.job.record.ScoringTask;
import io.dienstream.job.rollout.CommandRecord;
import io.dienstream.job.rollout.Commands;
import io.dienstream.job.rollout.NewestCommands;
import io.dienstream.job.state.ScoringTaskSerializer;
import io.dienstream.schema.ModelCommand;
import io.dienstream.schema.ModelCommandKind;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.metrics.Counter;
import org.apache.flink.metrics.Gauge;
import org.apache.flink.metrics.MetricGroup;
import org.apache.flink.runtime.jobgraph.OperatorID;
import org.apache.flink.runtime.metrics.groups.InternalOperatorMetricGroup;
import org.apache.flink.runtime.metrics.util.InterceptingOperatorMetricGroup;
import org.apache.flink.runtime.metrics.util.InterceptingTaskMetricGroup;
import org.apache.flink.runtime.operators.testutils.MockEnvironment;
import org.apache.flink.runtime.operators.testutils.MockEnvironmentBuilder;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.streaming.util.KeyedOneInputStreamOperatorTestHarness;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What a task's gauges say of where it is in the rollout, while it waits and while it runs. */
class RolloutGaugesTest extends RolloutOperatorScenario {
    private final Gauges gauges = new Gauges();

    /** Gauges of an operator, whatever group they are in. */
    private static final class Gauges extends InterceptingOperatorMetricGroup {
        @Override
        public MetricGroup addGroup(String name) {
            return this;
        }

        long count(Metric metric) {
            return ((Counter) get(metric.name())).getCount();
        }

        /** Null before it is registered. */
        Number value(Metric metric) {
            var gauge = (Gauge<?>) get(metric.name());
            return gauge == null ? null : (Number) gauge.getValue();
        }
    }

    /** An operator of two inputs in a harness for one, the only one that takes a metric group. */
    private final class Task implements AutoCloseable {
        private final InterestOperator operator;
        private final MockEnvironment environment;
        private final KeyedOneInputStreamOperatorTestHarness<String, InboundRecord, ScoringTask>
                one;

        Task(List<CommandRecord> built, String... more) throws Exception {
            operator =
                    new InterestOperator(
                            options(more), OutputLimits.DEFAULT, built, NewestCommands.NONE);
            environment =
                    new MockEnvironmentBuilder()
                            .setMetricGroup(
                                    new InterceptingTaskMetricGroup() {
                                        @Override
                                        public InternalOperatorMetricGroup getOrAddOperator(
                                                OperatorID id,
                                                String name,
                                                Map<String, String> variables) {
                                            return gauges;
                                        }
                                    })
                            .build();
            one =
                    new KeyedOneInputStreamOperatorTestHarness<>(
                            operator, InboundRecord::userId, Types.STRING, environment);
            one.setup(ScoringTaskSerializer.TYPE.createSerializer(null));
        }

        void start() throws Exception {
            one.open();
            one.setProcessingTime(NOW);
        }

        void command(ModelCommand command) throws Exception {
            operator.processElement2(new StreamRecord<>(record(command)));
        }

        ScoringTask request(long time) throws Exception {
            one.processElement(
                    Records.inbound(Records.request("u", "r", time, 2)), Records.START + time);
            return (ScoringTask) ((StreamRecord<?>) one.getOutput().poll()).getValue();
        }

        @Override
        public void close() throws Exception {
            one.close();
            environment.close();
        }
    }

    private void assertAt(int revision, int behind, int refused) {
        assertThat(gauges.value(JobMetrics.REVISION)).isEqualTo((long) revision);
        assertThat(gauges.value(JobMetrics.BEHIND)).isEqualTo(behind);
        assertThat(gauges.value(JobMetrics.VERSIONS_REFUSED)).isEqualTo(refused);
    }

    @Test
    void aRunningTaskIsBehindWhileItLacksTheLiveVersion() throws Exception {
        Path there = directory.resolve("later");
        try (Task task = new Task(List.of())) {
            task.start();
            assertAt(0, 0, 0);
            ModelCommand publish = publish("b", b, 0);
            publish.setUri(uri(there));
            task.command(publish);
            ModelCommand promote = Commands.of(ModelCommandKind.PROMOTE, "b", 1);
            promote.setForced(true);
            task.command(promote);
            assertThat(gauges.value(JobMetrics.BEHIND)).isEqualTo(1);
            awaitDecided(there, checksum(b));
            task.one.setProcessingTime(NOW + 1000);
            assertAt(2, 1, 1);

            Files.move(b, there);
            publish.setExpectedRevision(2);
            task.command(publish);
            awaitDecided(there, publish.getSha256());
            task.one.setProcessingTime(NOW + 2000);
            assertAt(3, 0, 0);
        }
    }

    /** Bytes of a later release's schema among them. */
    @Test
    void whatIsNoCommandIsCountedAndAnswersGoOn() throws Exception {
        try (Task task = new Task(List.of())) {
            task.start();
            byte[] later = record(Commands.of(ModelCommandKind.PAUSE, "", 0)).value();
            later[2] ^= 1; // of the fingerprint of its schema
            for (byte[] value : new byte[][] {later, {1, 2, 3}, null}) {
                CommandRecord none = new CommandRecord(offset++, NOW, value);
                task.operator.processElement2(new StreamRecord<>(none));
            }
            task.command(Commands.of(ModelCommandKind.ROLLBACK, "", 0));
            assertThat(gauges.count(JobMetrics.COMMANDS_UNREADABLE)).isEqualTo(3);
            assertThat(gauges.count(JobMetrics.COMMANDS_REFUSED)).isEqualTo(1);
            task.command(publish("b", b, 100));
            awaitLoaded(b);
            assertScoredBy(b, task.request(10));
            assertAt(1, 0, 0);
        }
    }

    @Test
    @Timeout(value = 5, unit = TimeUnit.MINUTES)
    void aTaskThatWaitsAtItsStartIsBehindUntilTheLiveVersionIsThere() throws Exception {
        Path away = directory.resolve("away");
        CommandRecord published = record(publish("b", b, 0));
        CommandRecord promoted = record(Commands.of(ModelCommandKind.PROMOTE, "b", 1));
        Files.move(b, away);
        long before = ModelRegistry.shared().changes();
        try (Task task = new Task(List.of(published, promoted), "model.missing", "wait")) {
            CompletableFuture<Void> opening = CompletableFuture.runAsync(() -> open(task));
            while (!opening.isDone()
                    && (gauges.value(JobMetrics.BEHIND) == null
                            || ModelRegistry.shared().changes() < before + 2)) {
                Thread.sleep(1); // it is asked for, and refused
            }
            assertThat(opening).isNotDone();
            assertThat(gauges.value(JobMetrics.BEHIND)).isEqualTo(1);
            Files.move(away, b);
            opening.get(4, TimeUnit.MINUTES);
            assertAt(2, 0, 0);
            assertScoredBy(b, task.request(10));
        }
    }

    private static void open(Task task) {
        try {
            task.start();
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }
}
