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
import java.util.Random;
import java.util.stream.Stream;

/** Makes things go wrong. Each call returns when the fault itself is over, not its consequences. */
final class Faults {
    /** At a directory in which files go while they are listed. */
    private static final int LOOKS = 100;

    private static final Duration REFUSAL = Duration.ofSeconds(90);
    private static final String METADATA = "_metadata";
    private static final int LEAST_PAUSE_MS = 1_000;
    private static final int MOST_PAUSE_MS = 9_000;

    private final ChaosCluster cluster;
    private final Random random;
    private int kills;
    private final Rollbacks rollbacks = new Rollbacks();

    Faults(ChaosCluster cluster, Random random) {
        this.cluster = cluster;
        this.random = random;
    }

    /** How many processes were killed with SIGKILL. */
    int kills() {
        return kills;
    }

    /** Every return of the job to an older checkpoint than its newest. */
    Rollbacks rollbacks() {
        return rollbacks;
    }

    /** Whether {@code fault} can be had on this system. */
    boolean possible(Fault fault) {
        return fault != Fault.FULL_DISK || cluster.disk().canFill();
    }

    void inject(Fault fault) throws IOException, InterruptedException {
        forgetOldJobs();
        switch (fault) {
            case KILL_TASKMANAGER -> kill(anyTaskManager());
            case KILL_TASKMANAGER_TWICE -> {
                kill(anyTaskManager());
                nap();
                kill(anyTaskManager());
            }
            case KILL_JOBMANAGER -> kill(cluster.jobManager());
            case KILL_BROKER -> kill(cluster.broker());
            case KILL_ALL -> {
                kill(cluster.broker());
                kill(cluster.jobManager());
                for (Child taskManager : cluster.taskManagers()) {
                    kill(taskManager);
                }
            }
            case RESTART_BROKER -> cluster.broker().terminate();
            case PAUSE_TASKMANAGER -> pause(anyTaskManager());
            case PAUSE_JOBMANAGER -> pause(cluster.jobManager());
            case PAUSE_BROKER -> pause(cluster.broker());
            case PARTITION -> partition();
            case FULL_DISK -> {
                cluster.disk().fill();
                nap();
                cluster.disk().free();
            }
            case CORRUPT_CHECKPOINT -> corruptCheckpoint();
        }
    }

    private Child anyTaskManager() {
        List<Child> all = cluster.taskManagers();
        return all.get(random.nextInt(all.size()));
    }

    private void kill(Child child) throws InterruptedException {
        kills += child.kill() ? 1 : 0;
    }

    private void pause(Child child) throws IOException, InterruptedException {
        child.pause();
        try {
            nap();
        } finally {
            child.resume();
        }
    }

    private void partition() throws IOException, InterruptedException {
        if (!cluster.network().canCut()) {
            pause(cluster.taskManagers().get(1));
            return;
        }
        cluster.network().cut();
        try {
            nap();
        } finally {
            cluster.network().heal();
        }
    }

    private void nap() throws InterruptedException {
        Thread.sleep(LEAST_PAUSE_MS + random.nextInt(MOST_PAUSE_MS - LEAST_PAUSE_MS));
    }

    /**
     * The whole cluster is lost, what high availability knew as well, and the newest checkpoint is
     * damaged. A start from it must be refused; the one before it must do.
     */
    private void corruptCheckpoint() throws IOException, InterruptedException {
        cluster.jobManager().release();
        kill(cluster.jobManager());
        for (Child taskManager : cluster.taskManagers()) {
            taskManager.release();
            kill(taskManager);
        }
        long dead = System.currentTimeMillis();
        List<Path> newest = checkpoints();
        if (newest.size() < 2) {
            throw new IOException("fewer than two checkpoints are retained: " + newest);
        }
        Path metadata = newest.get(0).resolve(METADATA);
        try (FileChannel file = FileChannel.open(metadata, StandardOpenOption.WRITE)) {
            file.truncate(file.size() / 2);
        }
        cluster.startJobManager(newest.get(0));
        cluster.jobManager().release();
        long end = System.nanoTime() + REFUSAL.toNanos();
        while (cluster.jobManager().alive()) {
            if (System.nanoTime() > end) {
                throw new IOException("a damaged checkpoint was not refused: " + metadata);
            }
            Thread.sleep(LEAST_PAUSE_MS / 10);
        }
        cluster.startJobManager(newest.get(1));
        cluster.startTaskManagers();
        long complete = modified(newest.get(1));
        rollbacks.add(complete - ClusterSettings.CHECKPOINT_TIMEOUT_MS, dead);
    }

    /** Complete checkpoints of all jobs, newest first; the JobManager may be deleting some. */
    private List<Path> checkpoints() throws IOException {
        for (int left = LOOKS; ; left--) {
            try {
                return checkpointsNow();
            } catch (UncheckedIOException e) {
                if (left == 0 || !(e.getCause() instanceof NoSuchFileException)) {
                    throw e;
                }
            }
        }
    }

    private List<Path> checkpointsNow() throws IOException {
        try (Stream<Path> files = Files.find(cluster.disk().directory(), 3, Faults::isMetadata)) {
            return files.map(Path::getParent)
                    .sorted(Comparator.comparingLong(Faults::modified).reversed())
                    .toList();
        }
    }

    /**
     * Deletes the checkpoints of jobs before the present one, as an operator would after a
     * rollback, once the present job has enough of its own.
     */
    private void forgetOldJobs() throws IOException {
        List<Path> newest = checkpoints();
        if (newest.size() < 2 || !newest.get(0).getParent().equals(newest.get(1).getParent())) {
            return;
        }
        Path present = newest.get(0).getParent();
        try (Stream<Path> jobs = Files.list(cluster.disk().directory())) {
            for (Path job : jobs.filter(j -> !j.equals(present)).toList()) {
                Child.delete(job);
            }
        }
    }

    private static boolean isMetadata(Path path, Object attributes) {
        return path.getFileName().toString().equals(METADATA);
    }

    private static long modified(Path checkpoint) {
        return checkpoint.resolve(METADATA).toFile().lastModified();
    }
}
