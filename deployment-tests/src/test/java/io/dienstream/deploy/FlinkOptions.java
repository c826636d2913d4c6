package io.dienstream.deploy;

import java.io.File;
import java.io.IOException;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Enumeration;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import org.apache.flink.configuration.ConfigOption;
import org.apache.flink.configuration.FallbackKey;
import org.apache.flink.configuration.MetricOptions;

/** The key of every option that a class of Flink, its autoscaler or its operator declares. */
final class FlinkOptions {
    /** Newer than the newest autoscaler in Maven Central: its documentation, configuration. */
    private static final Set<String> AUTOSCALER =
            Set.of(
                    "job.autoscaler.utilization.target",
                    "job.autoscaler.utilization.min",
                    "job.autoscaler.utilization.max");

    /**
     * Of the guard before the REST server, docs/operate/security.md; its options are no public
     * ones.
     */
    private static final Set<String> GUARD =
            Set.of("dien.rest.allowed-hosts", "dien.rest.read-only");

    /** Of flink-s3-fs-hadoop: Flink's documentation, Amazon S3. */
    private static final Set<String> S3 = Set.of("s3.endpoint", "s3.path.style.access");

    /** The middle is whatever name the reporter gets. */
    private static final String REPORTER = "metrics.reporter.prometheus.";

    /** Flink's documentation, metric reporters. */
    private static final Set<String> REPORTERS =
            Set.of(MetricOptions.REPORTER_FACTORY_CLASS.key(), "port");

    private final Set<String> keys = new TreeSet<>();

    private FlinkOptions() {
        keys.addAll(AUTOSCALER);
        keys.addAll(S3);
        keys.addAll(GUARD);
    }

    /** Those on the class path, and of the operator and Flink on Kubernetes, which are not. */
    static FlinkOptions all() throws IOException, ReflectiveOperationException {
        FlinkOptions options = new FlinkOptions();
        try (Operator operator = new Operator()) {
            options.keys.addAll(operator.settings());
        }
        for (String entry : System.getProperty("java.class.path").split(File.pathSeparator, -1)) {
            Path jar = Path.of(entry);
            if (jar.getFileName().toString().startsWith("flink-") && Files.isRegularFile(jar)) {
                options.addAll(jar);
            }
        }
        return options;
    }

    private void addAll(Path jar) throws IOException {
        List<String> names = new ArrayList<>();
        try (JarFile file = new JarFile(jar.toFile())) {
            for (Enumeration<JarEntry> e = file.entries(); e.hasMoreElements(); ) {
                String name = e.nextElement().getName();
                if (name.endsWith("Options.class")) {
                    names.add(name.replaceAll("\\.class$", "").replace('/', '.'));
                }
            }
        }
        names.forEach(this::addClass);
    }

    private void addClass(String name) {
        try {
            for (Field field : Class.forName(name).getDeclaredFields()) {
                if (Modifier.isStatic(field.getModifiers())
                        && field.getType() == ConfigOption.class
                        && field.trySetAccessible()) {
                    ConfigOption<?> option = (ConfigOption<?>) field.get(null);
                    keys.add(option.key());
                    for (FallbackKey key : option.fallbackKeys()) {
                        if (!key.isDeprecated()) {
                            keys.add(key.getKey());
                        }
                    }
                }
            }
        } catch (ReflectiveOperationException | LinkageError e) {
            // an optional part of Flink whose libraries are not here: its options stay unknown
            System.err.println(name + " was not looked at: " + e);
        }
    }

    /** Whether Flink, its reporter, its autoscaler or its operator read {@code key}. */
    boolean has(String key) {
        return keys.contains(key)
                || (key.startsWith(REPORTER)
                        && REPORTERS.contains(key.substring(REPORTER.length())));
    }

    int size() {
        return keys.size();
    }

    @Override
    public String toString() {
        return keys.toString();
    }
}
