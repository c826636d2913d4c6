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
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** docs/SEMANTICS.md and docs/SECURITY.md name tests that exist. */
class SemanticsDocTest {
    private static final Path ROOT = Path.of("..");

    /** {@code `SomeTest.someMethod`}. */
    private static final Pattern NAME = Pattern.compile("`([A-Z]\\w*(?:Test|IT))\\.(\\w+)`");

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
    @CsvSource({"SEMANTICS, 60", "SECURITY, 25"})
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
}
