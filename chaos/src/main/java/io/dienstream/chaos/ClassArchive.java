package io.dienstream.chaos;

import java.io.File;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
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
final class ClassArchive {
    private static final Logger LOG = LoggerFactory.getLogger(ClassArchive.class);
    private static final long TRAINING_S = 180;
    private static final String LAUNCHER = "io.dienstream.cli.Dien";

    /** The archive is only used by JVMs that agree with the one that made it. */
    private static final List<String> COMMON_JVM =
            List.of("-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Xlog:cds=error");

    /** Class path by directory: packed once a process, whose classes do not change. */
    private static final Map<Path, String> MADE = new HashMap<>();

    private final String classPath;

    /** Null where none is wanted. */
    private final Path archive;

    private ClassArchive(String classPath, Path archive) {
        this.classPath = classPath;
        this.archive = archive;
    }

    /** Class path of this process, without directories: an archive knows jars only. */
    String classPath() {
        return classPath;
    }

    /** Options of a JVM that may use the archive; without one they change nothing. */
    List<String> jvm() {
        return archive != null && Files.exists(archive)
                ? List.of("-XX:SharedArchiveFile=" + archive, "-Xlog:cds=error")
                : List.of();
    }

    /**
     * Of this process; what it has made before in the same directory is used again.
     *
     * @param directory for jars, archive and the log of making it
     * @param trained false for jars alone
     */
    static synchronized ClassArchive create(Path directory, boolean trained)
            throws IOException, InterruptedException {
        Path archive = directory.resolve("classes.jsa");
        String classPath = MADE.get(directory);
        if (classPath == null || !Files.isDirectory(directory)) {
            Files.createDirectories(directory);
            Files.deleteIfExists(archive);
            classPath = pack(directory);
            MADE.put(directory, classPath);
        }
        if (trained && !Files.exists(archive)) {
            train(classPath, archive, directory);
        }
        return new ClassArchive(classPath, trained ? archive : null);
    }

    /** The class path of this process with its directories packed. */
    private static String pack(Path directory) throws IOException {
        List<String> entries = new ArrayList<>();
        for (String entry : System.getProperty("java.class.path").split(File.pathSeparator, -1)) {
            Path path = Path.of(entry);
            if (Files.isDirectory(path)) {
                Path jar = directory.resolve("classes-" + entries.size() + ".jar");
                pack(path, jar);
                entries.add(jar.toString());
            } else {
                entries.add(entry);
            }
        }
        return String.join(File.pathSeparator, entries);
    }

    private static void pack(Path tree, Path jar) throws IOException {
        try (OutputStream file = Files.newOutputStream(jar);
                JarOutputStream out = new JarOutputStream(file);
                Stream<Path> files = Files.walk(tree)) {
            for (Path path : files.filter(Files::isRegularFile).toList()) {
                String name = tree.relativize(path).toString().replace(File.separatorChar, '/');
                out.putNextEntry(new JarEntry(name));
                Files.copy(path, out);
                out.closeEntry();
            }
        }
    }

    private static void train(String classPath, Path archive, Path directory)
            throws IOException, InterruptedException {
        List<String> line = new ArrayList<>();
        line.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        line.addAll(COMMON_JVM);
        line.addAll(List.of("-Xmx1g", "-Ddien.kernels=scalar"));
        line.add("-Ddien.log.file=" + directory.resolve("training.log"));
        line.add("-Djava.io.tmpdir=" + directory);
        line.add("--add-opens=java.base/java.util=ALL-UNNAMED");
        line.add("-XX:ArchiveClassesAtExit=" + archive);
        line.addAll(List.of("-cp", classPath, LAUNCHER));
        line.addAll(List.of("demo", "--seconds", "1", "--past", "1000"));
        Process demo =
                new ProcessBuilder(line)
                        .redirectErrorStream(true)
                        .redirectOutput(directory.resolve("log").toFile())
                        .start();
        if (!demo.waitFor(TRAINING_S, TimeUnit.SECONDS)) {
            demo.destroyForcibly();
        }
        if (!Files.exists(archive)) {
            LOG.warn("no class archive, processes start slower; {} says why", directory);
        }
    }
}
