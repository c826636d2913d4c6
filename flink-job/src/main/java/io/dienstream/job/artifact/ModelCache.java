package io.dienstream.job.artifact;

import io.dienstream.dien.file.Pace;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;
import org.apache.flink.core.fs.FileStatus;
import org.apache.flink.core.fs.FileSystem;
import org.apache.flink.util.FileUtils;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Copies of artifacts on this machine, each in a directory named by its checksum. A copy is the
 * JVM's own: who writes to the place that it came from changes nothing here. Bounded; the least
 * recently used goes. What goes while it is in use stays mapped until it is not.
 */
final class ModelCache {
    private static final Logger LOG = LoggerFactory.getLogger(ModelCache.class);
    private static final String INCOMING = "incoming-";
    private static final int MOST_FILES = 1000;
    private static final int DEEPEST = 4;
    private static final int BLOCK = 1 << 16;

    /** After that a copy that was never finished is nobody's. */
    private static final Duration ABANDONED = Duration.ofDays(1);

    private final Path directory;
    private final long mostBytes;
    private final Clock clock;

    ModelCache(Path directory, long mostBytes, Clock clock) throws IOException {
        this.directory = Files.createDirectories(directory);
        this.mostBytes = mostBytes;
        this.clock = clock;
    }

    /** The copy with that checksum, or null. */
    Path find(String sha256) throws IOException {
        Path kept = directory.resolve(sha256);
        if (sha256.isEmpty() || !Files.isDirectory(kept)) {
            return null;
        }
        Files.setLastModifiedTime(kept, FileTime.from(clock.instant()));
        return kept;
    }

    /**
     * Copies what is at {@code uri}.
     *
     * @param pace of the copying
     * @return a directory to be {@link #keep kept} once it is verified, or {@link #drop dropped}
     * @throws IOException where there is nothing, or more than the cache may hold
     */
    Path fetch(String uri, Pace pace) throws IOException {
        Path incoming = Files.createDirectory(directory.resolve(INCOMING + UUID.randomUUID()));
        try {
            var from = new org.apache.flink.core.fs.Path(uri);
            long[] left = {mostBytes, MOST_FILES};
            copy(from.getFileSystem(), from, incoming, left, DEEPEST, pace);
            if (left[1] == MOST_FILES) {
                throw new FileNotFoundException(uri + ": no such model directory");
            }
            return incoming;
        } catch (IOException | RuntimeException e) {
            drop(incoming);
            throw e;
        }
    }

    private void copy(
            FileSystem files,
            org.apache.flink.core.fs.Path from,
            Path to,
            long[] left,
            int deepest,
            Pace pace)
            throws IOException {
        FileStatus[] all = files.listStatus(from);
        for (FileStatus file : all == null ? new FileStatus[0] : all) {
            String name = file.getPath().getName();
            if (name.isEmpty() || name.equals("..") || name.contains("/")) {
                continue; // no store should list one; it would lead out of the copy
            }
            if (file.isDir()) {
                if (deepest > 0) {
                    Path inner = Files.createDirectory(to.resolve(name));
                    copy(files, file.getPath(), inner, left, deepest - 1, pace);
                }
            } else {
                copyFile(files, file.getPath(), to.resolve(name), left, pace);
            }
        }
    }

    private void copyFile(
            FileSystem files, org.apache.flink.core.fs.Path from, Path to, long[] left, Pace pace)
            throws IOException {
        if (left[1]-- == 0) {
            throw new IOException(from.getParent() + ": more than " + MOST_FILES + " files");
        }
        byte[] block = new byte[BLOCK];
        try (InputStream in = files.open(from);
                OutputStream out = Files.newOutputStream(to)) {
            for (int n = in.read(block); n >= 0; n = in.read(block)) {
                left[0] -= n;
                if (left[0] < 0) {
                    throw new IOException(
                            "%s: the model has more than the %d bytes that model.cache-size allows"
                                    .formatted(from.getParent(), mostBytes));
                }
                out.write(block, 0, n);
                pace.rest();
            }
        }
    }

    /** Keeps a verified copy under its checksum, and lets others go where they are too many. */
    void keep(Path incoming, String sha256) throws IOException {
        synchronized (ModelCache.class) { // several versions are loaded at a time
            Path kept = directory.resolve(sha256);
            if (!Files.exists(kept)) {
                try {
                    Files.move(incoming, kept, StandardCopyOption.ATOMIC_MOVE);
                } catch (IOException e) {
                    if (!Files.isDirectory(kept)) { // another process shares the directory
                        throw e;
                    }
                }
            }
            drop(incoming);
            Files.setLastModifiedTime(kept, FileTime.from(clock.instant()));
            evict(kept);
        }
    }

    /** Deletes a copy. */
    void drop(Path copy) {
        FileUtils.deleteDirectoryQuietly(copy.toFile());
    }

    private record Copy(Path path, Instant used, long bytes) {}

    private void evict(Path newest) throws IOException {
        List<Copy> copies = new ArrayList<>();
        try (Stream<Path> all = Files.list(directory)) {
            for (Path path : all.toList()) {
                look(path, copies);
            }
        }
        copies.sort(Comparator.comparing(Copy::used));
        long bytes = copies.stream().mapToLong(Copy::bytes).sum();
        for (Copy copy : copies) {
            if (bytes > mostBytes && !copy.path().equals(newest)) {
                LOG.info("the cache of models is over {} bytes: {} goes", mostBytes, copy.path());
                drop(copy.path());
                bytes -= copy.bytes();
            }
        }
    }

    private void look(Path path, List<Copy> copies) {
        try {
            Instant used = Files.getLastModifiedTime(path).toInstant();
            if (!path.getFileName().toString().startsWith(INCOMING)) {
                copies.add(new Copy(path, used, bytes(path)));
            } else if (used.isBefore(clock.instant().minus(ABANDONED))) {
                drop(path);
            }
        } catch (IOException | UncheckedIOException e) {
            LOG.debug("{} has gone meanwhile", path, e);
        }
    }

    private static long bytes(Path directory) throws IOException {
        try (Stream<Path> files = Files.walk(directory)) {
            return files.mapToLong(f -> Files.isRegularFile(f) ? f.toFile().length() : 0).sum();
        }
    }
}
