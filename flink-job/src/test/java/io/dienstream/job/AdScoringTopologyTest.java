package io.dienstream.job;

import static org.assertj.core.api.Assertions.assertThat;

import io.dienstream.job.option.JobOptions;
import io.dienstream.job.record.InboundRecord;
import io.dienstream.job.record.OutputLimits;
import io.dienstream.job.record.Reason;
import io.dienstream.job.record.Rejection;
import io.dienstream.job.state.MappedReads;
import java.nio.file.Path;
import java.util.List;
import org.apache.flink.state.rocksdb.RocksDBConfigurableOptions;
import org.apache.flink.state.rocksdb.RocksDBOptions;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.graph.StreamNode;
import org.junit.jupiter.api.Test;
import org.rocksdb.CompressionType;

/** State is found by uid after an upgrade: this list may grow, its entries may not change. */
class AdScoringTopologyTest {
    private static final List<String> UIDS =
            List.of(
                    "ad-requests-source",
                    "admit-ad-requests",
                    "admit-behaviors",
                    "admit-control",
                    "behaviors-source",
                    "control-source",
                    "dead-letters-sink",
                    "interest",
                    "scores-sink",
                    "scoring",
                    "served-sink");

    /** Of jobs whose versions change while they run. */
    private static final List<String> ROLLOUT_UIDS =
            List.of("model-commands-source", "model-status-sink");

    private static List<StreamNode> nodes(String... more) {
        JobOptions options = Records.options(Path.of("unused"), more);
        StreamExecutionEnvironment env =
                new StreamExecutionEnvironment(JobEnvironment.configuration(options));
        AdScoringJob.build(env, options, OutputLimits.DEFAULT);
        return env.getStreamGraph().getStreamNodes().stream()
                .filter(n -> n.getTransformationUID() != null)
                .toList();
    }

    /** Flink's own default would compress what hardly compresses, and filter nothing. */
    @Test
    void stateIsFilteredAndNotCompressed() {
        var c = JobEnvironment.configuration(Records.options(Path.of("unused")));
        assertThat(c.get(RocksDBConfigurableOptions.COMPRESSION_PER_LEVEL))
                .containsExactly(CompressionType.NO_COMPRESSION);
        assertThat(c.get(RocksDBConfigurableOptions.USE_BLOOM_FILTER)).isTrue();
    }

    @Test
    void stateIsReadWhereItIsMappedUnlessTheOptionSaysOtherwise() {
        var c = JobEnvironment.configuration(Records.options(Path.of("unused")));
        assertThat(c.get(RocksDBOptions.OPTIONS_FACTORY)).isEqualTo(MappedReads.class.getName());
        var own =
                JobEnvironment.configuration(
                        Records.options(Path.of("unused"), "state.mapped-reads", "false"));
        assertThat(own.contains(RocksDBOptions.OPTIONS_FACTORY)).isFalse();
    }

    @Test
    void everyOperatorHasItsCommittedUid() {
        assertThat(nodes())
                .extracting(n -> n.getTransformationUID())
                .filteredOn(uid -> !uid.contains(" "))
                .containsAll(UIDS);
        assertThat(nodes("delivery.guarantee", "exactly-once"))
                .extracting(n -> n.getTransformationUID())
                .containsAll(UIDS);
    }

    /** Who has no topic of commands has no operator that wants one. */
    @Test
    void commandsOnModelsAreReadOnlyWhereTheOptionSaysSo() {
        assertThat(nodes())
                .extracting(n -> n.getTransformationUID())
                .doesNotContainAnyElementsOf(ROLLOUT_UIDS);
        assertThat(nodes("rollout.enabled", "true"))
                .extracting(n -> n.getTransformationUID())
                .containsAll(UIDS)
                .containsAll(ROLLOUT_UIDS);
    }

    @Test
    void scoringIsChainedUnlessItHasAParallelismOfItsOwn() {
        assertThat(scoring(nodes()).getInEdges().get(0).getPartitioner().toString())
                .isEqualTo("FORWARD");
        StreamNode own = scoring(nodes("scoring.parallelism", "3"));
        assertThat(own.getInEdges().get(0).getPartitioner().toString()).isEqualTo("REBALANCE");
        assertThat(own.getParallelism()).isEqualTo(3);
    }

    private static StreamNode scoring(List<StreamNode> nodes) {
        return nodes.stream()
                .filter(n -> n.getTransformationUID().equals("scoring"))
                .findFirst()
                .orElseThrow();
    }

    @Test
    void aRecordMovesTimeToItsOwnKafkaTimeAtTheMost() {
        InboundRecord past = Records.inbound(Records.behavior("u", 1, -5));
        InboundRecord ahead = Records.inbound(Records.behavior("u", 2, 7_200_000));
        InboundRecord refused =
                InboundRecord.rejected(
                        InboundRecord.Kind.BEHAVIOR,
                        Records.origin("behaviors"),
                        null,
                        null,
                        new Rejection(Reason.UNDECODABLE, "noise"));
        assertThat(EventTime.of(past, Long.MAX_VALUE)).isEqualTo(Records.START - 5);
        assertThat(EventTime.of(ahead, Long.MAX_VALUE)).isEqualTo(Records.START);
        assertThat(EventTime.of(ahead, Records.START - 7))
                .as("no further than the job's own clock")
                .isEqualTo(Records.START - 7);
        assertThat(EventTime.of(refused, Long.MAX_VALUE)).isEqualTo(Long.MIN_VALUE);
    }
}
