package io.dienstream.datasets.log;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;

/** Reads members of one JSON line, refusing with {@link LineException} what is missing or wrong. */
final class JsonLines {
    private static final JsonMapper MAPPER =
            JsonMapper.builder()
                    .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                    .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
                    .build();

    private JsonLines() {}

    static JsonNode parse(String line) throws LineException {
        try {
            JsonNode node = MAPPER.readTree(line);
            if (!node.isObject()) {
                throw new LineException("is no JSON object");
            }
            return node;
        } catch (JsonProcessingException e) {
            throw new LineException("is not JSON: " + e.getOriginalMessage());
        }
    }

    static String text(JsonNode node, String name) throws LineException {
        String value = scalar(node, name);
        if (value == null || value.isEmpty()) {
            throw new LineException(name + " is missing or empty");
        }
        return value;
    }

    static String optionalText(JsonNode node, String name, String otherwise) throws LineException {
        String value = scalar(node, name);
        return value == null ? otherwise : value;
    }

    static long integer(JsonNode node, String name) throws LineException {
        JsonNode value = node.path(name);
        if (!value.isIntegralNumber() || !value.canConvertToLong()) {
            throw new LineException(name + " is missing or no whole number");
        }
        return value.asLong();
    }

    /** Members that are not {@code reserved}, as texts; null members are left out. */
    static Map<String, String> fields(JsonNode node, Collection<String> reserved)
            throws LineException {
        Map<String, String> fields = new LinkedHashMap<>();
        for (Map.Entry<String, JsonNode> member : node.properties()) {
            if (!reserved.contains(member.getKey())) {
                requireCharacters("a field's name", member.getKey());
                String value = scalar(node, member.getKey());
                if (value != null) {
                    fields.put(member.getKey(), value);
                }
            }
        }
        return fields;
    }

    private static String scalar(JsonNode node, String name) throws LineException {
        JsonNode value = node.path(name);
        if (value.isMissingNode() || value.isNull()) {
            return null;
        }
        if (!value.isValueNode()) {
            throw new LineException(name + " is no text");
        }
        String text = value.asText();
        requireCharacters(name, text);
        return text;
    }

    /** JSON can name half a pair of surrogates, which UTF-8 cannot carry on. */
    private static void requireCharacters(String what, String text) throws LineException {
        if (text.codePoints().anyMatch(c -> Character.getType(c) == Character.SURROGATE)) {
            throw new LineException(what + " holds half a pair of surrogates");
        }
    }
}
