package io.dienstream.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * In the documents that say how fast the system is, a table of figures, or the paragraph before it,
 * names the command that measured them, the machine and the day.
 */
class FiguresDocTest {
    private static final Pattern FIGURE = Pattern.compile("\\d");
    private static final Pattern COMMAND = Pattern.compile("`(\\./dien|--)[^`]*`");
    private static final Pattern MACHINE = Pattern.compile("machine|cores");
    private static final Pattern DATE = Pattern.compile("\\b20\\d\\d-\\d\\d-\\d\\d\\b");

    @ParameterizedTest
    @ValueSource(strings = {"README.md", "docs/performance.md"})
    void aTableOfFiguresNamesItsCommandMachineAndDate(String document) {
        String text = Documents.text(Documents.ROOT.resolve(document));
        List<String> blocks = Arrays.asList(Documents.withoutBlocks(text).split("\n\\s*\n"));
        List<String> without = new ArrayList<>();
        int tables = 0;
        for (int n = 1; n < blocks.size(); n++) {
            String table = blocks.get(n);
            if (!table.startsWith("|") || !FIGURE.matcher(body(table)).find()) {
                continue;
            }
            tables++;
            String both = blocks.get(n - 1) + "\n" + table;
            for (Pattern needed : List.of(COMMAND, MACHINE, DATE)) {
                if (!needed.matcher(both).find()) {
                    without.add(table.lines().findFirst().orElseThrow() + " lacks " + needed);
                }
            }
        }
        assertThat(without).isEmpty();
        assertThat(tables).isPositive();
    }

    /** Without links, whose targets may have digits. */
    private static String body(String table) {
        return table.replaceAll("\\]\\([^)]*\\)", "");
    }
}
