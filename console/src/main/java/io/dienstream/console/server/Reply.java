package io.dienstream.console.server;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.nio.charset.StandardCharsets;

/**
 * An answer over HTTP.
 *
 * @param type its media type
 */
public record Reply(int status, String type, byte[] body) {
    /** 200 with JSON. */
    public static Reply json(JsonNode node) {
        return json(200, node);
    }

    static Reply json(int status, JsonNode node) {
        return new Reply(
                status,
                "application/json; charset=utf-8",
                node.toString().getBytes(StandardCharsets.UTF_8));
    }

    /** Something that is not as asked for, {@code {"problem": ...}}. */
    public static Reply problem(int status, String message) {
        return json(status, JsonNodeFactory.instance.objectNode().put("problem", message));
    }
}
