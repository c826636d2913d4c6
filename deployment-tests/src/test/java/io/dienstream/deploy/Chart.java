package io.dienstream.deploy;

import com.fasterxml.jackson.databind.JsonNode;
import com.marcnuri.helm.Helm;
import com.marcnuri.helm.TemplateCommand;
import com.marcnuri.helm.jni.NativeLibrary;
import io.dienstream.dien.Needed;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.ServiceLoader;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * k8s/chart, rendered by Helm's own code, which is a native library. Where there is none for the
 * platform, whatever asks for it is skipped.
 */
final class Chart {
    static final Path DIRECTORY = Manifests.ROOT.resolve("k8s/chart");
    static final String RELEASE = "dien-stream";
    private static final String LEARNING = "dien-learning";
    private static final String KUBERNETES = "1.30.0";

    /** What is in the overlays and not in the chart, because it is there before. */
    private static final Set<String> BEFORE = Set.of("Namespace", "Kafka", "KafkaNodePool");

    private static final Map<String, String> RENDERED = new ConcurrentHashMap<>();

    private Chart() {}

    static Helm helm() {
        Needed.here(
                "helm",
                ServiceLoader.load(NativeLibrary.class).findFirst().isPresent(),
                "no native library of Helm for "
                        + System.getProperty("os.name")
                        + " on "
                        + System.getProperty("os.arch"));
        return new Helm(DIRECTORY);
    }

    /** With the chart's own files of values, and nothing around. */
    static Manifests alone(String values) throws IOException {
        String release = values.equals(Manifests.scoring(values)) ? RELEASE : LEARNING;
        String text =
                RENDERED.computeIfAbsent(
                        values, v -> render(release, files(v).toArray(Path[]::new)));
        return Manifests.parse(text);
    }

    /** A later one goes over those before it; the learning job's goes over the scoring job's. */
    private static List<Path> files(String values) {
        String scoring = Manifests.scoring(values);
        List<Path> files = new ArrayList<>();
        files.add(file(scoring.replaceFirst("-s3$", "")));
        if (scoring.endsWith("-s3")) {
            files.add(file(scoring));
        }
        if (!values.equals(scoring)) {
            files.add(file(values.replaceFirst("-s3$", "")));
        }
        return files;
    }

    private static Path file(String values) {
        return DIRECTORY.resolve("values-" + values + ".yaml");
    }

    /**
     * @param values a later one goes over those before it
     */
    static String render(String release, Path... values) {
        TemplateCommand template =
                helm().template()
                        .withKubeVersion(KUBERNETES)
                        .withName(release)
                        .withNamespace(RELEASE);
        for (Path file : values) {
            template.withValuesFile(file);
        }
        return template.call();
    }

    /** With what the overlay of the same name has around it: namespaces and Kafka. */
    static Manifests rendered(String values) throws IOException {
        String scoring = Manifests.scoring(values);
        List<JsonNode> objects = new ArrayList<>(alone(scoring).objects());
        Manifests.alone(scoring).objects().stream().filter(Chart::isBefore).forEach(objects::add);
        Manifests before = new Manifests(objects);
        return values.equals(scoring) ? before : alone(values).withShared(before);
    }

    static boolean isBefore(JsonNode object) {
        String kind = object.path("kind").asText();
        boolean ofKafka = object.at("/metadata/namespace").asText().equals("dien-kafka");
        return BEFORE.contains(kind) || (ofKafka && kind.equals("NetworkPolicy"));
    }
}
