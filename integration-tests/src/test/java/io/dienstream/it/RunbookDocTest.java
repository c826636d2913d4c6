package io.dienstream.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** Every alert leads to a section with a command, what it shows, and what to do then. */
class RunbookDocTest {
    private static final Pattern ALERT = Pattern.compile("- alert: (\\w+)");

    @Test
    void everyAlertHasACommandAndANextStep() {
        String runbook = Documents.text(Documents.ROOT.resolve("docs/operate/runbook.md"));
        String alerts = Documents.text(Documents.ROOT.resolve("monitoring/alerts.yml"));
        Matcher alert = ALERT.matcher(alerts);
        int sections = 0;
        while (alert.find()) {
            String heading = "\n### " + alert.group(1) + "\n";
            assertThat(runbook).contains(heading);
            int from = runbook.indexOf(heading) + heading.length();
            int to = (runbook + "\n##").indexOf("\n##", from);
            assertThat(runbook.substring(from, to))
                    .as(alert.group(1))
                    .contains("**Symptom.** ", "```sh\n", "**You see**", "**Next.** ");
            assertThat(alerts).contains("docs/operate/runbook.md#" + lower(alert.group(1)) + "\n");
            sections++;
        }
        assertThat(sections).isGreaterThan(10);
    }

    private static String lower(String name) {
        return name.toLowerCase(Locale.ROOT);
    }
}
