package io.dienstream.console.server;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Map;
import java.util.TreeMap;

/** The page's own files, read once: what is not in the list does not exist. */
final class PageFiles {
    private static final String JAVASCRIPT = "text/javascript; charset=utf-8";
    private static final String STYLE = "text/css; charset=utf-8";

    private static final Map<String, String> FILES =
            Map.of(
                    "index.html", "text/html; charset=utf-8",
                    "console.css", STYLE,
                    "app.js", JAVASCRIPT,
                    "server.js", JAVASCRIPT,
                    "dom.js", JAVASCRIPT,
                    "touch.js", JAVASCRIPT,
                    "watch.js", JAVASCRIPT,
                    "charts.js", JAVASCRIPT,
                    "vendor/uplot/uPlot.iife.min.js", JAVASCRIPT,
                    "vendor/uplot/uPlot.min.css", STYLE);

    private final Map<String, Reply> replies = new TreeMap<>();

    PageFiles() {
        FILES.forEach((name, type) -> replies.put("/" + name, read(name, type)));
        replies.put("/", replies.get("/index.html"));
    }

    private static Reply read(String name, String type) {
        try (InputStream in = PageFiles.class.getResourceAsStream("/console-page/" + name)) {
            if (in == null) {
                throw new IllegalStateException("this build has no console-page/" + name);
            }
            return new Reply(200, type, in.readAllBytes());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Null where there is no such file. */
    Reply of(String path) {
        return replies.get(path);
    }
}
