package io.dienstream.bench.stream;

import java.util.Map;
import java.util.Properties;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.metrics.Counter;
import org.apache.flink.metrics.Gauge;
import org.apache.flink.metrics.Metric;
import org.apache.flink.metrics.MetricConfig;
import org.apache.flink.metrics.MetricGroup;
import org.apache.flink.metrics.reporter.MetricReporter;
import org.apache.flink.metrics.reporter.MetricReporterFactory;

/**
 * The counters and gauges of the jobs in this JVM, read where they are: no REST, no interval. Flink
 * makes the reporter through {@link Factory}.
 */
public final class JobCounts implements MetricReporter {
    private static final Map<Metric, String> METRICS = new ConcurrentHashMap<>();
    private static final String GROUP = "dien";

    /** Sum over the subtasks of the jobs that run now. */
    public static long of(String metric) {
        return METRICS.entrySet().stream()
                .filter(e -> e.getValue().equals(metric))
                .mapToLong(e -> value(e.getKey()))
                .sum();
    }

    private static long value(Metric metric) {
        if (metric instanceof Counter counter) {
            return counter.getCount();
        }
        return metric instanceof Gauge<?> gauge && gauge.getValue() instanceof Number number
                ? number.longValue()
                : 0;
    }

    /** Configuration of a cluster whose jobs are counted. */
    public static Configuration configuration() {
        Configuration c = new Configuration();
        c.setString("metrics.reporter.counts.factory.class", Factory.class.getName());
        return c;
    }

    @Override
    public void open(MetricConfig config) {
        METRICS.clear();
    }

    @Override
    public void close() {
        METRICS.clear();
    }

    @Override
    public void notifyOfAddedMetric(Metric metric, String name, MetricGroup group) {
        String[] scope = group.getScopeComponents();
        boolean isCount = metric instanceof Counter || metric instanceof Gauge<?>;
        if (isCount && scope[scope.length - 1].equals(GROUP)) {
            METRICS.put(metric, name);
        }
    }

    @Override
    public void notifyOfRemovedMetric(Metric metric, String name, MetricGroup group) {
        METRICS.remove(metric);
    }

    /** By name in Flink's configuration. */
    public static final class Factory implements MetricReporterFactory {
        @Override
        public MetricReporter createMetricReporter(Properties properties) {
            return new JobCounts();
        }
    }
}
