package io.dienstream.learn;

import io.dienstream.datasets.format.Directories;
import io.dienstream.dien.file.OutputDirectory;
import io.dienstream.train.manifest.TrainingManifest;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.stream.Stream;

/**
 * The directory that a learner leaves artifacts in, one learner at a time. What is being made lies
 * under a hidden name until it is complete; what a learner that died left there goes when the next
 * one begins.
 */
final class Artifacts implements AutoCloseable {
    private static final String UNFINISHED = ".learning-";
    private static final String LOCK = ".learn.lock";

    /** What follows an artifact's name in the name of the checkpoint that its training has left. */
    static final String CHECKPOINT = ".checkpoint";

    private final Path directory;
    private final FileChannel channel;

    private Artifacts(Path directory, FileChannel channel) {
        this.directory = directory;
        this.channel = channel;
    }

    /**
     * @throws IOException where another learner uses it
     */
    static Artifacts open(Path directory) throws IOException {
        OutputDirectory.make(directory);
        FileChannel channel =
                FileChannel.open(
                        directory.resolve(LOCK),
                        StandardOpenOption.CREATE,
                        StandardOpenOption.WRITE);
        if (!isOurs(channel)) {
            channel.close();
            throw new IOException(directory + ": another learner leaves its artifacts there");
        }
        for (Path left : unfinished(directory)) {
            Directories.delete(left);
        }
        return new Artifacts(directory, channel);
    }

    private static boolean isOurs(FileChannel channel) throws IOException {
        try {
            FileLock lock = channel.tryLock();
            return lock != null;
        } catch (OverlappingFileLockException e) {
            return false; // by this very process
        }
    }

    private static List<Path> unfinished(Path directory) throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            return files.filter(f -> f.getFileName().toString().startsWith(UNFINISHED)).toList();
        }
    }

    /** A new hidden directory to work in. */
    Path begin() throws IOException {
        return Directories.beginning(directory, UNFINISHED);
    }

    /** Where the checkpoint lies that a training has left of {@code artifact}, if it has. */
    static Path checkpoint(Path artifact) {
        return artifact.resolveSibling(artifact.getFileName() + CHECKPOINT);
    }

    /** Where a version will lie. */
    Path of(String version) {
        return directory.resolve(version);
    }

    /**
     * Moves a version with what belongs to it out of {@code work}, the artifact last: where it is,
     * its manifest is.
     */
    Path keep(Path work, String version) throws IOException {
        Path made = work.resolve(version);
        Path target = of(version);
        for (String beside : List.of(version + ".report", version + CHECKPOINT)) {
            if (Files.exists(work.resolve(beside))) {
                Directories.delete(directory.resolve(beside));
                Files.move(work.resolve(beside), directory.resolve(beside));
            }
        }
        Files.move(
                TrainingManifest.beside(made),
                TrainingManifest.beside(target),
                StandardCopyOption.REPLACE_EXISTING);
        Files.move(made, target, StandardCopyOption.ATOMIC_MOVE);
        return target;
    }

    /** Removes a version with what belongs to it, the artifact first. */
    void remove(String version) throws IOException {
        Directories.delete(of(version));
        Files.deleteIfExists(TrainingManifest.beside(of(version)));
        for (String beside : List.of(version + ".report", version + CHECKPOINT)) {
            Directories.delete(directory.resolve(beside));
        }
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
