package io.dienstream.cli.terminal;

import java.io.PrintWriter;
import java.nio.charset.Charset;
import java.util.Locale;

/**
 * What a command prints to. Nothing that was read from a record, a file or a broker reaches the
 * terminal as a control character, however it got into a line: what is printed passes {@link
 * Printable#lines}, and a text among the arguments of a format {@link Printable#of}, so that it
 * cannot begin a line of its own. A line that is put together before it is printed has to see to
 * the latter itself.
 */
public final class TerminalOutput extends PrintWriter {
    private final PrintWriter terminal;

    private TerminalOutput(PrintWriter terminal) {
        super(new PrintableWriter(terminal), true);
        this.terminal = terminal;
    }

    /** {@code terminal} behind the rule, once. */
    public static TerminalOutput of(PrintWriter terminal) {
        return terminal instanceof TerminalOutput output ? output : new TerminalOutput(terminal);
    }

    /** Standard error, for those who are not handed a command's own. */
    public static TerminalOutput standardError() {
        return new TerminalOutput(new PrintWriter(System.err, true, Charset.defaultCharset()));
    }

    /** What {@code out} prints to in the end: for our own text with its colors. */
    public static PrintWriter unescaped(PrintWriter out) {
        return out instanceof TerminalOutput output ? output.terminal : out;
    }

    @Override
    public PrintWriter format(String format, Object... args) {
        return super.format(format, printable(args));
    }

    @Override
    public PrintWriter format(Locale locale, String format, Object... args) {
        return super.format(locale, format, printable(args));
    }

    /** Streams on the way to the terminal keep their errors to themselves. */
    @Override
    public boolean checkError() {
        return super.checkError() || terminal.checkError() || StandardOutput.isBroken();
    }

    private static Object[] printable(Object[] args) {
        Object[] result = args.clone();
        for (int i = 0; i < args.length; i++) {
            boolean number = args[i] instanceof Number || args[i] instanceof Character;
            if (!number && args[i] != null && !(args[i] instanceof Boolean)) {
                result[i] = Printable.of(args[i]);
            }
        }
        return result;
    }
}
