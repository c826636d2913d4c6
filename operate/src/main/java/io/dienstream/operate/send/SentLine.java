package io.dienstream.operate.send;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.dienstream.datasets.log.BehaviorLog;
import io.dienstream.datasets.log.ErasureLog;
import io.dienstream.datasets.log.JsonLines;
import io.dienstream.datasets.log.LineException;
import io.dienstream.datasets.log.RequestLog;
import io.dienstream.schema.AdRequest;
import io.dienstream.schema.Behavior;
import io.dienstream.schema.Erasure;

/**
 * A line of JSON as the message that it stands for, exactly one of the three. What a person does
 * not want to type may be left out: ids are then new ones, the time is now.
 */
public record SentLine(Behavior behavior, AdRequest request, Erasure erasure) {
    private static final String ERASE = "erase";

    /** What ids and times are made of where a line has none. */
    public interface Defaults {
        /** An id that nobody else has. */
        String id();

        /** The time, ms. */
        long now();
    }

    /**
     * Reads one line: with {@code candidates} it is an ad request, with {@code "erase": true} an
     * erasure, else a behavior.
     *
     * @param number of the line, from 1
     */
    public static SentLine parse(String line, long number, Defaults defaults) throws LineException {
        ObjectNode node = (ObjectNode) JsonLines.parse(line);
        complete(node, "timestamp", defaults);
        if (node.has("candidates")) {
            if (node.has("behaviors")) {
                throw new LineException(
                        "behaviors are part of a request only for dien score: the job has the"
                                + " user's own, send them as lines of their own");
            }
            complete(node, "request_id", defaults);
            return new SentLine(null, RequestLog.parse(node.toString(), number).request(), null);
        }
        JsonNode erase = node.remove(ERASE);
        if (erase != null && !erase.isBoolean()) {
            throw new LineException(ERASE + " is neither true nor false");
        }
        if (erase != null && erase.booleanValue()) {
            complete(node, "erasure_id", defaults);
            return new SentLine(null, null, ErasureLog.parse(node.toString(), number));
        }
        complete(node, "event_id", defaults);
        return new SentLine(BehaviorLog.parse(node.toString(), number), null, null);
    }

    private static void complete(ObjectNode node, String name, Defaults defaults) {
        if (!node.hasNonNull(name)) {
            if (name.equals("timestamp")) {
                node.put(name, defaults.now());
            } else {
                node.put(name, defaults.id());
            }
        }
    }
}
