package io.dienstream.chaos;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Random;

/** What goes wrong, and how often it stands in a round of the schedule. */
enum Fault {
    /** kill -9 of one TaskManager. */
    KILL_TASKMANAGER(6),
    /** kill -9 of a TaskManager and, while the job recovers, of one again. */
    KILL_TASKMANAGER_TWICE(2),
    /** kill -9 of the JobManager. */
    KILL_JOBMANAGER(3),
    /** kill -9 of the broker. */
    KILL_BROKER(2),
    /** kill -9 of everything but ZooKeeper: a power cut. */
    KILL_ALL(1),
    /** The broker stops in order and starts again. */
    RESTART_BROKER(1),
    PAUSE_TASKMANAGER(1),
    PAUSE_JOBMANAGER(1),
    PAUSE_BROKER(1),
    /** One TaskManager loses everyone else; a pause where we may not cut links. */
    PARTITION(2),
    /** No checkpoint can be written for a while; left out where we have no disk of our own. */
    FULL_DISK(1),
    /** The newest checkpoint is damaged and high availability gone: back to the one before. */
    CORRUPT_CHECKPOINT(1);

    private final int weight;

    Fault(int weight) {
        this.weight = weight;
    }

    /** The name in reports. */
    String label() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /** Endless: one kill of each kind first, then shuffled rounds in which every fault stands. */
    static final class Schedule {
        private final Random random;
        private final List<Fault> round =
                new ArrayList<>(List.of(KILL_BROKER, KILL_JOBMANAGER, KILL_TASKMANAGER));

        Schedule(long seed) {
            random = new Random(seed);
        }

        Fault next() {
            if (round.isEmpty()) {
                for (Fault fault : values()) {
                    round.addAll(Collections.nCopies(fault.weight, fault));
                }
                Collections.shuffle(round, random);
            }
            return round.remove(round.size() - 1);
        }

        /** For the choices within a fault. */
        Random random() {
            return random;
        }
    }
}
