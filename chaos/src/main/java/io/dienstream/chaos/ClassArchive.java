package io.dienstream.chaos;

import java.io.File;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Class data sharing for the processes of a cluster: a JVM that finds its classes parsed and
 * verified starts seconds sooner, and on a small machine the start of JVMs is most of a recovery. A
 * short demo in a process of its own loads the classes; its archive serves all kinds of processes.
 */
public final class ClassArchive {
    private static final Logger LOG = LoggerFactory.getLogger(ClassArchive.class);
    private static final long TRAINING_S = 180;
    private static final String LAUNCHER = "io.dienstream.cli.Dien";

    /** The archive is only used by JVMs that agree with the one that made it. */
    private static final List<String> COMMON_JVM =
            List.of("-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Xlog:cds=error");

    private final String classPath;

    /** Null where none is wanted. */
    private final Path archive;

    private ClassArchive(String classPath, Path archive) {
        this.classPath = classPath;
        this.archive = archive;
    }

    /** Class path of this process, without directories: an archive knows jars only. */
    public String classPath() {
        return classPath;
    }

    /** Options of a JVM that may use the archive; without one they change nothing. */
    public List<String> jvm() {
        return archive != null && Files.exists(archive)
                ? List.of("-XX:SharedArchiveFile=" + archive, "-Xlog:cds=error")
                : List.of();
    }

    /**
     * Of this process. What it or another one has made before in the same directory, of the same
     * classes, is used again; one process at a time makes it, others wait.
     *
     * @param directory for jars, archive and the log of making it
     * @param trained false for jars alone
     */
    public static synchronized ClassArchive create(Path directory, boolean trained)
            throws IOException, InterruptedException {
        Files.createDirectories(directory);
        try (FileChannel channel =
                        FileChannel.open(
                                directory.resolve("lock"),
                                StandardOpenOption.CREATE,
                                StandardOpenOption.WRITE);
                FileLock ignored = channel.lock()) {
            Path archive = directory.resolve("classes.jsa");
            Path madeOf = directory.resolve("made-of");
            String classes = classes();
            if (!Files.exists(madeOf) || !Files.readString(madeOf).equals(classes)) {
                Files.deleteIfExists(madeOf);
                Files.deleteIfExists(archive);
                pack(directory);
                Files.writeString(madeOf, classes);
            }
            String classPath = String.join(File.pathSeparator, packed(directory));
            if (trained && !Files.exists(archive)) {
                train(classPath, archive, directory);
            }
            return new ClassArchive(classPath, trained ? archive : null);
        }
    }

    private static List<Path> entries() {
        return Stream.of(System.getProperty("java.class.path").split(File.pathSeparator, -1))
                .map(Path::of)
                .toList();
    }

    /** The JVM, and what is on its class path with the time of the last change. */
    private static String classes() throws IOException {
        StringBuilder classes = new StringBuilder();
        classes.append(System.getProperty("java.home")).append(' ');
        classes.append(System.getProperty("java.vm.version")).append('\n');
        for (Path entry : entries()) {
            classes.append(entry.toAbsolutePath());
            if (Files.isDirectory(entry)) {
                for (Path file : files(entry)) {
                    classes.append('\n').append(file).append(' ');
                    classes.append(Files.getLastModifiedTime(file).toMillis());
                }
            } else if (Files.exists(entry)) {
                classes.append(' ').append(Files.getLastModifiedTime(entry).toMillis());
            }
            classes.append('\n');
        }
        return classes.toString();
    }

    private static List<Path> files(Path tree) throws IOException {
        try (Stream<Path> files = Files.walk(tree)) {
            return files.filter(Files::isRegularFile).sorted().toList();
        }
    }

    /** The class path of this process with its directories as jars, which {@link #pack} makes. */
    private static List<String> packed(Path directory) {
        List<String> packed = new ArrayList<>();
        for (Path entry : entries()) {
            Path jar = directory.resolve("classes-" + packed.size() + ".jar");
            packed.add(Files.isDirectory(entry) ? jar.toString() : entry.toString());
        }
        return packed;
    }

    private static void pack(Path directory) throws IOException {
        List<Path> entries = entries();
        List<String> packed = packed(directory);
        for (int n = 0; n < entries.size(); n++) {
            if (Files.isDirectory(entries.get(n))) {
                pack(entries.get(n), Path.of(packed.get(n)));
            }
        }
    }

    private static void pack(Path tree, Path jar) throws IOException {
        try (OutputStream file = Files.newOutputStream(jar);
                JarOutputStream out = new JarOutputStream(file)) {
            for (Path path : files(tree)) {
                String name = tree.relativize(path).toString().replace(File.separatorChar, '/');
                out.putNextEntry(new JarEntry(name));
                Files.copy(path, out);
                out.closeEntry();
            }
        }
    }

    private static void train(String classPath, Path archive, Path directory)
            throws IOException, InterruptedException {
        Path dumped = directory.resolve("dumped.jsa");
        Files.deleteIfExists(dumped);
        List<String> line = new ArrayList<>();
        line.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        line.addAll(COMMON_JVM);
        line.addAll(List.of("-Xmx1g", "-Ddien.kernels=scalar"));
        line.add("-Ddien.log.file=" + directory.resolve("training.log"));
        line.add("-Djava.io.tmpdir=" + directory);
        line.add("--add-opens=java.base/java.util=ALL-UNNAMED");
        line.add("-XX:ArchiveClassesAtExit=" + dumped);
        line.addAll(List.of("-cp", classPath, LAUNCHER));
        line.addAll(List.of("demo", "--seconds", "1", "--past", "1000"));
        // the classes are wanted, not what they do best
        line.addAll(List.of("--option", "scoring.warm-up=0s"));
        Process demo =
                new ProcessBuilder(line)
                        .redirectErrorStream(true)
                        .redirectOutput(directory.resolve("log").toFile())
                        .start();
        if (!demo.waitFor(TRAINING_S, TimeUnit.SECONDS)) {
            demo.destroyForcibly().waitFor();
        } else if (Files.exists(dumped)) {
            Files.move(dumped, archive, StandardCopyOption.REPLACE_EXISTING);
        }
        if (!Files.exists(archive)) {
            LOG.warn("no class archive, processes start slower; {} says why", directory);
        }
    }
}
