package io.dienstream.job.learning;

import static org.assertj.core.api.Assertions.assertThat;

import io.dienstream.job.EventTime;
import io.dienstream.job.JobEnvironment;
import io.dienstream.job.learning.record.LearningRecord;
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
        Map<String, WatermarkAlignmentParams> sources = new HashMap<>();
        for (Transformation<?> sink : built(more).getTransformations()) {
            for (Transformation<?> t : sink.getTransitivePredecessors()) {
                if (t instanceof SourceTransformation<?, ?, ?> source) {
                    sources.put(
                            source.getName(),
                            source.getWatermarkStrategy().getAlignmentParameters());
                }
            }
        }
        assertThat(sources.keySet())
                .containsExactlyInAnyOrder(
                        "served-source", "impressions-source", "ad-clicks-source");
        Set<Long> drifts = new HashSet<>();
        sources.values().forEach(p -> drifts.add(p.getMaxAllowedWatermarkDrift()));
        assertThat(sources.values().stream().map(WatermarkAlignmentParams::getWatermarkGroup))
                .containsOnly(sources.get("served-source").getWatermarkGroup());
        return drifts;
    }

    /** Whatever the option says, which holds for the other topics. */
    @Test
    void aClickPartitionIsNeverIdle() {
        LearningOptions options = LearningRecords.options("time.idle-after", "1s");
        assertThat(isIdleAfterAMinute(EventTime.neverIdle(options))).isFalse();
        assertThat(isIdleAfterAMinute(EventTime.watermarks(options, LearningOptions.IDLE_AFTER)))
                .isTrue();
        LearningOptions defaults = LearningRecords.options();
        assertThat(isIdleAfterAMinute(EventTime.watermarks(defaults, LearningOptions.IDLE_AFTER)))
                .as("nor is any other by default")
                .isFalse();
    }

    private static boolean isIdleAfterAMinute(WatermarkStrategy<LearningRecord> strategy) {
        ManualClock clock = new ManualClock();
        WatermarkGenerator<LearningRecord> generator =
                strategy.createWatermarkGenerator(
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
