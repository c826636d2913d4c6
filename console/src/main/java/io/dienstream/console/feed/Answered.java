package io.dienstream.console.feed;

import io.dienstream.schema.ScoredRequest;
import io.dienstream.schema.ServedRequest;

/**
 * A request's answer, and what it was scored with.
 *
 * @param answer null where it has not been read yet
 * @param served null where it has not been read yet, or is not kept
 * @param arrivedNanos {@link System#nanoTime} when the answer was read
 */
public record Answered(ScoredRequest answer, ServedRequest served, long arrivedNanos) {
    Answered with(ServedRequest with) {
        return new Answered(answer, with, arrivedNanos);
    }

    boolean isComplete() {
        return answer != null && served != null;
    }
}
