package io.dienstream.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.dienstream.chaos.ClassArchive;
import io.dienstream.cli.Dien;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** The command line as a process of its own, which ends with the test. */
final class CommandProcess implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofMinutes(5);
    private static final long POLL_MS = 200;

    /** Most of what a process of seconds costs is compiling code that is then hardly run. */
    private static final List<String> QUICK_START =
            List.of("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC");

    /** Made once a build: tests start dozens of processes, most of which load Flink and Kafka. */
    private static final Path CLASSES = Path.of("target", "process-classes").toAbsolutePath();

    private static ClassArchive classes;

    /** 16 KiB, in the blocks that POSIX counts in: none of its files may be longer. */
    private static final List<String> SHORT_FILES =
            List.of("sh", "-c", "ulimit -f 32 && exec \"$@\"", "sh");

    private final Path log;
    private final Path temporary;
    private final Process process;

    /**
     * @param directory for its output, and its temporary files in {@link #temporary}
     */
    CommandProcess(Path directory, String... command) throws IOException, InterruptedException {
        this(directory, Map.of(), command);
    }

    /** Likewise, with more in its environment. */
    CommandProcess(Path directory, Map<String, String> environment, String... command)
            throws IOException, InterruptedException {
        this(directory, List.of(), environment, null, command);
    }

    /**
     * @param shell what the process is begun by
     * @param environment more than this process has
     * @param device that its standard output goes to; null where {@link #output} has it
     */
    private CommandProcess(
            Path directory,
            List<String> shell,
            Map<String, String> environment,
            Path device,
            String... command)
            throws IOException, InterruptedException {
        log = Files.createTempFile(directory, "out", ".log");
        temporary = Files.createDirectories(directory.resolve("tmp"));
        List<String> options = new ArrayList<>(List.of("-Djava.io.tmpdir=" + temporary));
        if (!shell.isEmpty()) {
            // what a JVM tells of itself is in a file too, and so is what a library unpacks
            options.addAll(List.of("-XX:-UsePerfData", "-Dorg.xerial.snappy.use.systemlib=true"));
        }
        List<String> line = new ArrayList<>(shell);
        line.addAll(java(options.toArray(String[]::new)));
        line.add(Dien.class.getName());
        line.addAll(List.of(command));
        ProcessBuilder builder = new ProcessBuilder(line);
        if (device == null) {
            builder.redirectErrorStream(true).redirectOutput(log.toFile());
        } else {
            builder.redirectError(log.toFile()).redirectOutput(device.toFile());
        }
        builder.environment().putAll(environment);
        process = builder.start();
    }

    /** One whose standard output goes to {@code device}; {@link #output} has what it says of it. */
    static CommandProcess printingTo(Path device, Path directory, String... command)
            throws IOException, InterruptedException {
        return new CommandProcess(directory, List.of(), Map.of(), device, command);
    }

    /**
     * One none of whose files may be longer than 16 KiB: to whoever writes one the same as a disk
     * that is full, and anybody may ask for it.
     */
    static CommandProcess withShortFiles(Path directory, String... command)
            throws IOException, InterruptedException {
        return new CommandProcess(directory, SHORT_FILES, Map.of(), null, command);
    }

    /** Where all processes find their classes parsed and verified. */
    static Path classes() {
        return CLASSES;
    }

    /** A JVM with this one's class path that starts fast; what it runs is to follow. */
    static synchronized List<String> java(String... options)
            throws IOException, InterruptedException {
        if (classes == null) {
            classes = ClassArchive.create(CLASSES, true);
        }
        List<String> line = new ArrayList<>();
        line.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        line.addAll(List.of(options));
        line.addAll(QUICK_START);
        line.addAll(classes.jvm());
        line.addAll(List.of("-Xmx1g", "-cp", classes.classPath()));
        return line;
    }

    /** What a test waits for. */
    interface Condition {
        boolean holds() throws Exception;
    }

    /** Waits for {@code condition}; fails after minutes. */
    static void await(String what, Condition condition) throws Exception {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (!condition.holds()) {
            assertThat(System.nanoTime()).as(what).isLessThan(deadline);
            Thread.sleep(POLL_MS);
        }
    }

    /**
     * Always true.
     *
     * @throws AssertionError with its output where it has ended
     */
    boolean alive() throws IOException {
        assertThat(process.isAlive()).as(output()).isTrue();
        return true;
    }

    /** Where it listens. */
    List<InetSocketAddress> listening() throws IOException {
        return Sockets.listening(process.pid());
    }

    /** What it has printed. */
    String output() throws IOException {
        return Files.readString(log);
    }

    /** The system's temporary directory, as it sees it. */
    Path temporary() {
        return temporary;
    }

    /** SIGTERM; its exit code. */
    int terminate() throws InterruptedException {
        process.destroy();
        return exitCode();
    }

    /** Waits for its end. */
    int exitCode() throws InterruptedException {
        assertThat(process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();
        return process.exitValue();
    }

    /** SIGKILL. */
    void kill() throws InterruptedException {
        process.destroyForcibly().waitFor();
    }

    @Override
    public void close() throws InterruptedException {
        kill();
    }
}
