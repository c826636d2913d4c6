package io.dienstream.job.learning.join;

import io.dienstream.job.option.LearningOptions;
import io.dienstream.job.option.Settings;
import java.io.Serializable;
import java.time.Duration;

/**
 * How long is waited for what, ms of event time.
 *
 * @param waitMs W, from an impression to its label
 * @param correctionMs W2, from an impression to the last click that corrects its label
 * @param impressionMs from a request to the end of its snapshot, where nobody was shown anything
 */
record JoinTimes(long waitMs, long correctionMs, long impressionMs) implements Serializable {
    private static final long serialVersionUID = 1;

    /** How far an impression's or a click's time may be before its request's, ms: clocks differ. */
    static final long MOST_BEFORE_MS = 60_000;

    static JoinTimes of(Settings options) {
        Duration wait = options.get(LearningOptions.WAIT);
        Duration impression = options.get(LearningOptions.IMPRESSION_WAIT);
        return new JoinTimes(
                wait.toMillis(),
                options.get(LearningOptions.CORRECTION_WAIT).toMillis(),
                impression.isZero() ? wait.toMillis() : impression.toMillis());
    }

    /** When the next thing is due of {@code request}; NEVER where nothing is known of it. */
    long due(OpenRequest request) {
        if (!request.served) {
            return request.heldUntil;
        }
        long label = request.nextFinal();
        if (label != OpenRequest.NEVER) {
            return label;
        }
        return request.hasSnapshot
                ? snapshotUntil(request)
                : request.lastImpressed() + correctionMs;
    }

    /** Until when the request as it was scored is kept at least. */
    long snapshotUntil(OpenRequest request) {
        return request.requestedAt + impressionMs;
    }
}
