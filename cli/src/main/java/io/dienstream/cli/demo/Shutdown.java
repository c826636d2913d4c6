package io.dienstream.cli.demo;

/** Closes a resource when the process is interrupted (Ctrl-C) before {@link #done}. */
public final class Shutdown implements AutoCloseable {
    private static volatile boolean underWay;

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
        underWay = true;
        System.err.println("\ninterrupted: stopping Flink and Kafka");
        try {
            resource.close();
        } catch (Exception e) {
            System.err.println("while stopping: " + e.getMessage());
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
        } catch (IllegalStateException e) {
            // the hook is running already: it does the closing
        }
    }

    @Override
    public void close() {
        done();
    }
}
