package io.dienstream.cli.demo;

/** Closes a resource when the process is interrupted (Ctrl-C) before {@link #done}. */
public final class Shutdown implements AutoCloseable {
    private final Thread hook;

    private Shutdown(Thread hook) {
        this.hook = hook;
    }

    /** Registers {@code resource}. */
    public static Shutdown of(AutoCloseable resource) {
        Thread hook = new Thread(() -> closeQuietly(resource), "dien-shutdown");
        Runtime.getRuntime().addShutdownHook(hook);
        return new Shutdown(hook);
    }

    private static void closeQuietly(AutoCloseable resource) {
        System.err.println("interrupted: stopping Flink and Kafka");
        try {
            resource.close();
        } catch (Exception e) {
            System.err.println("while stopping: " + e.getMessage());
        }
    }

    /** The resource is closed in the ordinary way from now on. */
    public void done() {
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException e) {
            // the hook is running already: it does the closing
        }
    }

    @Override
    public void close() {
        done();
    }
}
