package io.dienstream.cli.page;

import io.dienstream.cli.terminal.Printable;
import io.dienstream.dien.file.CompleteFile;
import io.dienstream.dien.file.OutputDirectory;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.knowm.xchart.internal.chartpart.Chart;

/** A page that stands by itself: no script, no style sheet, no picture outside it. */
public final class HtmlPage {
    private static final String STYLE =
            """
            :root{color-scheme:light dark;--text:#222;--ground:#fff;--soft:#f4f4f4;--line:#ddd;--dim:#555;--heat:213 94 0}
            @media(prefers-color-scheme:dark){
            :root{--text:#e4e4e4;--ground:#16181c;--soft:#22252a;--line:#3a3d42;--dim:#a8a8a8}}
            body{font:15px/1.5 sans-serif;max-width:60em;margin:2em auto;padding:0 1em;color:var(--text);background:var(--ground)}
            .wide{overflow-x:auto}
            table{border-collapse:collapse;margin:1em 0}
            td,th{border-bottom:1px solid var(--line);padding:.25em .8em;text-align:left}
            th{background:var(--soft)}
            h1{font-size:1.5em}h2{font-size:1.15em;margin-top:2em}h3{font-size:1em;margin-bottom:.3em}
            figure{margin:1em 0}figure img{max-width:100%;height:auto}
            figcaption,small{color:var(--dim)}
            summary{cursor:pointer}
            .cells{list-style:none;margin:.3em 0;padding:0;display:grid;gap:2px;grid-template-columns:repeat(auto-fill,minmax(7.5em,1fr))}
            .cells li{padding:.25em .4em;min-height:2.6em;line-height:1.2;font-size:.85em;overflow-wrap:anywhere;border:1px solid var(--line);background:rgb(var(--heat)/calc(var(--share)*.7))}
            @media(max-width:40em){td,th{padding:.25em .4em;font-size:.85em}.cells{grid-template-columns:repeat(auto-fill,minmax(6em,1fr))}}
            .cells small{display:block;color:inherit}
            """;

    /**
     * A cell of a strip.
     *
     * @param text what it is
     * @param figure small, below the text
     * @param share how much of its color it has, 0 to 1
     */
    public record Cell(String text, String figure, double share) {}

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

    /** Below a heading. */
    public HtmlPage subheading(String text) {
        body.append("<h3>").append(escape(text)).append("</h3>\n");
        return this;
    }

    public HtmlPage paragraph(String text) {
        body.append("<p>").append(escape(text)).append("</p>\n");
        return this;
    }

    /** Cells one after the other, in as many rows as the page's width makes of them. */
    public HtmlPage strip(List<Cell> cells) {
        body.append("<ol class=\"cells\">\n");
        for (Cell cell : cells) {
            body.append(
                    String.format(
                            Locale.ROOT,
                            "<li style=\"--share:%.3f\">%s <small>%s</small></li>%n",
                            cell.share(),
                            escape(cell.text()),
                            escape(cell.figure())));
        }
        body.append("</ol>\n");
        return this;
    }

    /** A table that is there for who opens it. */
    public HtmlPage foldedTable(String summary, List<String> header, List<List<String>> rows) {
        body.append("<details><summary>").append(escape(summary)).append("</summary>\n");
        table(header, rows);
        body.append("</details>\n");
        return this;
    }

    /** Two columns. */
    public HtmlPage facts(Map<String, ?> facts) {
        body.append("<div class=\"wide\"><table>\n");
        facts.forEach(
                (name, value) ->
                        body.append("<tr><th>")
                                .append(escape(name))
                                .append("</th><td>")
                                .append(escape(String.valueOf(value)))
                                .append("</td></tr>\n"));
        body.append("</table></div>\n");
        return this;
    }

    public HtmlPage table(List<String> header, List<List<String>> rows) {
        body.append("<div class=\"wide\"><table>\n");
        row("th", header);
        rows.forEach(r -> row("td", r));
        body.append("</table></div>\n");
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
     * A chart in the colors of the reader's page, light or dark.
     *
     * @throws IOException where this machine cannot draw
     */
    public HtmlPage picture(Chart<?, ?> chart, String caption) throws IOException {
        body.append("<figure><picture><source media=\"(prefers-color-scheme:dark)\" srcset=\"")
                .append(inline(Plots.darkSvg(chart)))
                .append("\"><img src=\"")
                .append(inline(Plots.svg(chart)))
                .append("\" alt=\"")
                .append(escape(caption))
                .append("\"></picture><figcaption>")
                .append(escape(caption))
                .append("</figcaption></figure>\n");
        return this;
    }

    /** As an image of its own: what two pictures define by one id stays apart. */
    private static String inline(String svg) {
        return "data:image/svg+xml;base64,"
                + Base64.getEncoder().encodeToString(svg.getBytes(StandardCharsets.UTF_8));
    }

    public void write(Path file) throws IOException {
        OutputDirectory.make(file.toAbsolutePath().getParent());
        CompleteFile.write(
                file,
                "<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width,initial-scale=1\"><title>"
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
