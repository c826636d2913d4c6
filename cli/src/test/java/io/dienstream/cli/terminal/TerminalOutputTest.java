package io.dienstream.cli.terminal;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.api.Test;

class TerminalOutputTest {
    private static final String TITLE = "\u001b]0;x\u0007";
    private static final String SHOWN = "\\u001b]0;x\\u0007";

    private final StringWriter screen = new StringWriter();
    private final TerminalOutput out = TerminalOutput.of(new PrintWriter(screen));

    @Test
    void noControlCharacterReachesTheTerminal() {
        out.print(TITLE);
        out.println(TITLE);
        out.print('\u009b');
        out.append("\u202e").write("\u007f\n");
        out.flush();
        assertThat(screen.toString()).isEqualTo(SHOWN + SHOWN + "\n\\u009b\\u202e\\u007f\n");
    }

    /** Else an id could show a line that no command has printed. */
    @Test
    void anArgumentStaysOnItsLine() {
        Map<String, Long> counts = Map.of("a\nok", 1L);
        out.printf("%s %s %,d %s%n", "u\nok", Path.of("x\ny"), 1_000, counts);
        out.printf(Locale.ROOT, "%s %.1f %b %c%n", List.of("\t"), 0.5, true, 'x');
        assertThat(screen)
                .hasToString("u\\u000aok x\\u000ay 1,000 {a\\u000aok=1}\n[\\u0009] 0.5 true x\n");
    }

    @Test
    void aCharacterOfTwoHalvesMayComeInTwoCalls() {
        out.print('\ud83d');
        out.print('\ude80');
        out.print("\r");
        out.print("\nx\r");
        out.println();
        out.print('\ud83d');
        out.flush();
        assertThat(screen.toString()).isEqualTo("\ud83d\ude80\nx\n\\ud83d");
    }

    @Test
    void theRuleIsAppliedOnceAndCanBeLeftOut() {
        assertThat(TerminalOutput.of(out)).isSameAs(out);
        TerminalOutput.unescaped(out).print("\u001b[2K");
        assertThat(screen.toString()).isEqualTo("\u001b[2K");
    }
}
