package io.dienstream.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import org.junit.jupiter.api.Test;

/**
 * What is in the image {@code dien} beside Java, by the lines of the Dockerfile that copy it:
 * docs/reference/operator-image.md is the list, and {@code -Ddien.docs.write=true} writes it.
 */
class OperatorImageIT {
    private static final Path DOCKERFILE = Documents.ROOT.resolve("Dockerfile");

    /** The part of the Dockerfile that makes the image, up to the next one. */
    private static final Pattern STAGE =
            Pattern.compile("(?ms)^FROM \\S+ AS operate$(.*?)(?=^FROM |\\z)");

    private static final Pattern COPY = Pattern.compile("(?m)^COPY (\\S+) (\\S+)$");

    /** Networks are trained, and kernels compared with others, in other images. */
    private static final Pattern NOT_FOR_OPERATORS =
            Pattern.compile("(?i).*(pytorch|djl|onnx|jmh|libgomp|cuda).*");

    /** What such jars hold, also where they are packed into another. */
    private static final Pattern INSIDE =
            Pattern.compile(
                    "(ai/djl|org/pytorch|ai/onnxruntime|org/openjdk/jmh)/.*"
                            + "|(.*/)?lib(torch|c10|onnxruntime|gomp|cud)[^/]*");

    private static final Set<String> OURS =
            Set.of(
                    "cli",
                    "datasets",
                    "dien-model",
                    "evaluation",
                    "flink-job",
                    "operate",
                    "schemas");

    private static Map<String, Path> jars() throws IOException {
        Matcher stage = STAGE.matcher(Files.readString(DOCKERFILE));
        assertThat(stage.find()).as("the stage `operate` of the Dockerfile").isTrue();
        Map<String, Path> jars = new TreeMap<>();
        Matcher copy = COPY.matcher(stage.group(1));
        while (copy.find()) {
            assertThat(copy.group(2)).startsWith("/opt/dien/lib");
            Path source = Documents.ROOT.resolve(copy.group(1));
            assertThat(source).as("./mvnw verify makes it").exists();
            try (Stream<Path> files = Files.walk(source)) {
                for (Path file : files.filter(Files::isRegularFile).toList()) {
                    assertThat(jars.put(file.getFileName().toString(), file)).isNull();
                }
            }
        }
        assertThat(stage.group(1).lines().filter(l -> l.matches("(?i)(copy|add|run) .*")))
                .hasSize(2);
        return jars;
    }

    private static boolean isOurs(String jar) {
        return OURS.stream().anyMatch(module -> jar.matches(module + "-\\d.*\\.jar"));
    }

    @Test
    void theListSaysWhatIsInTheImage() throws IOException {
        Map<String, Path> jars = jars();
        StringBuilder table = new StringBuilder("| jar | kB |\n|---|---|\n");
        long bytes = 0;
        long ours = 0;
        for (Map.Entry<String, Path> jar : jars.entrySet()) {
            long size = Files.size(jar.getValue());
            if (isOurs(jar.getKey())) {
                ours += size;
                table.append("| `%s` | ours |%n".formatted(jar.getKey()));
            } else {
                bytes += size;
                table.append("| `%s` | %,d |%n".formatted(jar.getKey(), (size + 500) / 1_000));
            }
        }
        StringBuilder text = new StringBuilder();
        text.append("# What is in the image `dien`\n\n");
        text.append("Made by `OperatorImageIT` from the files that the `Dockerfile` copies: what");
        text.append(" operators run, without PyTorch, ONNX Runtime or JMH. Beside it the image");
        text.append(
                " has its base, a Java runtime. %d jars of others have".formatted(others(jars)));
        text.append(" %.1f MB, the %d of this project".formatted(bytes / 1e6, ownJars(jars)));
        text.append(" less than 2 MB; licenses are in `operate/target/bom.json`");
        text.append(" ([Security](../operate/security.md#what-it-is-made-of)).\n\n");
        if (Documents.areOfThisFlink()) {
            Documents.assertCurrent(
                    "docs/reference/operator-image.md", text.append(table).toString());
        }
        assertThat(jars).hasSizeBetween(60, 100);
        assertThat(ours).isLessThan(2_000_000);
    }

    private static long ownJars(Map<String, Path> jars) {
        return jars.keySet().stream().filter(OperatorImageIT::isOurs).count();
    }

    private static long others(Map<String, Path> jars) {
        return jars.size() - ownJars(jars);
    }

    /** By the names of jars, and by what is packed inside them. */
    @Test
    void nothingThatOperatorsDoNotNeedIsInIt() throws IOException {
        Map<String, Path> jars = jars();
        Set<String> found = new TreeSet<>();
        Set<String> own = new HashSet<>();
        for (Map.Entry<String, Path> jar : jars.entrySet()) {
            if (NOT_FOR_OPERATORS.matcher(jar.getKey()).matches()) {
                found.add(jar.getKey());
            }
            for (String entry : entries(jar.getValue())) {
                if (INSIDE.matcher(entry).matches()) {
                    found.add(jar.getKey() + "!" + entry);
                }
            }
            if (isOurs(jar.getKey())) {
                own.add(jar.getKey().replaceFirst("-\\d.*", ""));
            }
        }
        assertThat(found).isEmpty();
        assertThat(own).containsExactlyInAnyOrderElementsOf(OURS);
    }

    /** The check itself: what the image held once, and what is inside the jars. */
    @Test
    void whatOperatorsDoNotNeedIsSeen() {
        assertThat(
                        List.of(
                                "pytorch-native-cpu-2.7.1-linux-x86_64.jar",
                                "pytorch-engine-0.34.0.jar",
                                "onnxruntime-1.22.0.jar",
                                "jmh-core-1.37.jar"))
                .allMatch(name -> NOT_FOR_OPERATORS.matcher(name).matches());
        assertThat(
                        List.of(
                                "ai/djl/Model.class",
                                "org/openjdk/jmh/Main.class",
                                "native/lib/libtorch_cpu.so",
                                "ai/onnxruntime/native/linux-x64/libonnxruntime.so"))
                .allMatch(name -> INSIDE.matcher(name).matches());
    }

    private static List<String> entries(Path jar) throws IOException {
        try (ZipFile zip = new ZipFile(jar.toFile())) {
            return zip.stream().map(ZipEntry::getName).toList();
        }
    }
}
