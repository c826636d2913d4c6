package io.dienstream.job.artifact;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.Predicate;
import org.apache.flink.core.fs.FileStatus;
import org.apache.flink.core.fs.FileSystem;

/** Files below a directory that Flink's file systems can read, for who needs them on this disk. */
public final class StoredFiles {
    private StoredFiles() {}

    /**
     * Copies the files below {@code uri} that are wanted, each to its own place below {@code to}.
     *
     * @param wanted by their paths relative to {@code uri}
     * @throws FileNotFoundException where there is nothing at {@code uri}
     * @throws IOException where the scheme has no file system here, or the disk is full
     */
    public static void fetch(String uri, Path to, Predicate<Path> wanted) throws IOException {
        FlinkFileSystems.initialize();
        var from = new org.apache.flink.core.fs.Path(uri);
        FileSystem files = from.getFileSystem();
        if (!files.exists(from)) {
            throw new FileNotFoundException(uri);
        }
        fetch(files, from, to, Path.of(""), wanted);
    }

    private static void fetch(
            FileSystem files,
            org.apache.flink.core.fs.Path from,
            Path to,
            Path below,
            Predicate<Path> wanted)
            throws IOException {
        FileStatus[] all = files.listStatus(from);
        for (FileStatus file : all == null ? new FileStatus[0] : all) {
            Path relative = below.resolve(file.getPath().getName());
            if (!to.resolve(relative).normalize().startsWith(to) || relative.equals(below)) {
                continue; // no store should list one; it would lead out of the copy
            }
            if (file.isDir()) {
                fetch(files, file.getPath(), to, relative, wanted);
            } else if (wanted.test(relative)) {
                Path target = to.resolve(relative);
                Files.createDirectories(target.getParent());
                try (InputStream in = files.open(file.getPath());
                        OutputStream out = Files.newOutputStream(target)) {
                    in.transferTo(out);
                }
            }
        }
    }
}
