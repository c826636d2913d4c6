package io.dienstream.job.metric;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import java.util.TreeMap;
import org.apache.flink.metrics.Counter;
import org.apache.flink.metrics.MetricGroup;
import org.apache.flink.metrics.SimpleCounter;
import org.apache.flink.metrics.groups.UnregisteredMetricsGroup;
import org.junit.jupiter.api.Test;

class LearningMetricsTest {
    /** Counters by their names below the operator's scope. */
    private static final class NamedCounters extends UnregisteredMetricsGroup {
        private final String scope;
        private final Map<String, Counter> counters;

        NamedCounters(String scope, Map<String, Counter> counters) {
            this.scope = scope;
            this.counters = counters;
        }

        @Override
        public MetricGroup addGroup(String name) {
            return new NamedCounters(scope + name + ".", counters);
        }

        @Override
        public MetricGroup addGroup(String key, String value) {
            return addGroup(key).addGroup(value);
        }

        @Override
        public Counter counter(String name) {
            return counters.computeIfAbsent(scope + name, n -> new SimpleCounter());
        }
    }

    /** The names that docs/reference/metrics.md lists and that people plot F(t) from. */
    @Test
    void theDelayCurveIsNamedByItsBounds() {
        Map<String, Counter> counters = new TreeMap<>();
        Counter[] within = LearningMetrics.delayCurve(new NamedCounters("", counters));
        assertThat(within).hasSize(LearningMetrics.DELAY_BOUNDS);
        within[0].inc();
        within[3].inc(5);
        within[17].inc(7);
        assertThat(counters.get("dien.delay-bound-s.1.labels.clicks-within").getCount())
                .isEqualTo(1);
        assertThat(counters.get("dien.delay-bound-s.8.labels.clicks-within").getCount())
                .isEqualTo(5);
        assertThat(counters.get("dien.delay-bound-s.131072.labels.clicks-within").getCount())
                .isEqualTo(7);
        assertThat(counters).hasSize(LearningMetrics.DELAY_BOUNDS);
    }
}
