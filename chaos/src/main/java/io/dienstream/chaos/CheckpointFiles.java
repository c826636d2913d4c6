package io.dienstream.chaos;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/** The checkpoints of all jobs of a cluster, on its {@link CheckpointDisk}. */
final class CheckpointFiles {
    /** At a directory in which files go while they are listed. */
    private static final int LOOKS = 100;

    private static final long LOOK_MS = 100;
    private static final String METADATA = "_metadata";

    private final Path directory;

    CheckpointFiles(Path directory) {
        this.directory = directory;
    }

    /**
     * The two newest, both of the present job; waits until there are two.
     *
     * @throws IOException where there are not within {@code most}
     */
    List<Path> awaitTwo(Duration most) throws IOException, InterruptedException {
        long end = System.nanoTime() + most.toNanos();
        while (true) {
            List<Path> newest = newestFirst();
            if (areOfOneJob(newest)) {
                return newest.subList(0, 2);
            }
            if (System.nanoTime() > end) {
                throw new IOException("fewer than two checkpoints are retained: " + newest);
            }
            Thread.sleep(LOOK_MS);
        }
    }

    private static boolean areOfOneJob(List<Path> newest) {
        return newest.size() >= 2 && newest.get(0).getParent().equals(newest.get(1).getParent());
    }

    /** Complete ones; the JobManager may be deleting some. */
    private List<Path> newestFirst() throws IOException {
        for (int left = LOOKS; ; left--) {
            try (Stream<Path> files = Files.find(directory, 3, CheckpointFiles::isMetadata)) {
                return files.map(Path::getParent)
                        .sorted(Comparator.comparingLong(CheckpointFiles::completedAt).reversed())
                        .toList();
            } catch (UncheckedIOException e) {
                if (left == 0 || !(e.getCause() instanceof NoSuchFileException)) {
                    throw e;
                }
            }
        }
    }

    /** Cuts a checkpoint's metadata in half. */
    static void damage(Path checkpoint) throws IOException {
        try (FileChannel file =
                FileChannel.open(checkpoint.resolve(METADATA), StandardOpenOption.WRITE)) {
            file.truncate(file.size() / 2);
        }
    }

    /**
     * Deletes the checkpoints of jobs before the present one, as an operator would after a
     * rollback, once the present job has enough of its own.
     */
    void forgetOldJobs() throws IOException {
        List<Path> newest = newestFirst();
        if (!areOfOneJob(newest)) {
            return;
        }
        Path present = newest.get(0).getParent();
        try (Stream<Path> jobs = Files.list(directory)) {
            for (Path job : jobs.filter(j -> !j.equals(present)).toList()) {
                Child.delete(job);
            }
        }
    }

    private static boolean isMetadata(Path path, Object attributes) {
        return path.getFileName().toString().equals(METADATA);
    }

    /** When a checkpoint was complete, ms. */
    static long completedAt(Path checkpoint) {
        return checkpoint.resolve(METADATA).toFile().lastModified();
    }
}
