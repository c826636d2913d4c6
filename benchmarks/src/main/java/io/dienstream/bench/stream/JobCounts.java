package io.dienstream.bench.stream;

import java.util.Map;
import java.util.Properties;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.metrics.Counter;
import org.apache.flink.metrics.Metric;
import org.apache.flink.metrics.MetricConfig;
import org.apache.flink.metrics.MetricGroup;
import org.apache.flink.metrics.reporter.MetricReporter;
import org.apache.flink.metrics.reporter.MetricReporterFactory;

/**
 * The counters of the jobs in this JVM, read where they are counted: no REST, no interval. Flink
 * makes the reporter through {@link Factory}.
 */
public final class JobCounts implements MetricReporter {
    private static final Map<Counter, String> COUNTERS = new ConcurrentHashMap<>();
    private static final String GROUP = "dien";

    /** Sum over the subtasks of the jobs that run now. */
    static long of(String metric) {
        return COUNTERS.entrySet().stream()
                .filter(e -> e.getValue().equals(metric))
                .mapToLong(e -> e.getKey().getCount())
                .sum();
    }

    /** Configuration of a cluster whose jobs are counted. */
    static Configuration configuration() {
        Configuration c = new Configuration();
        c.setString("metrics.reporter.counts.factory.class", Factory.class.getName());
        return c;
    }

    @Override
    public void open(MetricConfig config) {
        COUNTERS.clear();
    }

    @Override
    public void close() {
        COUNTERS.clear();
    }

    @Override
    public void notifyOfAddedMetric(Metric metric, String name, MetricGroup group) {
        String[] scope = group.getScopeComponents();
        if (metric instanceof Counter counter && scope[scope.length - 1].equals(GROUP)) {
            COUNTERS.put(counter, name);
        }
    }

    @Override
    public void notifyOfRemovedMetric(Metric metric, String name, MetricGroup group) {
        if (metric instanceof Counter counter) {
            COUNTERS.remove(counter);
        }
    }

    /** By name in Flink's configuration. */
    public static final class Factory implements MetricReporterFactory {
        @Override
        public MetricReporter createMetricReporter(Properties properties) {
            return new JobCounts();
        }
    }
}
