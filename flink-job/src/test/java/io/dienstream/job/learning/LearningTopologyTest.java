package io.dienstream.job.learning;

import static org.assertj.core.api.Assertions.assertThat;

import io.dienstream.job.JobEnvironment;
import io.dienstream.job.option.LearningOptions;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.flink.api.common.eventtime.Watermark;
import org.apache.flink.api.common.eventtime.WatermarkAlignmentParams;
import org.apache.flink.api.common.eventtime.WatermarkGenerator;
import org.apache.flink.api.common.eventtime.WatermarkOutput;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.api.dag.Transformation;
import org.apache.flink.metrics.MetricGroup;
import org.apache.flink.metrics.groups.UnregisteredMetricsGroup;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.graph.StreamNode;
import org.apache.flink.streaming.api.transformations.SourceTransformation;
import org.apache.flink.util.clock.ManualClock;
import org.apache.flink.util.clock.RelativeClock;
import org.junit.jupiter.api.Test;

/** State is found by uid after an upgrade: this list may grow, its entries may not change. */
class LearningTopologyTest {
    private static final List<String> UIDS =
            List.of(
                    "ad-clicks-source",
                    "admit-ad-clicks",
                    "admit-impressions",
                    "admit-served",
                    "corrections",
                    "examples",
                    "impressions-source",
                    "label-corrections-sink",
                    "label-join",
                    "learning-dead-letters-sink",
                    "model-quality-sink",
                    "quality-corrections",
                    "quality-examples",
                    "quality-parts",
                    "quality-users",
                    "quality-windows",
                    "served-source",
                    "training-examples-sink");

    private static final List<String> FILE_UIDS =
            List.of("correction-files-sink", "example-files-sink");

    /** Only without a rollout. */
    private static final String SCORED_WITHOUT_ROLLOUT = "quality-examples";

    private static final List<String> ROLLOUT_UIDS = List.of("model-commands-source", "shadows");

    private static StreamExecutionEnvironment built(String... more) {
        LearningOptions options = LearningRecords.options(more);
        StreamExecutionEnvironment env =
                new StreamExecutionEnvironment(
                        JobEnvironment.configuration(options, LearningJob.NAME));
        LearningJob.build(
                env,
                options,
                LearningLimits.DEFAULT,
                Map.of("served", 8, "impressions", 2, "ad-clicks", 1));
        return env;
    }

    private static List<StreamNode> nodes(String... more) {
        return built(more).getStreamGraph().getStreamNodes().stream()
                .filter(n -> n.getTransformationUID() != null)
                .toList();
    }

    @Test
    void everyOperatorHasItsCommittedUid() {
        assertThat(nodes())
                .extracting(StreamNode::getTransformationUID)
                .containsAll(UIDS)
                .doesNotContainAnyElementsOf(FILE_UIDS);
        assertThat(nodes("examples.directory", "file:///tmp/examples"))
                .extracting(StreamNode::getTransformationUID)
                .containsAll(UIDS)
                .containsAll(FILE_UIDS);
    }

    /** The shadows' commands are found again by these. */
    @Test
    void withARolloutShadowsHaveTheirCommittedUids() {
        List<String> uids = new ArrayList<>(UIDS);
        uids.remove(SCORED_WITHOUT_ROLLOUT);
        uids.addAll(ROLLOUT_UIDS);
        assertThat(nodes("rollout.enabled", "true"))
                .extracting(StreamNode::getTransformationUID)
                .containsAll(uids)
                .doesNotContain(SCORED_WITHOUT_ROLLOUT);
        assertThat(nodes())
                .extracting(StreamNode::getTransformationUID)
                .doesNotContainAnyElementsOf(ROLLOUT_UIDS);
    }

    /** Commands come once in months, and must not hold the time of everything. */
    @Test
    void commandsHaveNoSayInTime() {
        WatermarkStrategy<?> commands =
                strategies("rollout.enabled", "true").get("model-commands-source");
        assertThat(isIdleAfterAMinute(commands)).isTrue();
        assertThat(commands.getAlignmentParameters().isEnabled()).isFalse();
    }

