package io.dienstream.console.feed;

import java.util.Map;

/**
 * One behavior of a user.
 *
 * @param timestamp event time, ms
 */
public record Seen(long timestamp, String eventId, Map<String, String> fields) {}
