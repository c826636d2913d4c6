package io.dienstream.cli.terminal;

import java.io.IOException;
import java.io.Writer;

/**
 * Hands on what is printable. A character at the end of a call waits for the next one where it may
 * be half of something: of a pair of surrogates, or of a line end of two characters.
 */
final class PrintableWriter extends Writer {
    private static final String WINDOWS_LINE_END = "\r\n";

    private final Writer to;
    private String held = "";

    PrintableWriter(Writer to) {
        this.to = to;
    }

    @Override
    public void write(char[] text, int from, int length) throws IOException {
        String all = held + new String(text, from, length);
        int end = all.length();
        boolean half = end > 0 && isHalf(all.charAt(end - 1));
        held = half ? all.substring(end - 1) : "";
        put(half ? all.substring(0, end - 1) : all);
    }

    private static boolean isHalf(char last) {
        return Character.isHighSurrogate(last) || last == WINDOWS_LINE_END.charAt(0);
    }

    private void put(String text) throws IOException {
        to.write(Printable.lines(text.replace(WINDOWS_LINE_END, "\n")));
    }

    /** What is held is no half of anything when this is called: lines are flushed whole. */
    @Override
    public void flush() throws IOException {
        String rest = held;
        held = "";
        put(rest);
        to.flush();
    }

    @Override
    public void close() throws IOException {
        flush();
        to.close();
    }
}
