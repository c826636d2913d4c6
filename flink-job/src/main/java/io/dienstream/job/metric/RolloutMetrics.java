package io.dienstream.job.metric;

import org.apache.flink.metrics.Counter;
import org.apache.flink.metrics.Gauge;
import org.apache.flink.metrics.MetricGroup;

/** Where a task is in the rollout, and what became of commands there. */
public final class RolloutMetrics {
    public final Counter commandsRefused;
    public final Counter commandsUnreadable;

    /**
     * @param revision of the plan in effect
     * @param behind 1 where another than the plan's live version answers
     * @param refused versions that the task cannot use
     * @param held versions of the JVM
     */
    public RolloutMetrics(
            MetricGroup operator,
            Gauge<Long> revision,
            Gauge<Integer> behind,
            Gauge<Integer> refused,
            Gauge<Integer> held) {
        commandsRefused = JobMetrics.COMMANDS_REFUSED.counterOf(operator);
        commandsUnreadable = JobMetrics.COMMANDS_UNREADABLE.counterOf(operator);
        JobMetrics.REVISION.expose(operator, revision);
        JobMetrics.BEHIND.expose(operator, behind);
        JobMetrics.VERSIONS_REFUSED.expose(operator, refused);
        JobMetrics.VERSIONS_HELD.expose(operator, held);
    }
}
