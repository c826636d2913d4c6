package io.dienstream.datasets.log;

import com.fasterxml.jackson.databind.JsonNode;
import io.dienstream.schema.Erasure;
import java.util.List;

/**
 * Erasures in a file, a line each: {@code {"user_id": ..., "timestamp": ms, "erasure_id": ...}},
 * the last of which may be left out.
 */
public final class ErasureLog {
    private static final List<String> KEYS = List.of("erasure_id", "user_id", "timestamp");

    private ErasureLog() {}

    /** One line; {@code id} is its erasure id where it has none, see {@link LineIds}. */
    public static Erasure parse(String line, long id) throws LineException {
        JsonNode node = JsonLines.parse(line);
        JsonLines.onlyKnown(node, KEYS, "an erasure");
        return new Erasure(
                JsonLines.optionalText(node, "erasure_id", Long.toString(id)),
                JsonLines.text(node, "user_id"),
                JsonLines.integer(node, "timestamp"));
    }
}
