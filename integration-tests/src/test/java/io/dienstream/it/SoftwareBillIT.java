package io.dienstream.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Every library that is shipped has a license that an Apache-licensed product may ship. */
class SoftwareBillIT {
    private static final Set<String> ALLOWED =
            Set.of(
                    "Apache-2.0",
                    "MIT",
                    "MIT-0",
                    "BSD-2-Clause",
                    "BSD-3-Clause",
                    "CC0-1.0",
                    "EPL-2.0",
                    "Public Domain");

    /** Libraries with another license, and why they may stay. */
    private static final Map<String, String> BY_NAME =
            Map.of(
                    "de.erichseifert.vectorgraphics2d:VectorGraphics2D",
                    "LGPL: a jar of its own that anyone may exchange; plots of ./dien only",
                    "org.openjdk.jmh:jmh-core",
                    "GPL with the classpath exception; ./dien bench kernels only",
                    "javax.annotation:javax.annotation-api",
                    "CDDL or GPL with the classpath exception; parquet readers of ./dien only",
                    "com.google.re2j:re2j",
                    "the Go license is BSD with three clauses",
                    "org.jline:jline-terminal",
                    "its text is BSD with three clauses, whatever the name is taken for",
                    "org.jline:jline-native",
                    "the same");

    @ParameterizedTest
    @ValueSource(strings = {"job-jar", "operate", "trainer", "distribution"})
    void licenses(String module) throws IOException {
        Path bill = Path.of("..", module, "target", "bom.json");
        assertThat(bill).as("./mvnw verify writes it").exists();
        List<String> refused = new ArrayList<>();
        JsonNode components = new ObjectMapper().readTree(Files.readString(bill)).get("components");
        assertThat(components).hasSizeGreaterThan(10);
        for (JsonNode component : components) {
            String name = component.path("group").asText() + ":" + component.path("name").asText();
            Set<String> licenses = licenses(component);
            boolean ours = name.startsWith("io.dienstream:");
            // several licenses: ours to choose one
            if (!ours
                    && licenses.stream().noneMatch(ALLOWED::contains)
                    && !BY_NAME.containsKey(name)) {
                refused.add(name + " " + licenses);
            }
        }
        assertThat(refused).isEmpty();
    }

    private static Set<String> licenses(JsonNode component) {
        Set<String> licenses = new TreeSet<>();
        for (JsonNode entry : component.path("licenses")) {
            JsonNode license = entry.path("license");
            licenses.add(
                    license.has("id")
                            ? license.get("id").asText()
                            : license.path("name").asText(entry.path("expression").asText()));
        }
        return licenses;
    }
}
