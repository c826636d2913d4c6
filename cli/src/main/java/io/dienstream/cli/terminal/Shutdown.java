package io.dienstream.cli.terminal;

import io.dienstream.cli.Scratch;

/** Closes a resource when the process is interrupted (Ctrl-C) before {@link #done}. */
public final class Shutdown implements AutoCloseable {
    private static volatile boolean underWay;

    private final Thread hook;

    private Shutdown(Thread hook) {
        this.hook = hook;
    }

    /** Registers a resource that holds Flink and Kafka. */
    public static Shutdown of(AutoCloseable resource) {
        return of("stopping Flink and Kafka", resource);
    }

    /**
     * @param doing what closing comes to, for the one who waits for it
     */
    public static Shutdown of(String doing, AutoCloseable resource) {
        Thread hook = new Thread(() -> closeQuietly(doing, resource), "dien-shutdown");
        Runtime.getRuntime().addShutdownHook(hook);
        Scratch.waitFor(hook);
        return new Shutdown(hook);
    }

    private static void closeQuietly(String doing, AutoCloseable resource) {
        underWay = true;
        TerminalOutput err = TerminalOutput.standardError();
        err.printf("%ninterrupted: %s%n", doing);
        try {
            resource.close();
        } catch (Exception e) {
            err.printf("while stopping: %s%n", e.getMessage());
        }
    }

    /** Whether the process was interrupted: what fails from now on fails because of that. */
    public static boolean isUnderWay() {
        return underWay;
    }

    /** The resource is closed in the ordinary way from now on. */
    public void done() {
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
            Scratch.forget(hook);
        } catch (IllegalStateException e) {
            // the hook is running already: it does the closing
        }
    }

    @Override
    public void close() {
        done();
    }
}
