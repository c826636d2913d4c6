package io.dienstream.datasets.log;

import com.fasterxml.jackson.databind.JsonNode;
import io.dienstream.schema.Erasure;

/**
 * Erasures in a file, a line each: {@code {"user_id": ..., "timestamp": ms, "erasure_id": ...}},
 * the last of which may be left out.
 */
public final class ErasureLog {
    private ErasureLog() {}

    /** One line; {@code number}, from 1, is its erasure id where it has none. */
    public static Erasure parse(String line, long number) throws LineException {
        JsonNode node = JsonLines.parse(line);
        return new Erasure(
                JsonLines.optionalText(node, "erasure_id", Long.toString(number)),
                JsonLines.text(node, "user_id"),
                JsonLines.integer(node, "timestamp"));
    }
}
