package io.dienstream.cli.page;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
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
                .picture("<svg/>", HOSTILE)
                .write(file);
        String page = Files.readString(file);
        assertThat(page.split(Pattern.quote(TEXT), -1)).hasSize(10);
        assertThat(page).doesNotContain("<script", "\u001b", "\u202e");
    }

    @Test
    void markdownHasNoCellsElementsAndLinksOfItsOwn() {
        assertThat(Markdown.text("a|b\n<script>[x](y)`c`\\ d_e"))
                .isEqualTo("a\\|b\\\\u000a\\<script>\\[x](y)\\`c\\`\\\\ d_e");
        assertThat(Markdown.text("/models/current")).isEqualTo("/models/current");
    }
}
