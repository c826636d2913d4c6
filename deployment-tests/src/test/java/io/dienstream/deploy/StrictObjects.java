package io.dienstream.deploy;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.MapperFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.cfg.CoercionAction;
import com.fasterxml.jackson.databind.cfg.CoercionInputShape;
import com.fasterxml.jackson.databind.cfg.MapperConfig;
import com.fasterxml.jackson.databind.introspect.Annotated;
import com.fasterxml.jackson.databind.introspect.JacksonAnnotationIntrospector;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.type.LogicalType;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * Reads an object into the very class that its controller has, and writes it again: an unknown key,
 * a wrong type and a value that does not survive (a misspelt enum) are errors. fabric8 and Strimzi
 * collect unknown keys in a map; that setter is switched off here.
 */
final class StrictObjects {
    private static final ObjectMapper STRICT =
            JsonMapper.builder()
                    .annotationIntrospector(new NoLeniency())
                    .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
                    .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
                    .disable(MapperFeature.ALLOW_COERCION_OF_SCALARS)
                    .withCoercionConfig(
                            LogicalType.Textual,
                            c ->
                                    c.setCoercion(CoercionInputShape.Integer, CoercionAction.Fail)
                                            .setCoercion(
                                                    CoercionInputShape.Float, CoercionAction.Fail)
                                            .setCoercion(
                                                    CoercionInputShape.Boolean,
                                                    CoercionAction.Fail))
                    .build();

    private StrictObjects() {}

    /** What is wrong with {@code object} as a {@code type}. */
    static List<String> errors(JsonNode object, Class<?> type) {
        List<String> errors = new ArrayList<>();
        try {
            JsonNode back = STRICT.valueToTree(STRICT.treeToValue(object, type));
            if (back.has("apiVersion")) {
                // Strimzi writes its old version, whatever it read
                ((ObjectNode) back).set("apiVersion", object.get("apiVersion"));
            }
            lost(errors, "", object, back);
        } catch (IOException | RuntimeException e) {
            errors.add(e.getMessage());
        }
        return errors;
    }

    private static void lost(List<String> errors, String path, JsonNode in, JsonNode out) {
        if (in.isContainerNode() && !in.isEmpty()) {
            if (out == null
                    || out.getNodeType() != in.getNodeType()
                    || (in.isArray() && in.size() != out.size())) {
                errors.add(path + ": " + in + " became " + out);
            } else if (in.isObject()) {
                in.properties()
                        .forEach(
                                e ->
                                        lost(
                                                errors,
                                                path + "/" + e.getKey(),
                                                e.getValue(),
                                                out.get(e.getKey())));
            } else {
                for (int i = 0; i < in.size(); i++) {
                    lost(errors, path + "/" + i, in.get(i), out.get(i));
                }
            }
        } else if (in.isValueNode()
                && !in.isNull()
                && (out == null || !in.asText().equals(out.asText()))) {
            errors.add(path + ": " + in + " became " + out);
        }
    }

    private static final class NoLeniency extends JacksonAnnotationIntrospector {
        private static final long serialVersionUID = 1;

        @Override
        public Boolean hasAnySetter(Annotated a) {
            return Boolean.FALSE;
        }

        /** Defaults are written too, or a value that equals its default would look lost. */
        @Override
        public JsonInclude.Value findPropertyInclusion(Annotated a) {
            return JsonInclude.Value.construct(
                    JsonInclude.Include.ALWAYS, JsonInclude.Include.ALWAYS);
        }

        @Override
        public JsonIgnoreProperties.Value findPropertyIgnoralByName(
                MapperConfig<?> config, Annotated a) {
            return super.findPropertyIgnoralByName(config, a).withoutIgnoreUnknown();
        }
    }
}
