package io.dienstream.cli.page;

import io.dienstream.cli.terminal.Printable;
import io.dienstream.dien.file.CompleteFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** A page that stands by itself: no script, no style sheet, no picture outside it. */
public final class HtmlPage {
    private static final String STYLE =
            "body{font:15px/1.5 sans-serif;max-width:60em;margin:2em auto;padding:0 1em;color:#222}"
                    + "table{border-collapse:collapse;margin:1em 0}"
                    + "td,th{border-bottom:1px solid #ddd;padding:.25em .8em;text-align:left}"
                    + "th{background:#f4f4f4}h1{font-size:1.5em}h2{font-size:1.15em;margin-top:2em}"
                    + "figure{margin:1em 0;overflow-x:auto}figcaption{color:#555}";

    private final StringBuilder body = new StringBuilder();
    private final String title;

    public HtmlPage(String title) {
        this.title = title;
        body.append("<h1>").append(escape(title)).append("</h1>\n");
    }

    public HtmlPage heading(String text) {
        body.append("<h2>").append(escape(text)).append("</h2>\n");
        return this;
    }

    public HtmlPage paragraph(String text) {
        body.append("<p>").append(escape(text)).append("</p>\n");
        return this;
    }

    /** Two columns. */
    public HtmlPage facts(Map<String, ?> facts) {
        body.append("<table>\n");
        facts.forEach(
                (name, value) ->
                        body.append("<tr><th>")
                                .append(escape(name))
                                .append("</th><td>")
                                .append(escape(String.valueOf(value)))
                                .append("</td></tr>\n"));
        body.append("</table>\n");
        return this;
    }

    public HtmlPage table(List<String> header, List<List<String>> rows) {
        body.append("<table>\n");
        row("th", header);
        rows.forEach(r -> row("td", r));
        body.append("</table>\n");
        return this;
    }

    private void row(String cell, List<String> values) {
        body.append("<tr>");
        for (String value : values) {
            body.append('<').append(cell).append('>').append(escape(value));
            body.append("</").append(cell).append('>');
        }
        body.append("</tr>\n");
    }

    /**
     * @param svg an element of {@link Plots#svg}
     */
    public HtmlPage picture(String svg, String caption) {
        body.append("<figure>").append(svg).append("<figcaption>");
        body.append(escape(caption)).append("</figcaption></figure>\n");
        return this;
    }

    public void write(Path file) throws IOException {
        Files.createDirectories(file.toAbsolutePath().getParent());
        CompleteFile.write(
                file,
                "<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><title>"
                        + escape(title)
                        + "</title><style>"
                        + STYLE
                        + "</style></head><body>\n"
                        + body
                        + "</body></html>\n");
    }

    /** Text and nothing else, wherever it stands in the page. */
    private static String escape(String text) {
        return Printable.of(text)
                .replace("&", "&amp;")
                .replace("<", "&lt;")
                .replace(">", "&gt;")
                .replace("\"", "&quot;")
                .replace("'", "&#39;");
    }
}
