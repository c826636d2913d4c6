package io.dienstream.cli;

import io.dienstream.cli.terminal.TerminalOutput;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.SecureRandom;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArraySet;
import java.util.concurrent.locks.LockSupport;

/**
 * This process's temporary files: one directory {@code dien-PID-RANDOM} in the system's temporary
 * directory, of mode 0700, which goes when the process ends, after SIGTERM too. What a process
 * leaves that could not do that, killed for instance, the next one removes ({@link ScratchSweep}).
 */
public final class Scratch {
    static final String PREFIX = "dien-";

    /** Locked as long as the process lives. */
    static final String LOCK = "lock";

    private static final String TEMPORARY = "java.io.tmpdir";

    /** Where libraries unpack their native code, each by a property of its own. */
    private static final List<String> LIBRARIES =
            List.of("jline.tmpdir", "org.xerial.snappy.tempdir", "ZstdTempFolder");

    private static final int ATTEMPTS = 10;
    private static final long LAST_WRITES_NANOS = 10_000_000_000L;
    private static final long NAP_NANOS = 20_000_000;

    /** The system's, before {@link #begin} made it ours. */
    private static final Path SYSTEM = Path.of(System.getProperty(TEMPORARY));

    private static final Set<Thread> WRITERS = new CopyOnWriteArraySet<>();

    private static Scratch ofProcess;

    private final Path root;
    private final FileChannel lock;

    private Scratch(Path root, FileChannel lock) {
        this.root = root;
        this.lock = lock;
    }

    /**
     * Makes the directory the temporary one of this whole process, before anything else is done:
     * Flink and other libraries look for it when their classes are loaded. Where it cannot be made,
     * a command that needs it says so.
     */
    static void begin() {
        try {
            Path own = ofProcess().root;
            System.setProperty(TEMPORARY, own.toString());
            for (String property : LIBRARIES) {
                System.setProperty(property, System.getProperty(property, own.toString()));
            }
            for (Path left : ScratchSweep.run(SYSTEM, own)) {
                TerminalOutput.standardError()
                        .printf("dien: left behind by an earlier process: %s%n", left);
            }
        } catch (IOException e) {
            // of no account to a command that writes no temporary files
        }
    }

    /**
     * A new directory for temporary files.
     *
     * @throws IOException where the system's temporary directory cannot be written to
     */
    public static Path directory(String name) throws IOException {
        return Files.createTempDirectory(ofProcess().root, name + "-");
    }

    /** Removes what is not needed any more; what cannot be removed yet goes at the end. */
    public static void remove(Path directory) {
        ScratchSweep.remove(directory);
    }

    /** The system's temporary directory, where things may outlive this process. */
    static Path system() {
        return SYSTEM;
    }

    /** A shutdown hook under which files are still written: they go after it has ended. */
    public static void waitFor(Thread hook) {
        WRITERS.add(hook);
    }

    /** A hook that was taken back. */
    public static void forget(Thread hook) {
        WRITERS.remove(hook);
    }

    private static synchronized Scratch ofProcess() throws IOException {
        if (ofProcess == null) {
            Scratch scratch = create(SYSTEM);
            Runtime.getRuntime().addShutdownHook(new Thread(scratch::end, "dien-scratch"));
            ofProcess = scratch;
        }
        return ofProcess;
    }

    /**
     * A directory of this process in {@code temporary}.
     *
     * @throws IOException where it cannot be written to
     */
    static Scratch create(Path temporary) throws IOException {
        SecureRandom random = new SecureRandom();
        long pid = ProcessHandle.current().pid();
        for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
            // not by Files.createTempDirectory, which keeps the temporary directory that it finds
            String name = "%s%d-%016x".formatted(PREFIX, pid, random.nextLong());
            Path root = Files.createDirectory(temporary.resolve(name), UserDirectory.ownersOnly());
            FileChannel lock = lock(root);
            if (lock != null) {
                return new Scratch(root, lock);
            }
        }
        throw new IOException("no directory of our own stays in " + temporary);
    }

    /** Null where another process that was sweeping took the directory for a dead one's. */
    private static FileChannel lock(Path root) throws IOException {
        Path file = root.resolve(LOCK);
        try {
            FileChannel lock =
                    FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
            if (lock.tryLock() != null && Files.exists(file)) {
                return lock;
            }
            lock.close();
            return null;
        } catch (NoSuchFileException e) {
            return null;
        }
    }

    Path root() {
        return root;
    }

    /** Removes the directory once those who still write have ended; names it where that fails. */
    void end() {
        WRITERS.forEach(Scratch::await);
        long deadline = System.nanoTime() + LAST_WRITES_NANOS;
        IOException failure = ScratchSweep.remove(root);
        // threads and hooks of Flink's are stopped by nobody and may write in between
        while (failure != null && System.nanoTime() < deadline) {
            LockSupport.parkNanos(NAP_NANOS);
            failure = ScratchSweep.remove(root);
        }
        if (failure != null) {
            TerminalOutput.standardError()
                    .printf("dien: left behind: %s (%s)%n", root, failure.getMessage());
        }
        try {
            lock.close();
        } catch (IOException e) {
            // the process ends, and the lock with it
        }
    }

    private static void await(Thread hook) {
        try {
            while (hook.getState() == Thread.State.NEW) {
                Thread.sleep(1); // hooks are started one after the other
            }
            hook.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
