package io.dienstream.job.metric;

import static org.assertj.core.api.Assertions.assertThat;

import org.apache.flink.metrics.groups.UnregisteredMetricsGroup;
import org.junit.jupiter.api.Test;

class ScoringMetricsTest {
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