    /** A subtask without a partition has no time, and would hold that of all others. */
    @Test
    void aSourceHasNoMoreSubtasksThanPartitions() {
        for (StreamNode node : nodes("job.parallelism", "4")) {
            int expected =
                    switch (node.getTransformationUID()) {
                        case "impressions-source", "admit-impressions" -> 2;
                        case "ad-clicks-source", "admit-ad-clicks" -> 1;
                        default -> 4;
                    };
            assertThat(node.getParallelism()).as(node.getTransformationUID()).isEqualTo(expected);
        }
    }

    /** All three are of one group: none is read further ahead of the others than is allowed. */
    @Test
    void theTopicsWaitForEachOther() {
        assertThat(drifts("time.max-drift", "2h")).containsExactly(7_200_000L);
        assertThat(drifts()).containsExactly(86_400_000L);
        assertThat(drifts("time.max-drift", "0s")).containsExactly(Long.MAX_VALUE);
    }

    private static Set<Long> drifts(String... more) {
        Set<Long> drifts = new HashSet<>();
        Set<String> groups = new HashSet<>();
        for (WatermarkStrategy<?> strategy : strategies(more).values()) {
            WatermarkAlignmentParams params = strategy.getAlignmentParameters();
            drifts.add(params.getMaxAllowedWatermarkDrift());
            groups.add(params.getWatermarkGroup());
        }
        assertThat(groups).hasSize(1);
        return drifts;
    }

    /** How each source of the job, as it is built, makes time. */
    private static Map<String, WatermarkStrategy<?>> strategies(String... more) {
        Map<String, WatermarkStrategy<?>> strategies = new HashMap<>();
        built(more).getTransformations().forEach(t -> collect(t, strategies));
        assertThat(strategies)
                .containsKeys("served-source", "impressions-source", "ad-clicks-source");
        return strategies;
    }

    /** Of {@code of} and all that is before it, a broadcast input too. */
    private static void collect(
            Transformation<?> of, Map<String, WatermarkStrategy<?>> strategies) {
        if (of instanceof SourceTransformation<?, ?, ?> source) {
            strategies.put(source.getName(), source.getWatermarkStrategy());
        }
        of.getInputs().forEach(input -> collect(input, strategies));
    }

    /** Whatever the option says, which holds for the other topics. */
    @Test
    void aClickPartitionIsNeverIdle() {
        assertThat(idleAfterAMinute("time.idle-after", "1s"))
                .containsExactlyInAnyOrder("served-source", "impressions-source");
        assertThat(idleAfterAMinute()).as("nor is any other by default").isEmpty();
        assertThat(idleAfterAMinute("time.idle-after", "1s", "rollout.enabled", "true"))
                .doesNotContain("ad-clicks-source");
    }

    private static List<String> idleAfterAMinute(String... more) {
        return strategies(more).entrySet().stream()
                .filter(e -> isIdleAfterAMinute(e.getValue()))
                .map(Map.Entry::getKey)
                .toList();
    }

    /** A partition that has had one record, and none for a minute. */
    @SuppressWarnings("unchecked") // commands and records alike: none looks into what it is given
    private static boolean isIdleAfterAMinute(WatermarkStrategy<?> strategy) {
        ManualClock clock = new ManualClock();
        WatermarkGenerator<Object> generator =
                ((WatermarkStrategy<Object>) strategy)
                        .createWatermarkGenerator(
                                new org.apache.flink.api.common.eventtime.WatermarkGeneratorSupplier
                                        .Context() {
                                    @Override
                                    public MetricGroup getMetricGroup() {
                                        return new UnregisteredMetricsGroup();
                                    }

                                    @Override
                                    public RelativeClock getInputActivityClock() {
                                        return clock;
                                    }
                                });
        List<Boolean> idle = new ArrayList<>();
        WatermarkOutput output =
                new WatermarkOutput() {
                    @Override
                    public void emitWatermark(Watermark watermark) {}

                    @Override
                    public void markIdle() {
                        idle.add(true);
                    }

                    @Override
                    public void markActive() {}
                };
        generator.onEvent(LearningRecords.heartbeat(0), LearningRecords.START, output);
        for (int second = 0; second < 60; second++) {
            clock.advanceTime(java.time.Duration.ofSeconds(1));
            generator.onPeriodicEmit(output);
        }
        return !idle.isEmpty();
    }
}
