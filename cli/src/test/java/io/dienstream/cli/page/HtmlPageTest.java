package io.dienstream.cli.page;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HtmlPageTest {
    private static final String HOSTILE = "<script>\"'&\u001b\u202e";
    private static final String TEXT = "&lt;script&gt;&quot;&#39;&amp;\\u001b\\u202e";

    @TempDir private Path directory;

    @Test
    void whateverIsPutIntoItIsText() throws IOException {
        Path file = directory.resolve("page.html");
        new HtmlPage(HOSTILE)
                .heading(HOSTILE)
                .paragraph(HOSTILE)
                .facts(Map.of(HOSTILE, HOSTILE))
                .table(List.of(HOSTILE), List.of(List.of(HOSTILE)))
                .subheading(HOSTILE)
                .strip(List.of(new HtmlPage.Cell(HOSTILE, HOSTILE, 1)))
                .foldedTable(HOSTILE, List.of(), List.of())
                .picture(Plots.xy(HOSTILE, "x", "y"), HOSTILE)
                .write(file);
        String page = Files.readString(file);
        assertThat(page.split(Pattern.quote(TEXT), -1)).hasSize(15);
        assertThat(page).doesNotContain("<script", "\u001b", "\u202e");
    }

    @Test
    void itFitsAPhoneAndTheNight() throws IOException {
        Path file = directory.resolve("page.html");
        new HtmlPage("title")
                .strip(
                        List.of(
                                new HtmlPage.Cell("a", "43 %", 0.4321),
                                new HtmlPage.Cell("b", "", 0)))
                .picture(Plots.xy("chart", "x", "y"), "caption")
                .write(file);
        String page = Files.readString(file);
        assertThat(page)
                .contains("name=\"viewport\" content=\"width=device-width")
                .contains("color-scheme:light dark", "@media(prefers-color-scheme:dark)")
                .contains("<li style=\"--share:0.432\">a <small>43 %</small></li>")
                .contains("<li style=\"--share:0.000\">b");
        assertThat(picture(page, "<source media=\"(prefers-color-scheme:dark)\" srcset=\""))
                .contains("rgb(22,24,28)")
                .doesNotContain("rgb(255,255,255)");
        assertThat(picture(page, "<img src=\""))
                .contains("rgb(255,255,255)")
                .doesNotContain("rgb(22,24,28)");
        assertThat(page).contains("alt=\"caption\"");
    }

    /** The first picture behind {@code before}, as text. */
    private static String picture(String page, String before) {
        String type = "data:image/svg+xml;base64,";
        int from = page.indexOf(before + type) + before.length() + type.length();
        byte[] svg = Base64.getDecoder().decode(page.substring(from, page.indexOf('"', from)));
        return new String(svg, StandardCharsets.UTF_8);
    }

    @Test
    void markdownHasNoCellsElementsAndLinksOfItsOwn() {
        assertThat(Markdown.text("a|b\n<script>[x](y)`c`\\ d_e"))
                .isEqualTo("a\\|b\\\\u000a\\<script>\\[x](y)\\`c\\`\\\\ d_e");
        assertThat(Markdown.text("/models/current")).isEqualTo("/models/current");
    }
}
