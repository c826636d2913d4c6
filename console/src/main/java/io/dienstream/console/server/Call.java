package io.dienstream.console.server;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Map;

/**
 * A request over HTTP.
 *
 * @param query decoded
 * @param body JSON; a missing node where there is none
 */
public record Call(Map<String, String> query, JsonNode body) {
    /** A parameter of the query, or empty. */
    public String parameter(String name) {
        return query.getOrDefault(name, "");
    }
}
