package io.dienstream.dien.artifact;

import com.sun.management.ThreadMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Damages a good artifact in one file at a time, by seed, and holds a reader to its promise: what
 * it does not take it refuses, with an {@link ArtifactException}, in memory that is bounded and
 * before long.
 */
final class ArtifactFuzzer implements AutoCloseable {
    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    private final Path artifact;
    private final List<String> files;
    private final List<byte[]> good;
    private final Duration patience;
    private final long mostBytes;
    private final ExecutorService thread =
            Executors.newSingleThreadExecutor(
                    task -> {
                        Thread reader = new Thread(task, "fuzzed-reader");
                        reader.setDaemon(true); // one that hangs does not keep the JVM
                        return reader;
                    });
    private int accepted;

    /** What reads an artifact. */
    interface Reader {
        void read(Path artifact) throws IOException;
    }

    /**
     * A broken promise.
     *
     * @param input what repeats it
     * @param file that was damaged
     * @param cause what was thrown, or null
     */
    record Fault(int input, String file, String what, Throwable cause) {}

    /**
     * @param artifact good; its files are damaged and repaired in place
     * @param files of it to damage
     * @param patience how long a read may take
     * @param mostBytes that a read may allocate
     */
    ArtifactFuzzer(Path artifact, List<String> files, Duration patience, long mostBytes)
            throws IOException {
        this.artifact = artifact;
        this.files = files;
        this.patience = patience;
        this.mostBytes = mostBytes;
        good = new ArrayList<>();
        for (String file : files) {
            good.add(Files.readAllBytes(artifact.resolve(file)));
        }
    }

    /** How many damaged artifacts were taken all the same. */
    int accepted() {
        return accepted;
    }

    /** The first fault in the inputs [0, {@code inputs}). */
    Optional<Fault> run(Reader reader, int inputs) throws IOException, InterruptedException {
        for (int input = 0; input < inputs; input++) {
            Random random = new Random(input);
            int n = random.nextInt(files.size());
            Path file = artifact.resolve(files.get(n));
            replace(file, Mutations.of(files.get(n), good.get(n), random));
            Optional<Fault> fault = read(reader, input, files.get(n));
            replace(file, good.get(n));
            if (fault.isPresent()) {
                return fault;
            }
        }
        return Optional.empty();
    }

    /** By a new file: some file systems wait for the disk when one is overwritten. */
    private static void replace(Path file, byte[] bytes) throws IOException {
        Files.delete(file);
        Files.write(file, bytes);
    }

    private Optional<Fault> read(Reader reader, int input, String file)
            throws InterruptedException {
        Future<Long> reading =
                thread.submit(
                        () -> {
                            long before = THREADS.getCurrentThreadAllocatedBytes();
                            try {
                                reader.read(artifact);
                                accepted++;
                            } catch (ArtifactException e) {
                                // as promised
                            }
                            return THREADS.getCurrentThreadAllocatedBytes() - before;
                        });
        try {
            long bytes = reading.get(patience.toMillis(), TimeUnit.MILLISECONDS);
            return bytes <= mostBytes
                    ? Optional.empty()
                    : Optional.of(new Fault(input, file, "allocates " + bytes + " bytes", null));
        } catch (ExecutionException e) {
            return Optional.of(new Fault(input, file, "throws " + e.getCause(), e.getCause()));
        } catch (TimeoutException e) {
            return Optional.of(new Fault(input, file, "hangs", e));
        }
    }

    @Override
    public void close() {
        thread.shutdownNow();
    }
}
