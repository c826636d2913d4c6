package io.dienstream.job.state;

import io.dienstream.dien.history.InterestHistory;

/**
 * What keyed state holds for a user.
 *
 * @param modelFingerprint stamp of the model that computed the interest states
 * @param touched when the last behavior was applied: processing time in latest mode, event time in
 *     event-time mode; ms
 */
public record StoredHistory(long modelFingerprint, long touched, InterestHistory history) {}
