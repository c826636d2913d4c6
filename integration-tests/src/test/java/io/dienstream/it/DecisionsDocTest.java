package io.dienstream.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** A decision that code or a document names by its number can be found, and is short. */
class DecisionsDocTest {
    private static final Path FOLDER = Documents.ROOT.resolve("docs/decisions");
    private static final int MOST_LINES = 25;

    /** A row of the table: its number, and where the decision stands. */
    private static final Pattern ROW =
            Pattern.compile("(?m)^\\| <a id=\"(\\d+)\"></a>(\\d+) \\|.*\\| (.+) \\|$");

    private static final Pattern NAMED = Pattern.compile("(?i)\\bdecisions? (\\d+)\\b");

    private static final Pattern STATUS =
            Pattern.compile("(?m)^\\*(Accepted|Superseded by \\d{4})\\.\\*");

    private static List<MatchResult> rows() {
        return ROW.matcher(Documents.text(FOLDER.resolve("README.md"))).results().toList();
    }

    @Test
    void everyNumberUpToTheNewestStandsInTheTableOnce() {
        List<Integer> numbers = rows().stream().map(row -> Integer.parseInt(row.group(2))).toList();
        assertThat(numbers)
                .isEqualTo(IntStream.rangeClosed(1, numbers.size()).boxed().toList())
                .hasSizeGreaterThanOrEqualTo(89);
        assertThat(rows()).allMatch(row -> row.group(1).equals(row.group(2)));
    }

    @Test
    void everyFileIsShortSaysWhatHoldsAndIsInTheTable() throws IOException {
        List<Path> files =
                Documents.files(
                        file ->
                                file.getParent().equals(FOLDER)
                                        && file.getFileName().toString().matches("\\d{4}-.*"));
        assertThat(files).hasSizeGreaterThan(25);
        for (Path file : files) {
            String text = Documents.text(file);
            String number = file.getFileName().toString().substring(0, 4);
            assertThat(text.lines().count()).as(file.toString()).isLessThanOrEqualTo(MOST_LINES);
            assertThat(text)
                    .startsWith("# " + number + " ")
                    .containsPattern(STATUS)
                    .contains("**Context.** ", "**Decision.** ", "**Consequences.** ");
            assertThat(rows())
                    .as("the row of " + file)
                    .anyMatch(
                            row ->
                                    Integer.parseInt(row.group(2)) == Integer.parseInt(number)
                                            && row.group(3)
                                                    .contains("(" + file.getFileName() + ")"));
        }
    }

    @Test
    void everyDecisionThatIsNamedIsThere() throws IOException {
        TreeSet<Integer> there = new TreeSet<>();
        rows().forEach(row -> there.add(Integer.parseInt(row.group(2))));
        List<String> missing = new ArrayList<>();
        int names = 0;
        for (Path file :
                Documents.files(f -> f.toString().matches(".*\\.(java|md|ya?ml|sh|xml)"))) {
            Matcher name = NAMED.matcher(Documents.text(file));
            while (name.find()) {
                names++;
                if (!there.contains(Integer.parseInt(name.group(1)))) {
                    missing.add(file + ": " + name.group());
                }
            }
        }
        assertThat(missing).isEmpty();
        assertThat(names).isGreaterThan(20);
    }
}
