package io.dienstream.datasets.prepare;

import io.dienstream.dien.history.EventKey;
import java.util.List;

/**
 * One act of a user.
 *
 * @param user id
 * @param ad values of the source's ad fields, in order; empty where unknown
 * @param timestamp event time, ms
 * @param eventKey of its event id; where the log has none, the line number
 */
public record Interaction(String user, List<String> ad, long timestamp, EventKey eventKey) {}
