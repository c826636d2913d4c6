package io.dienstream.job.artifact;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Predicate;
import org.apache.flink.core.fs.FileStatus;
import org.apache.flink.core.fs.FileSystem;

/** Files below a directory that Flink's file systems can read, for who needs them on this disk. */
public final class StoredFiles {
    /**
     * Of what is listed.
     *
     * @param mostFiles that are wanted
     * @param deepest levels of directories
     */
    record Bounds(int mostFiles, int deepest) {}

    private StoredFiles() {}

    /**
     * Copies the files below {@code uri} that are wanted, each to its own place below {@code to}.
     *
     * @param wanted by their paths relative to {@code uri}
     * @throws FileNotFoundException where there is nothing at {@code uri}
     * @throws IOException where the scheme has no file system here, a file that was listed has
     *     gone, or the disk has no room for all of them
     */
    public static void fetch(String uri, Path to, Predicate<Path> wanted) throws IOException {
        FlinkFileSystems.initialize();
        var from = new org.apache.flink.core.fs.Path(uri);
        FileSystem files = from.getFileSystem();
        if (!files.exists(from)) {
            throw new FileNotFoundException(uri);
        }
        Map<Path, FileStatus> found =
                find(files, from, new Bounds(Integer.MAX_VALUE, Integer.MAX_VALUE), wanted);
        requireSpace(uri, to, found.values().stream().mapToLong(FileStatus::getLen).sum());
        for (Map.Entry<Path, FileStatus> file : found.entrySet()) {
            copy(files, file.getValue().getPath(), to.resolve(file.getKey()));
        }
    }

    /**
     * The files below {@code from} that are wanted, by their paths relative to it, none of which
     * leads out of it.
     *
     * @throws IOException where there are more than {@code bounds} allow; directories that are
     *     deeper are not looked into
     */
    static Map<Path, FileStatus> find(
            FileSystem files,
            org.apache.flink.core.fs.Path from,
            Bounds bounds,
            Predicate<Path> wanted)
            throws IOException {
        Map<Path, FileStatus> found = new TreeMap<>();
        find(files, from, Path.of(""), bounds, wanted, found);
        return found;
    }

    private static void find(
            FileSystem files,
            org.apache.flink.core.fs.Path from,
            Path below,
            Bounds bounds,
            Predicate<Path> wanted,
            Map<Path, FileStatus> found)
            throws IOException {
        FileStatus[] all = files.listStatus(from);
        for (FileStatus file : all == null ? new FileStatus[0] : all) {
            String name = file.getPath().getName();
            if (name.isEmpty() || name.equals("..") || name.contains("/")) {
                continue; // no store should list one; it would lead out of a copy
            }
            Path relative = below.resolve(name);
            if (!file.isDir()) {
                if (wanted.test(relative)) {
                    found.put(relative, file);
                }
                if (found.size() > bounds.mostFiles()) {
                    throw new IOException(from + ": more than " + bounds.mostFiles() + " files");
                }
            } else if (relative.getNameCount() <= bounds.deepest()) {
                find(files, file.getPath(), relative, bounds, wanted, found);
            }
        }
    }

    private static void requireSpace(String uri, Path to, long bytes) throws IOException {
        long free = to.toFile().getUsableSpace(); // 0 where the system does not say
        if (free > 0 && free < bytes) {
            throw new IOException(
                    "%s: %,d bytes to be fetched, %s has %,d free; TMPDIR names another directory"
                            .formatted(uri, bytes, to, free));
        }
    }

    private static void copy(FileSystem files, org.apache.flink.core.fs.Path from, Path to)
            throws IOException {
        Files.createDirectories(to.getParent());
        try (InputStream in = files.open(from);
                OutputStream out = Files.newOutputStream(to)) {
            in.transferTo(out);
        } catch (FileNotFoundException e) {
            throw new IOException(from + " has gone since it was listed", e);
        }
    }
}
