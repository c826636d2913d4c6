package io.dienstream.chaos;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.NavigableMap;
import java.util.Random;
import java.util.TreeMap;

/** Makes things go wrong. Each call returns when the fault itself is over, not its consequences. */
final class Faults {
    private static final Duration REFUSAL = Duration.ofSeconds(90);
    private static final Duration TWO_CHECKPOINTS = Duration.ofMinutes(3);
    private static final Duration EXIT = Duration.ofSeconds(30);
    private static final long LOOK_MS = 100;
    private static final int LEAST_PAUSE_MS = 1_000;
    private static final int MOST_PAUSE_MS = 9_000;

    private final ChaosCluster cluster;
    private final ModelCommands models;
    private final Random random;
    private final Conditions conditions;
    private final CheckpointFiles checkpoints;
    private final Duration checkpointTimeout;
    private final Rollbacks behindCommits = new Rollbacks();
    private final NavigableMap<Long, Long> bases = new TreeMap<>();
    private int kills;

    /**
     * @param models null where they do not change
     * @param checkpointTimeout a checkpoint is complete within this time of its start, or never
     */
    Faults(
            ChaosCluster cluster,
            ModelCommands models,
            Random random,
            Conditions conditions,
            Duration checkpointTimeout) {
        this.cluster = cluster;
        this.models = models;
        this.checkpointTimeout = checkpointTimeout;
        this.random = random;
        this.conditions = conditions;
        checkpoints = new CheckpointFiles(cluster.disk().directory());
    }

    /** How many processes were killed with SIGKILL. */
    int kills() {
        return kills;
    }

    /** Every return of the job to an older checkpoint than its newest. */
    Rollbacks behindCommits() {
        return behindCommits;
    }

    /** See {@link JobManagerLog#rollbacks}. */
    NavigableMap<Long, Long> bases() {
        return bases;
    }

    /**
     * Whether {@code fault} can be had on this system and under these conditions: what was late
     * before a commit may be in time behind it, and then nobody can say which was right.
     */
    boolean possible(Fault fault) {
        return switch (fault) {
            case FULL_DISK -> cluster.disk().canFill();
            case CORRUPT_CHECKPOINT -> !conditions.mayBeLate();
            case KILL_LEARNING_TASKMANAGER, KILL_LEARNING_JOBMANAGER -> cluster.learning() != null;
            default -> models != null || !fault.isCommand();
        };
    }

    /** Models change while something else goes wrong: a command goes before each other fault. */
    void announce(Fault fault) throws IOException, InterruptedException {
        if (models != null && !fault.isCommand()) {
            models.any();
        }
    }

    void inject(Fault fault) throws IOException, InterruptedException {
        checkpoints.forgetOldJobs();
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
                if (cluster.learning() != null) {
                    kill(cluster.learning().jobManager());
                    kill(cluster.learning().taskManager());
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
            case RESCALE -> rescale();
            case UPGRADE -> {
                cluster.jobManager().terminate();
                for (Child taskManager : cluster.taskManagers()) {
                    taskManager.terminate();
                }
            }
            case KILL_LEARNING_TASKMANAGER -> kill(cluster.learning().taskManager());
            case KILL_LEARNING_JOBMANAGER -> kill(cluster.learning().jobManager());
            case PUBLISH_MODEL, RAMP_MODEL, PROMOTE_MODEL, ROLL_BACK_MODEL -> models.send(fault);
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
        checkpoints.awaitTwo(TWO_CHECKPOINTS);
        cluster.jobManager().release();
        kill(cluster.jobManager());
        for (Child taskManager : cluster.taskManagers()) {
            taskManager.release();
            kill(taskManager);
        }
        long dead = System.currentTimeMillis();
        List<Path> newest = checkpoints.awaitTwo(Duration.ZERO);
        CheckpointFiles.damage(newest.get(0));
        cluster.startJobManager(newest.get(0));
        cluster.jobManager().release();
        if (!exits(cluster.jobManager(), REFUSAL)) {
            throw new IOException("a damaged checkpoint was not refused: " + newest.get(0));
        }
        long from = CheckpointFiles.completedAt(newest.get(1)) - checkpointTimeout.toMillis();
        bases.put(System.currentTimeMillis(), from);
        behindCommits.add(from, dead);
        cluster.startJobManager(newest.get(1));
        cluster.startTaskManagers();
    }

    /** Everything but the broker is new afterwards, and so is what high availability knows. */
    private void rescale() throws IOException, InterruptedException {
        long asked = System.currentTimeMillis();
        String savepoint = cluster.stop(false);
        if (!exits(cluster.jobManager(), EXIT)) {
            kill(cluster.jobManager());
        }
        for (Child taskManager : cluster.taskManagers()) {
            taskManager.terminate();
        }
        bases.put(System.currentTimeMillis(), asked);
        cluster.rescale(random);
        cluster.startJobManager(Path.of(URI.create(savepoint)));
        cluster.startTaskManagers();
    }

    private static boolean exits(Child child, Duration most) throws InterruptedException {
        long end = System.nanoTime() + most.toNanos();
        while (child.alive()) {
            if (System.nanoTime() > end) {
                return false;
            }
            Thread.sleep(LOOK_MS);
        }
        return true;
    }
}
