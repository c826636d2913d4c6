package io.dienstream.bench.peer;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * A process beside this JVM that listens on a port of the loopback address: started here, ended
 * here, also where this JVM is told to end.
 */
final class BesideProcess implements AutoCloseable {
    private static final long READY_NANOS = 60_000_000_000L;
    private static final long NAP_NANOS = 10_000_000;
    private static final int CONNECT_MS = 200;
    private static final long END_SECONDS = 5;

    private final List<String> command;
    private final int port;
    private final Path log;
    private final Thread hook;
    private final Object lock = new Object();
    private volatile Process process;
    private boolean ended;
    private long cpuBefore;

    private BesideProcess(List<String> command, int port, Path log) {
        this.command = List.copyOf(command);
        this.port = port;
        this.log = log;
        hook = new Thread(this::destroy, "dien-bench-beside");
    }

    /**
     * Starts it and waits until it listens.
     *
     * @param log of what it prints
     * @throws IOException where it ends instead, or is not ready in a minute
     */
    static BesideProcess start(List<String> command, int port, Path log)
            throws IOException, InterruptedException {
        BesideProcess started = new BesideProcess(command, port, log);
        Runtime.getRuntime().addShutdownHook(started.hook);
        try {
            started.start();
        } catch (IOException | InterruptedException e) {
            started.close();
            throw e;
        }
        return started;
    }

    /** A port that nobody listens on now. */
    static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    private void start() throws IOException, InterruptedException {
        ProcessBuilder builder =
                new ProcessBuilder(command)
                        .redirectErrorStream(true)
                        .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()));
        // not by -cp: ONNX Runtime 1.29 reads its command line, and overflows the stack on one of
        // several thousand characters
        builder.environment().put("CLASSPATH", System.getProperty("java.class.path"));
        launch(builder);
        long deadline = System.nanoTime() + READY_NANOS;
        while (!listens()) {
            if (!process.isAlive() || System.nanoTime() > deadline) {
                throw new IOException(
                        "%s does not listen on port %d; it said: %s"
                                .formatted(command.get(0), port, lastLine()));
            }
            LockSupport.parkNanos(NAP_NANOS);
            if (Thread.interrupted()) {
                throw new InterruptedException("while a process starts");
            }
        }
    }

    private void launch(ProcessBuilder builder) throws IOException {
        synchronized (lock) {
            // this JVM may have been told to end while a supervisor's second passed
            if (ended) {
                throw new IOException(command.get(0) + " was ended, and does not start again");
            }
            process = builder.start();
        }
    }

    private String lastLine() throws IOException {
        List<String> lines = Files.readAllLines(log);
        return lines.isEmpty() ? "nothing" : lines.get(lines.size() - 1);
    }

    private boolean listens() {
        try (Socket socket = new Socket()) {
            socket.connect(
                    new InetSocketAddress(InetAddress.getLoopbackAddress(), port), CONNECT_MS);
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    /** CPU time of it so far, ns, of all that ran in turn. */
    long cpuNanos() {
        return cpuBefore + process.info().totalCpuDuration().map(Duration::toNanos).orElse(0L);
    }

    /** SIGKILL, and another start after {@code afterMs}; returns when that listens. */
    void killAndRestart(long afterMs) throws IOException, InterruptedException {
        cpuBefore = cpuNanos();
        process.destroyForcibly();
        process.waitFor();
        Thread.sleep(afterMs); // a supervisor's pause, not a wait for something
        start();
    }

    private void destroy() {
        synchronized (lock) {
            ended = true;
            if (process != null) {
                process.destroyForcibly();
            }
        }
    }

    @Override
    public void close() {
        destroy();
        try {
            if (process != null) {
                process.waitFor(END_SECONDS, TimeUnit.SECONDS);
            }
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (IllegalStateException e) {
            // this JVM ends already: the hook does it
        }
    }
}
