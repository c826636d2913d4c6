package io.dienstream.cli.terminal;

import java.io.BufferedOutputStream;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.Charset;

/**
 * The process's standard output, which remembers what went wrong with it: Java's own swallows that,
 * and a command whose output was lost on a full disk would end as if nothing had happened.
 */
public final class StandardOutput extends FilterOutputStream {
    private static final int BUFFER = 1 << 13;

    private static volatile StandardOutput installed;

    private volatile IOException failure;

    StandardOutput(OutputStream out) {
        super(out);
    }

    /** Puts one in the place of {@link System#out}. */
    public static StandardOutput install() {
        StandardOutput output = new StandardOutput(new FileOutputStream(FileDescriptor.out));
        var buffered = new BufferedOutputStream(output, BUFFER);
        installed = output;
        System.setOut(new PrintStream(buffered, true, charset()));
        return output;
    }

    /** As the JVM chooses it for its own. */
    private static Charset charset() {
        String name = System.getProperty("stdout.encoding");
        if (name == null) {
            name = System.getProperty("sun.stdout.encoding");
        }
        return name == null || !Charset.isSupported(name)
                ? Charset.defaultCharset()
                : Charset.forName(name);
    }

    /** Writes what is still held back. */
    public void drain() {
        System.out.flush();
    }

    /** Whether nobody reads the process's standard output any more. */
    static boolean isBroken() {
        StandardOutput output = installed;
        return output != null && output.failure != null;
    }

    /** Why something that was printed is not there, or null. */
    public IOException failure() {
        return failure;
    }

    @Override
    public void write(int b) throws IOException {
        try {
            out.write(b);
        } catch (IOException e) {
            failure = failure == null ? e : failure;
            throw e;
        }
    }

    @Override
    public void write(byte[] bytes, int from, int n) throws IOException {
        try {
            out.write(bytes, from, n);
        } catch (IOException e) {
            failure = failure == null ? e : failure;
            throw e;
        }
    }
}
