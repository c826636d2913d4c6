package io.dienstream.datasets.log;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Reads members of one JSON line, refusing with {@link LineException} what is missing, wrong or not
 * known.
 */
public final class JsonLines {
    private static final JsonMapper MAPPER =
            JsonMapper.builder()
                    .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                    .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
                    .build();

    private JsonLines() {}

    /** The object that {@code line} is, and nothing beside it. */
    public static JsonNode parse(String line) throws LineException {
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

    /** Refuses a member of an object that is not one of {@code known}. */
    static void onlyKnown(JsonNode node, Collection<String> known, String where)
            throws LineException {
        for (Map.Entry<String, JsonNode> member : node.properties()) {
            if (!known.contains(member.getKey())) {
                throw new LineException(
                        "%s has no '%s'%s"
                                .formatted(
                                        where,
                                        member.getKey(),
                                        Spelling.hint(member.getKey(), known)));
            }
        }
    }

    /** A member that has to be there, as text. */
    public static String text(JsonNode node, String name) throws LineException {
        String value = scalar(node, name);
        if (value == null || value.isEmpty()) {
            throw new LineException(name + " is missing or empty" + slip(node, name));
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
            throw new LineException(
                    name
                            + " is missing or no whole number"
                            + (value.isMissingNode() ? slip(node, name) : ""));
        }
        return value.asLong();
    }

    /** Where a misspelt name is there in place of {@code name}. */
    private static String slip(JsonNode node, String name) {
        for (Map.Entry<String, JsonNode> member : node.properties()) {
            if (!member.getKey().equals(name) && Spelling.isSlip(member.getKey(), name)) {
                return ": '" + member.getKey() + "' is there";
            }
        }
        return "";
    }

    /**
     * Members that are not {@code reserved}, as texts; null members are left out. Any name may be a
     * field's, but one that is a reserved one misspelt, while that one is not there, is refused.
     */
    static Map<String, String> fields(JsonNode node, Collection<String> reserved)
            throws LineException {
        Map<String, String> fields = new LinkedHashMap<>();
        for (Map.Entry<String, JsonNode> member : node.properties()) {
            if (!reserved.contains(member.getKey())) {
                requireCharacters("a field's name", member.getKey());
                requireNoSlip(node, member.getKey(), reserved);
                String value = scalar(node, member.getKey());
                if (value != null) {
                    fields.put(member.getKey(), value);
                }
            }
        }
        return fields;
    }

    private static void requireNoSlip(JsonNode node, String name, Collection<String> reserved)
            throws LineException {
        for (String known : reserved) {
            if (!node.has(known) && Spelling.isSlip(name, known)) {
                throw new LineException(
                        "'" + name + "' is no field; did you mean '" + known + "'?");
            }
        }
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
