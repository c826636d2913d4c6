package io.dienstream.job.state;

import io.dienstream.dien.history.InterestHistory;

/**
 * What keyed state holds for a user.
 *
 * @param modelFingerprint stamp of the model that computed the interest states
 * @param touched event time of the last behavior, of an erasure where there was none; in states of
 *     older releases in latest mode the processing time; ms
 * @param extracted how many behaviors, oldest first, have their interest states; those after them
 *     come from a tail, which has none
 */
public record StoredHistory(
        long modelFingerprint, long touched, InterestHistory history, int extracted) {

    /** One with all interest states. */
    public StoredHistory(long modelFingerprint, long touched, InterestHistory history) {
        this(modelFingerprint, touched, history, history.size());
    }
}
