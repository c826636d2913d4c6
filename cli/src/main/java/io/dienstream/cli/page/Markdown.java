package io.dienstream.cli.page;

import io.dienstream.cli.terminal.Printable;

/** Text from outside within a Markdown document. */
public final class Markdown {
    private Markdown() {}

    /** Without a meaning of its own: no cell ends in it, no element, link or code begins. */
    public static String text(String text) {
        return Printable.of(text).replaceAll("[\\\\|<\\[`]", "\\\\$0");
    }
}
