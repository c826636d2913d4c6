package io.dienstream.job.record;

/**
 * A record's way out.
 *
 * @param message for people; no user data
 */
public record Rejection(Reason reason, String message) {
    /** Our own code failed; the log has the rest. */
    public static Rejection internal(Exception e) {
        return new Rejection(Reason.INTERNAL, e.getClass().getName());
    }
}
