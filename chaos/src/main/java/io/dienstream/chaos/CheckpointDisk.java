package io.dienstream.chaos;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The directory of checkpoints, on a small disk of its own in memory that can be filled. Needs
 * root; without it an ordinary directory, and {@link #canFill} is false.
 */
final class CheckpointDisk implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(CheckpointDisk.class);
    private static final String SIZE = "size=1500m";
    private static final int BLOCK = 1 << 20;

    private final Path directory;
    private final boolean mounted;

    private CheckpointDisk(Path directory, boolean mounted) {
        this.directory = directory;
        this.mounted = mounted;
    }

    static CheckpointDisk create(Path directory) throws IOException, InterruptedException {
        Files.createDirectories(directory);
        try {
            Shell.run("mount", "-t", "tmpfs", "-o", SIZE, "tmpfs", directory.toString());
            return new CheckpointDisk(directory, true);
        } catch (IOException e) {
            LOG.warn("no disk of its own for checkpoints, it is never full: {}", e.getMessage());
            return new CheckpointDisk(directory, false);
        }
    }

    Path directory() {
        return directory;
    }

    boolean canFill() {
        return mounted;
    }

    /** Writes ballast until nothing more fits. */
    void fill() {
        try (OutputStream out = Files.newOutputStream(ballast())) {
            byte[] block = new byte[BLOCK];
            while (true) {
                out.write(block);
            }
        } catch (IOException full) {
            LOG.info("checkpoint disk: {}", full.getMessage());
        }
    }

    void free() throws IOException {
        Files.deleteIfExists(ballast());
    }

    private Path ballast() {
        return directory.resolve("ballast");
    }

    @Override
    public void close() throws IOException, InterruptedException {
        if (mounted) {
            Shell.run("umount", "-l", directory.toString());
        }
    }
}
