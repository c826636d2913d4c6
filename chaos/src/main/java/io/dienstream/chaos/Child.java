package io.dienstream.chaos;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * One process of the cluster: a JVM with this one's class path, its log and its temporary files
 * under a directory of its own. Started again as often as it dies, by {@link Supervisor}.
 */
final class Child {
    private static final long EXIT_TIMEOUT_S = 30;

    private final String name;
    private final Path directory;
    private final List<String> prefix;
    private final ClassArchive classes;
    private final List<String> jvm;
    private List<String> command;
    private Process process;
    private boolean wanted;

    /**
     * @param prefix in front of the java command, such as the one that enters a network namespace
     * @param classes what it runs
     * @param jvm options of the JVM
     * @param command main class and its arguments
     */
    Child(
            String name,
            Path directory,
            List<String> prefix,
            ClassArchive classes,
            List<String> jvm,
            List<String> command)
            throws IOException {
        this.name = name;
        this.directory = Files.createDirectories(directory.resolve(name));
        this.prefix = prefix;
        this.classes = classes;
        this.jvm = jvm;
        this.command = command;
    }

    String name() {
        return name;
    }

    /** Where it logs to. */
    Path log() {
        return directory.resolve("log");
    }

    /** What its next start runs. */
    synchronized void command(List<String> next) {
        command = next;
    }

    /** Starts it, and says that it should run. */
    synchronized void start() throws IOException {
        wanted = true;
        Path temporary = directory.resolve("tmp");
        delete(temporary);
        Files.createDirectories(temporary);
        List<String> line = new ArrayList<>(prefix);
        line.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        line.addAll(jvm);
        line.addAll(classes.jvm());
        line.add("-Djava.io.tmpdir=" + temporary);
        line.add("-Dlog4j2.configurationFile=log4j2-chaos.properties");
        line.add("-cp");
        line.add(classes.classPath());
        line.addAll(command);
        process =
                new ProcessBuilder(line)
                        .directory(directory.toFile())
                        .redirectErrorStream(true)
                        .redirectOutput(ProcessBuilder.Redirect.appendTo(log().toFile()))
                        .start();
    }

    /** A whole tree, if it is there. */
    static void delete(Path tree) throws IOException {
        if (!Files.exists(tree)) {
            return;
        }
        try (Stream<Path> files = Files.walk(tree)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(file);
            }
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
    }

    /** SIGKILL; whether there was something to kill. */
    synchronized boolean kill() throws InterruptedException {
        if (!alive()) {
            return false;
        }
        process.destroyForcibly();
        process.waitFor(EXIT_TIMEOUT_S, TimeUnit.SECONDS);
        return true;
    }

    /** SIGTERM, and waits for the end. */
    synchronized void terminate() throws InterruptedException {
        if (alive()) {
            process.destroy();
            if (!process.waitFor(EXIT_TIMEOUT_S, TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
        }
    }

    /** SIGSTOP. */
    void pause() throws IOException, InterruptedException {
        signal("STOP");
    }

    /** SIGCONT. */
    void resume() throws IOException, InterruptedException {
        signal("CONT");
    }

    private synchronized void signal(String signal) throws IOException, InterruptedException {
        if (alive()) {
            Shell.run("kill", "-" + signal, Long.toString(process.pid()));
        }
    }

    synchronized boolean alive() {
        return process != null && process.isAlive();
    }

    /** Whether it should run but does not. */
    synchronized boolean missing() {
        return wanted && !alive();
    }

    /** It may end, and is not started again. */
    synchronized void release() {
        wanted = false;
    }

    /** It is started again should it end. */
    synchronized void require() {
        wanted = true;
    }
}
