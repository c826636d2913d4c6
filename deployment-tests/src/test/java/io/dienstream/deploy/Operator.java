package io.dienstream.deploy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.lang.reflect.Field;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;

/**
 * The code of the Flink Kubernetes Operator that decides over a deployment: its validator and its
 * merging of pod templates. It is 1.7.0, the newest in Maven Central, in a class loader of its own,
 * because it needs Flink 1.17 and fabric8 6; what goes in and comes out is JSON.
 *
 * <p>Two things of a deployment are older for it than for an operator that runs Flink 2.2. {@code
 * spec.flinkVersion} becomes {@link #FLINK}, the newest that it knows. And the settings of {@link
 * #RENAMED} get the names that they had in Flink 1.17.
 */
final class Operator implements AutoCloseable {
    private static final Path JARS = Path.of("target/operator");
    private static final String FLINK = "v1_19";
    private static final Map<String, String> RENAMED =
            Map.of(
                    "execution.checkpointing.dir", "state.checkpoints.dir",
                    "execution.checkpointing.savepoint-dir", "state.savepoints.dir");

    private static final String PACKAGE = "org.apache.flink.kubernetes.operator.";
    private static final String POD = "io.fabric8.kubernetes.api.model.Pod";
    private static final String BY_NAME = "kubernetes.operator.pod-template.merge-arrays-by-name";

    private final URLClassLoader classes;
    private final Object json;

    Operator() throws IOException, ReflectiveOperationException {
        try (Stream<Path> files = Files.list(JARS)) {
            classes =
                    new URLClassLoader(
                            files.map(Operator::url).toArray(URL[]::new),
                            ClassLoader.getPlatformClassLoader());
        }
        json = type("com.fasterxml.jackson.databind.ObjectMapper").getConstructor().newInstance();
    }

    private static URL url(Path file) {
        try {
            return file.toUri().toURL();
        } catch (MalformedURLException e) {
            throw new IllegalStateException(e);
        }
    }

    private Class<?> type(String name) throws ClassNotFoundException {
        return Class.forName(name, true, classes);
    }

    private Object read(JsonNode tree, String type) throws ReflectiveOperationException {
        return json.getClass()
                .getMethod("readValue", String.class, Class.class)
                .invoke(json, tree.toString(), type(type));
    }

    /** What the validator refuses a new deployment for. */
    Optional<String> refusal(JsonNode deployment) throws ReflectiveOperationException {
        ObjectNode older = deployment.deepCopy();
        ((ObjectNode) older.get("spec")).put("flinkVersion", FLINK);
        ObjectNode settings = (ObjectNode) older.at("/spec/flinkConfiguration");
        RENAMED.forEach(
                (today, then) -> {
                    if (settings.has(today)) {
                        settings.set(then, settings.remove(today));
                    }
                });
        Class<?> resource = type(PACKAGE + "api.FlinkDeployment");
        Object flink = read(older, PACKAGE + "api.FlinkDeployment");
        Method status = resource.getDeclaredMethod("initStatus");
        status.setAccessible(true);
        resource.getMethod("setStatus", Object.class).invoke(flink, status.invoke(flink));
        Class<?> validator = type(PACKAGE + "validation.DefaultValidator");
        Object refusal =
                validator
                        .getMethod("validateDeployment", resource)
                        .invoke(
                                validator
                                        .getConstructor(type(PACKAGE + "config.FlinkConfigManager"))
                                        .newInstance(configManager()),
                                flink);
        return ((Optional<?>) refusal).map(Object::toString);
    }

    /** With the operator's own defaults alone, and no thread that looks for new ones. */
    private Object configManager() throws ReflectiveOperationException {
        Class<?> configuration = type("org.apache.flink.configuration.Configuration");
        Object defaults = configuration.getConstructor().newInstance();
        configuration
                .getMethod("setString", String.class, String.class)
                .invoke(defaults, "kubernetes.operator.dynamic.config.enabled", "false");
        return type(PACKAGE + "config.FlinkConfigManager")
                .getConstructor(configuration)
                .newInstance(defaults);
    }

    /**
     * The pod that the operator makes of the common template and one's own.
     *
     * @param own jobManager or taskManager
     */
    JsonNode pod(JsonNode deployment, String own) throws Exception {
        JsonNode spec = deployment.get("spec");
        boolean byName = spec.path("flinkConfiguration").path(BY_NAME).asBoolean();
        Object merged =
                type(PACKAGE + "utils.FlinkUtils")
                        .getMethod("mergePodTemplates", type(POD), type(POD), boolean.class)
                        .invoke(
                                null,
                                read(spec.get("podTemplate"), POD),
                                read(spec.get(own).get("podTemplate"), POD),
                                byName);
        Object text =
                json.getClass().getMethod("writeValueAsString", Object.class).invoke(json, merged);
        return Manifests.YAML.readTree((String) text);
    }

    /** The key of every setting of the operator, and of Flink on Kubernetes. */
    Set<String> settings() throws ReflectiveOperationException {
        Set<String> keys = new TreeSet<>();
        Class<?> option = type("org.apache.flink.configuration.ConfigOption");
        for (String holder :
                Set.of(
                        PACKAGE + "config.KubernetesOperatorConfigOptions",
                        "org.apache.flink.kubernetes.configuration.KubernetesConfigOptions")) {
            for (Field field : type(holder).getDeclaredFields()) {
                if (Modifier.isStatic(field.getModifiers())
                        && field.getType() == option
                        && field.trySetAccessible()) {
                    keys.add((String) option.getMethod("key").invoke(field.get(null)));
                }
            }
        }
        return keys;
    }

    @Override
    public void close() throws IOException {
        classes.close();
    }
}
