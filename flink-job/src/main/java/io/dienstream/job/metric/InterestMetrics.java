package io.dienstream.job.metric;

import org.apache.flink.metrics.Counter;
import org.apache.flink.metrics.Gauge;
import org.apache.flink.metrics.MetricGroup;

/** What the interest operator counts: behaviors, users, and requests that it lets through late. */
public final class InterestMetrics {
    public final Counter appended;
    public final Counter inserted;
    public final Counter duplicate;
    public final Counter evicted;
    public final Counter erased;
    public final Counter usersErased;
    public final Counter usersCreated;
    public final Counter usersExpired;
    public final Counter lateRequests;
    public final DeadLetterMetrics deadLetters;

    /**
     * @param rebuilt histories so far that were rebuilt for another model
     * @param damaged histories so far that could not be read
     */
    public InterestMetrics(MetricGroup operator, Gauge<Long> rebuilt, Gauge<Long> damaged) {
        appended = JobMetrics.APPENDED.counterOf(operator);
        inserted = JobMetrics.INSERTED.counterOf(operator);
        duplicate = JobMetrics.DUPLICATE.counterOf(operator);
        evicted = JobMetrics.EVICTED.counterOf(operator);
        erased = JobMetrics.ERASED.counterOf(operator);
        usersErased = JobMetrics.USERS_ERASED.counterOf(operator);
        usersCreated = JobMetrics.USERS_CREATED.counterOf(operator);
        usersExpired = JobMetrics.USERS_EXPIRED.counterOf(operator);
        lateRequests = JobMetrics.LATE_REQUESTS.counterOf(operator);
        deadLetters = DeadLetterMetrics.of(operator);
        JobMetrics.REBUILT.expose(operator, rebuilt);
        JobMetrics.DAMAGED.expose(operator, damaged);
    }
}
