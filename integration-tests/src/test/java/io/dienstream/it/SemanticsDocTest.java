package io.dienstream.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Documents name tests that exist: with their method where they promise something. */
class SemanticsDocTest {
    private static final Path ROOT = Path.of("..");

    /** {@code `SomeTest.someMethod`}. */
    private static final Pattern NAME = Pattern.compile("`([A-Z]\\w*(?:Test|IT))\\.(\\w+)`");

    /** {@code `SomeTest`}, or the beginning of {@link #NAME}; DIEN_LABELS_WAIT is no test. */
    private static final Pattern CLASS = Pattern.compile("`([A-Z][A-Za-z0-9]*(?:Test|IT))[.`]");

    private static Map<String, String> testSources() throws IOException {
        Map<String, String> sources = new HashMap<>();
        try (Stream<Path> files =
                Files.find(
                        ROOT,
                        20,
                        (path, attributes) ->
                                path.toString().contains("/src/test/java/")
                                        && path.toString().matches(".*(Test|IT)\\.java"))) {
            for (Path file : files.toList()) {
                String name = file.getFileName().toString();
                sources.put(
                        name.substring(0, name.length() - ".java".length()),
                        Files.readString(file));
            }
        }
        return sources;
    }

    @ParameterizedTest
    @CsvSource({
        "concepts/semantics, 60",
        "operate/security, 25",
        "concepts/rollout, 12",
        "concepts/labels, 20"
    })
    void everyTestThatItNamesExists(String document, int least) throws IOException {
        Map<String, String> sources = testSources();
        List<String> missing = new ArrayList<>();
        Matcher names = NAME.matcher(Files.readString(ROOT.resolve("docs/" + document + ".md")));
        int found = 0;
        while (names.find()) {
            found++;
            String source = sources.getOrDefault(names.group(1), "");
            Pattern test =
                    Pattern.compile(
                            "@(Test|ParameterizedTest)\\b[^;{}]*(\\{[^}]*\\})?[^;{}]*\\bvoid "
                                    + names.group(2)
                                    + "\\(");
            if (!test.matcher(source).find()) {
                missing.add(names.group());
            }
        }
        assertThat(missing).isEmpty();
        assertThat(found).isGreaterThanOrEqualTo(least);
    }

    @Test
    void everyTestClassThatADocumentNamesExists() throws IOException {
        Map<String, String> sources = testSources();
        List<String> missing = new ArrayList<>();
        int found = 0;
        for (Path file : Documents.markdown()) {
            if (Documents.isLab(file)) {
                continue;
            }
            Matcher names = CLASS.matcher(Documents.text(file));
            while (names.find()) {
                found++;
                if (!sources.containsKey(names.group(1))) {
                    missing.add(file + ": " + names.group(1));
                }
            }
        }
        assertThat(missing).isEmpty();
        assertThat(found).isGreaterThan(100);
    }
}
