package io.dienstream.deploy;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.MappingIterator;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import io.dienstream.job.option.JobOptions;
import io.dienstream.job.option.LearningOptions;
import io.dienstream.job.option.Option;
import java.io.IOException;
import java.io.StringReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.TreeMap;

/** The objects of a rendered overlay or chart. */
record Manifests(List<JsonNode> objects) {
    static final Path ROOT = Path.of("..");
    static final YAMLMapper YAML =
            YAMLMapper.builder().enable(JsonParser.Feature.STRICT_DUPLICATE_DETECTION).build();

    /**
     * What is deployed.
     *
     * @param overlay the name of one, or with {@code chart/} before it of the chart's values; of
     *     the learning job together with what the scoring job's has for both
     */
    static Manifests rendered(String overlay) throws IOException {
        return overlay.startsWith("chart/")
                ? Chart.rendered(overlay.substring("chart/".length()))
                : alone(overlay).withShared(alone(scoring(overlay)));
    }

    /** An overlay's own objects. */
    static Manifests alone(String overlay) throws IOException {
        return read(ROOT.resolve("k8s/rendered/" + overlay + ".yaml"));
    }

    /** The overlay of the scoring job that goes before one of the learning job. */
    static String scoring(String overlay) {
        return overlay.replaceFirst("^learning-", "");
    }

    /** With what the learning job finds there when the scoring job's objects are; else as it is. */
    Manifests withShared(Manifests scoring) {
        if (job().equals("dien-stream")) {
            return this;
        }
        List<JsonNode> all = new ArrayList<>(objects);
        scoring.objects().stream().filter(Manifests::isShared).forEach(all::add);
        return new Manifests(all);
    }

    private static boolean isShared(JsonNode object) {
        return switch (object.path("kind").asText()) {
            case "Namespace", "Kafka", "KafkaNodePool", "PersistentVolumeClaim", "PrometheusRule" ->
                    true;
            case "ConfigMap" -> object.at("/data").has("dashboard.json");
            case "NetworkPolicy" -> !object.at("/metadata/name").asText().startsWith("dien-stream");
            default -> false;
        };
    }

    /** Whether models come from an object store, so that no volume is shared. */
    static boolean isWithoutModelsClaim(String overlay) {
        return overlay.endsWith("-s3");
    }

    /** The job's options as it reads them: the environment of its pods, else the file. */
    Map<String, String> options() throws IOException {
        Map<String, String> options = new TreeMap<>();
        for (JsonNode map : ofKind("ConfigMap")) {
            if (map.at("/data").has("options.properties")) {
                options.putAll(options(map));
            }
        }
        for (JsonNode variable :
                one("FlinkDeployment").at("/spec/podTemplate/spec/containers/0/env")) {
            for (Option<?> option : isLearning() ? LearningOptions.ALL : JobOptions.ALL) {
                if (option.environmentName().equals(variable.get("name").asText())) {
                    options.put(option.key(), variable.get("value").asText());
                }
            }
        }
        return options;
    }

    private static Map<String, String> options(JsonNode map) throws IOException {
        Properties file = new Properties();
        file.load(new StringReader(map.at("/data").get("options.properties").asText()));
        Map<String, String> options = new TreeMap<>();
        file.stringPropertyNames().forEach(key -> options.put(key, file.getProperty(key)));
        return options;
    }

    /** The name of the job: {@code dien-stream} or {@code dien-learning}. */
    String job() {
        return one("FlinkDeployment").at("/metadata/name").asText();
    }

    boolean isLearning() {
        return job().equals("dien-learning");
    }

    static Manifests read(Path file) throws IOException {
        return parse(Files.readString(file));
    }

    static Manifests parse(String text) throws IOException {
        try (MappingIterator<JsonNode> documents =
                YAML.readerFor(JsonNode.class).readValues(text)) {
            List<JsonNode> objects = new ArrayList<>();
            documents.forEachRemaining(objects::add);
            return new Manifests(objects);
        }
    }

    /** apiVersion and kind, as {@code apps/v1 Deployment}. */
    static String kind(JsonNode object) {
        return object.path("apiVersion").asText() + " " + object.path("kind").asText();
    }

    List<JsonNode> ofKind(String kind) {
        return objects.stream().filter(o -> o.path("kind").asText().equals(kind)).toList();
    }

    List<String> names(String kind) {
        return ofKind(kind).stream().map(o -> o.at("/metadata/name").asText()).toList();
    }

    /** The only one. */
    JsonNode one(String kind) {
        List<JsonNode> all = ofKind(kind);
        if (all.size() != 1) {
            throw new AssertionError(all.size() + " objects of kind " + kind);
        }
        return all.get(0);
    }
}
