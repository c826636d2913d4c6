package io.dienstream.job.metric;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.apache.flink.metrics.groups.UnregisteredMetricsGroup;
import org.apache.flink.runtime.metrics.groups.AbstractMetricGroup;
import org.apache.flink.runtime.metrics.groups.GenericMetricGroup;
import org.apache.flink.runtime.metrics.util.TestingMetricRegistry;
import org.junit.jupiter.api.Test;

class ScoringMetricsTest {
    private final Set<String> registered = new TreeSet<>();

    /** As Flink's own do: what is registered is what reporters show. */
    private GenericMetricGroup operator() {
        var registry =
                TestingMetricRegistry.builder()
                        .setRegisterConsumer((m, name, g) -> registered.add(id(name, g)))
                        .setUnregisterConsumer((m, name, g) -> registered.remove(id(name, g)))
                        .build();
        return new GenericMetricGroup(registry, null, "operator");
    }

    private static String id(String name, AbstractMetricGroup<?> group) {
        return group.getMetricIdentifier(name);
    }

    private List<String> ofVersions() {
        return registered.stream().filter(id -> id.contains(".model.")).toList();
    }

    @Test
    void theMetricsOfAVersionGoWithItAndComeBackWithIt() {
        ScoringMetrics metrics = new ScoringMetrics(operator());
        int others = registered.size();
        for (int n = 0; n < 2; n++) {
            ScoringMetrics.OfVersion first = metrics.model("m", "1");
            first.requests().inc();
            ScoringMetrics.OfVersion second = metrics.model("m", "2");
            assertThat(first.requests().getCount()).isEqualTo(1);
            assertThat(ofVersions())
                    .containsExactly(
                            "operator.dien.model.m.version.1.info",
                            "operator.dien.model.m.version.1.requests",
                            "operator.dien.model.m.version.2.info",
                            "operator.dien.model.m.version.2.requests");
            first.close();
            assertThat(ofVersions())
                    .containsExactly(
                            "operator.dien.model.m.version.2.info",
                            "operator.dien.model.m.version.2.requests");
            second.close();
            assertThat(ofVersions()).isEmpty();
        }
        assertThat(registered).as("all that is no version's is still there").hasSize(others);
    }

    /** An artifact that is published as what model.path is has its name and version. */
    @Test
    void twoModelsOfOneNameAndVersionCountTogetherUntilBothAreGone() {
        ScoringMetrics metrics = new ScoringMetrics(new UnregisteredMetricsGroup());
        ScoringMetrics.OfVersion first = metrics.model("m", "1");
        first.requests().inc();
        ScoringMetrics.OfVersion second = metrics.model("m", "1");
        assertThat(second.requests()).isSameAs(first.requests());
        assertThat(metrics.model("m", "2").requests()).isNotSameAs(first.requests());
        first.close();
        assertThat(metrics.model("m", "1").requests().getCount()).isEqualTo(1);
        second.close();
        second.close();
        assertThat(metrics.model("m", "1").requests().getCount()).isZero();
    }
}
