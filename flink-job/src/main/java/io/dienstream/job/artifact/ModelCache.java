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
import java.util.HashMap;
import java.util.List;
import java.util.Map;
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
    private static final StoredFiles.Bounds MOST = new StoredFiles.Bounds(1000, 4);
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
            FileSystem files = from.getFileSystem();
            Map<Path, FileStatus> found = StoredFiles.find(files, from, MOST, file -> true);
            if (found.isEmpty()) {
                throw new FileNotFoundException(uri + ": no such model directory");
            }
            long left = mostBytes;
            for (Map.Entry<Path, FileStatus> file : found.entrySet()) {
                Path to = incoming.resolve(file.getKey());
                Files.createDirectories(to.getParent());
                left = copy(files, file.getValue().getPath(), to, left, pace);
            }
            return incoming;
        } catch (IOException | RuntimeException e) {
            drop(incoming);
            throw e;
        }
    }

    /** Copies a file of {@code left} bytes at most; returns how many may follow. */
    private long copy(
            FileSystem files, org.apache.flink.core.fs.Path from, Path to, long left, Pace pace)
            throws IOException {
        byte[] block = new byte[BLOCK];
        long rest = left;
        try (InputStream in = files.open(from);
                OutputStream out = Files.newOutputStream(to)) {
            for (int n = in.read(block); n >= 0; n = in.read(block)) {
                rest -= n;
                if (rest < 0) {
                    throw new IOException(
                            "%s: there are more than the %d bytes that the cache may hold; model.cache-size of a job, --model-cache-size of dien learn, says how many"
                                    .formatted(from.getParent(), mostBytes));
                }
                out.write(block, 0, n);
                pace.rest();
            }
        }
        return rest;
    }

    /**
     * Keeps a verified copy under its checksum, and lets others go where they are too many.
     *
     * @param name checksum, or that with a suffix for what belongs to the copy
     */
    void keep(Path incoming, String name) throws IOException {
        synchronized (ModelCache.class) { // several versions are loaded at a time
            Path kept = directory.resolve(name);
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
            evict(checksum(name));
        }
    }

    /** Deletes a copy, or a file beside one. */
    void drop(Path copy) {
        try {
            FileUtils.deleteFileOrDirectory(copy.toFile());
        } catch (IOException e) {
            LOG.debug("{} is not deleted", copy, e);
        }
    }

    /** A copy with what lies beside it. */
    private static final class Copy {
        private final List<Path> paths = new ArrayList<>();
        private Instant used = Instant.MIN;
        private long bytes;

        void add(Path path, Instant time) throws IOException {
            bytes += bytes(path);
            used = time.isAfter(used) ? time : used;
            paths.add(path);
        }

        Instant used() {
            return used;
        }
    }

    private void evict(String newest) throws IOException {
        Map<String, Copy> copies = new HashMap<>();
        try (Stream<Path> all = Files.list(directory)) {
            for (Path path : all.toList()) {
                look(path, copies);
            }
        }
        long bytes = copies.values().stream().mapToLong(c -> c.bytes).sum();
        copies.remove(newest);
        for (Copy copy :
                copies.values().stream().sorted(Comparator.comparing(Copy::used)).toList()) {
            if (bytes > mostBytes) {
                LOG.info("the cache of models is over {} bytes: {} goes", mostBytes, copy.paths);
                copy.paths.forEach(this::drop);
                bytes -= copy.bytes;
            }
        }
    }

    private void look(Path path, Map<String, Copy> copies) {
        String name = path.getFileName().toString();
        try {
            Instant used = Files.getLastModifiedTime(path).toInstant();
            if (!name.startsWith(INCOMING) && !name.startsWith(".")) {
                copies.computeIfAbsent(checksum(name), c -> new Copy()).add(path, used);
            } else if (used.isBefore(clock.instant().minus(ABANDONED))) {
                drop(path);
            }
        } catch (IOException | UncheckedIOException e) {
            LOG.debug("{} has gone meanwhile", path, e);
        }
    }

    /** Of a copy, or of what lies beside it. */
    private static String checksum(String name) {
        int dot = name.indexOf('.');
        return dot < 0 ? name : name.substring(0, dot);
    }

    private static long bytes(Path copy) throws IOException {
        try (Stream<Path> files = Files.walk(copy)) {
            return files.mapToLong(f -> Files.isRegularFile(f) ? f.toFile().length() : 0).sum();
        }
    }
}
