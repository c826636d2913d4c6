package io.dienstream.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import java.util.zip.CRC32;
import java.util.zip.ZipFile;
import org.junit.jupiter.api.Test;

/** The bill of materials of the job's jar lists what is in the jar: no more, no less, no other. */
class JobJarBillIT {
    private static final Path TARGET = Path.of("../job-jar/target");

    /** Classes and native libraries by name in a jar or a directory of classes, with checksums. */
    private static Map<String, Long> contents(Path jarOrDirectory) throws IOException {
        Map<String, Long> contents = new HashMap<>();
        if (Files.isDirectory(jarOrDirectory)) {
            try (Stream<Path> files = Files.walk(jarOrDirectory)) {
                for (Path file : files.filter(Files::isRegularFile).toList()) {
                    CRC32 sum = new CRC32();
                    sum.update(Files.readAllBytes(file));
                    contents.put(jarOrDirectory.relativize(file).toString(), sum.getValue());
                }
            }
        } else {
            try (ZipFile jar = new ZipFile(jarOrDirectory.toFile())) {
                jar.stream().forEach(e -> contents.put(e.getName(), e.getCrc()));
            }
        }
        contents.keySet().removeIf(name -> !isCode(name));
        return contents;
    }

    private static boolean isCode(String name) {
        return (name.endsWith(".class") && !name.endsWith("module-info.class"))
                || name.matches(".*\\.(so|dll|dylib|jnilib|a)");
    }

    /** Where a component's jar is on this class path; ours may be a directory of classes. */
    private static Path jar(JsonNode component) {
        String name = component.get("name").asText();
        String file = name + "-" + component.get("version").asText() + ".jar";
        List<Path> found =
                Stream.of(System.getProperty("java.class.path").split(File.pathSeparator, -1))
                        .map(Path::of)
                        .filter(
                                p ->
                                        p.endsWith(file)
                                                || p.toString()
                                                        .endsWith("/" + name + "/target/classes"))
                        .toList();
        assertThat(found).as(file + " on the class path").hasSize(1);
        return found.get(0);
    }

    @Test
    void theBillListsWhatIsInTheJar() throws IOException {
        Path bill = TARGET.resolve("bom.json");
        assertThat(bill).as("./mvnw verify writes it, where it is not offline").exists();
        Map<String, Long> inJar = contents(TARGET.resolve("dien-stream-job.jar"));
        assertThat(inJar).hasSizeGreaterThan(5_000);
        Map<String, Long> unlisted = new TreeMap<>(inJar);
        Set<String> names = new TreeSet<>();
        for (JsonNode component :
                new ObjectMapper().readTree(Files.readString(bill)).get("components")) {
            Map<String, Long> own = contents(jar(component));
            names.add(component.get("name").asText());
            assertThat(own).as(component.get("purl").asText()).isNotEmpty();
            assertThat(inJar).as(component.get("purl").asText()).containsAllEntriesOf(own);
            unlisted.keySet().removeAll(own.keySet());
        }
        assertThat(unlisted).as("of no component on the bill").isEmpty();
        assertThat(names)
                .contains("flink-job", "flink-connector-kafka", "kafka-clients", "zstd-jni", "avro")
                .doesNotContain("flink-runtime", "commons-compress");
    }
}
