package io.dienstream.deploy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import java.io.IOException;
import java.io.InputStream;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The schemas of custom resource definitions, with every object closed: the API server drops keys
 * that it does not know without a word, a test must not.
 */
final class CustomResources {
    private final Map<String, Schema> schemas = new HashMap<>();

    /**
     * Takes a definition from the class path.
     *
     * @param flinkVersions what a newer operator also takes as spec.flinkVersion
     */
    CustomResources add(String resource, String... flinkVersions) throws IOException {
        try (InputStream in = CustomResources.class.getResourceAsStream(resource)) {
            JsonNode definition = Manifests.YAML.readTree(in);
            String group = definition.at("/spec/group").asText();
            String kind = definition.at("/spec/names/kind").asText();
            for (JsonNode version : definition.at("/spec/versions")) {
                String apiVersion = group + "/" + version.get("name").asText();
                ObjectNode schema = version.at("/schema/openAPIV3Schema").deepCopy();
                JsonNode known = schema.at("/properties/spec/properties/flinkVersion/enum");
                if (known instanceof ArrayNode versions) {
                    List.of(flinkVersions).forEach(versions::add);
                }
                ObjectNode properties = schema.withObject("/properties");
                properties.withObject("/apiVersion").put("type", "string");
                properties.withObject("/kind").put("type", "string");
                properties.withObject("/metadata").put("type", "object");
                properties.remove("status");
                ArrayNode required = schema.putArray("required");
                List.of("apiVersion", "kind", "metadata", "spec").forEach(required::add);
                close(schema);
                schemas.put(
                        apiVersion + " " + kind,
                        SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12)
                                .getSchema(schema));
            }
        }
        return this;
    }

    private static void close(JsonNode node) {
        if (!(node instanceof ObjectNode schema)) {
            return;
        }
        JsonNode properties = schema.path("properties");
        boolean open = schema.path("x-kubernetes-preserve-unknown-fields").asBoolean();
        if (properties.isObject() && !schema.has("additionalProperties") && !open) {
            schema.put("additionalProperties", false);
        }
        if (schema.path("nullable").asBoolean() && schema.path("type").isTextual()) {
            ArrayNode types = JsonNodeFactory.instance.arrayNode();
            schema.set("type", types.add(schema.get("type")).add("null"));
        }
        properties.forEach(CustomResources::close);
        close(schema.path("items"));
        close(schema.path("additionalProperties"));
    }

    boolean has(String kind) {
        return schemas.containsKey(kind);
    }

    /** What is wrong with an object of a {@link #has known} kind. */
    List<String> errors(String kind, JsonNode object) {
        return schemas.get(kind).validate(object).stream().map(Object::toString).toList();
    }
}
