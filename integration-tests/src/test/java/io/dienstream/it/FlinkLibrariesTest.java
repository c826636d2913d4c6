package io.dienstream.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * What Flink's own jars carry inside, by their NOTICE files: no bill of a build names it, and no
 * version of ours changes it. docs/reference/flink-libraries.md ({@code -Ddien.docs.write=true}
 * writes it) and, for scanners, target/flink-libraries.cdx.json.
 */
class FlinkLibrariesTest {
    private static final Path BILL = Path.of("target/flink-libraries.cdx.json");

    /** {@code - group:artifact:version}, or with a classifier before the version. */
    private static final Pattern BUNDLED =
            Pattern.compile(
                    "(?m)^\\s*-\\s*([\\w.-]+):([\\w.-]+)(?::[\\w.-]+)?:([\\w.-]+)(?=\\s|$)");

    /** Jars by library, as {@code group:artifact:version}. */
    private static final Map<String, Set<String>> LIBRARIES = new TreeMap<>();

    @BeforeAll
    static void read() throws IOException {
        for (String entry : System.getProperty("java.class.path").split(File.pathSeparator, -1)) {
            Path jar = Path.of(entry);
            if (jar.getFileName().toString().matches("flink-.*\\.jar")) {
                try (ZipFile zip = new ZipFile(jar.toFile())) {
                    ZipEntry notice = zip.getEntry("META-INF/NOTICE");
                    if (notice != null) {
                        byte[] text = zip.getInputStream(notice).readAllBytes();
                        add(jar, new String(text, StandardCharsets.UTF_8));
                    }
                }
            }
        }
    }

    private static void add(Path jar, String notice) {
        Matcher m = BUNDLED.matcher(notice);
        while (m.find()) {
            LIBRARIES
                    .computeIfAbsent(
                            m.group(1) + ":" + m.group(2) + ":" + m.group(3), k -> new TreeSet<>())
                    .add(jar.getFileName().toString());
        }
    }

    @Test
    void theListIsCurrent() throws IOException {
        StringBuilder text = new StringBuilder();
        text.append("# Libraries inside Flink's jars\n\n");
        text.append("Made by `FlinkLibrariesTest` of the NOTICE files in the jars that this build");
        text.append(" runs with. A release of Flink alone changes them: what a scanner finds here");
        text.append(
                " cannot be mended in this repository ([Security](../operate/security.md#what-it-is-made-of)).\n\n");
        text.append("| library | version | inside |\n|---|---|---|\n");
        LIBRARIES.forEach(
                (library, jars) -> {
                    int version = library.lastIndexOf(':');
                    text.append(
                            "| `%s` | %s | %s |%n"
                                    .formatted(
                                            library.substring(0, version),
                                            library.substring(version + 1),
                                            String.join(", ", jars)));
                });
        if (Documents.areOfThisFlink()) {
            Documents.assertCurrent("docs/reference/flink-libraries.md", text.toString());
        }
        assertThat(LIBRARIES.keySet())
                .anyMatch(l -> l.startsWith("com.google.guava:guava:"))
                .anyMatch(l -> l.matches("io\\.netty:netty-handler:4\\.\\d\\.\\d+\\.Final"))
                .anyMatch(l -> l.startsWith("com.fasterxml.jackson.core:jackson-databind:"))
                .anyMatch(l -> l.startsWith("org.apache.zookeeper:zookeeper:"))
                .anyMatch(l -> l.startsWith("org.apache.pekko:pekko-remote_"));
    }

    /** What {@code osv-scanner} and {@code trivy} read. */
    @Test
    void theBillForScannersNamesEachByItsPackageUrl() throws IOException {
        ObjectMapper json = new ObjectMapper();
        ObjectNode bill = json.createObjectNode();
        bill.put("bomFormat", "CycloneDX").put("specVersion", "1.6").put("version", 1);
        ArrayNode components = bill.putArray("components");
        for (String library : LIBRARIES.keySet()) {
            String[] parts = library.split(":");
            String purl = "pkg:maven/%s/%s@%s".formatted(parts[0], parts[1], parts[2]);
            components
                    .addObject()
                    .put("type", "library")
                    .put("bom-ref", purl)
                    .put("group", parts[0])
                    .put("name", parts[1])
                    .put("version", parts[2])
                    .put("purl", purl);
        }
        json.writerWithDefaultPrettyPrinter().writeValue(BILL.toFile(), bill);
        assertThat(json.readTree(BILL.toFile()).get("components")).hasSizeGreaterThan(60);
    }
}
