package io.dienstream.job.record;

/**
 * A record's way out.
 *
 * @param message for people; no user data
 */
public record Rejection(Reason reason, String message) {}
