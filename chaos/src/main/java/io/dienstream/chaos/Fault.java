package io.dienstream.chaos;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.stream.Collectors;

/** What goes wrong, or is done to the job, and how often it stands in a round of the schedule. */
public enum Fault {
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
    CORRUPT_CHECKPOINT(1),
    /** A stop with a savepoint, and a start from it at another parallelism. */
    RESCALE(2),
    /** JobManager and TaskManagers go in order and come back: an upgrade from the last state. */
    UPGRADE(1),
    /** Another version is published, as a candidate with a share of users or none. */
    PUBLISH_MODEL(1),
    /** A candidate gets another share of users. */
    RAMP_MODEL(2),
    /** A candidate becomes the live version, perhaps before any task has loaded it. */
    PROMOTE_MODEL(2),
    /** The version that was live before answers again. */
    ROLL_BACK_MODEL(1),
    /** kill -9 of the learning job's TaskManager. */
    KILL_LEARNING_TASKMANAGER(4),
    /** kill -9 of the learning job's JobManager. */
    KILL_LEARNING_JOBMANAGER(2);

    /** What every run begins with, unless it is told otherwise. */
    private static final List<Fault> FIRST =
            List.of(PROMOTE_MODEL, KILL_TASKMANAGER, KILL_JOBMANAGER, KILL_BROKER, RESCALE);

    private final int weight;

    Fault(int weight) {
        this.weight = weight;
    }

    /** Whether it is a command on the model's rollout. */
    boolean isCommand() {
        return switch (this) {
            case PUBLISH_MODEL, RAMP_MODEL, PROMOTE_MODEL, ROLL_BACK_MODEL -> true;
            default -> false;
        };
    }

    /** Whether it is the learning job's. */
    boolean isLearning() {
        return this == KILL_LEARNING_TASKMANAGER || this == KILL_LEARNING_JOBMANAGER;
    }

    /** The name in reports and on the command line. */
    public String label() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /**
     * @throws IllegalArgumentException naming what there is
     */
    public static Fault of(String label) {
        return Arrays.stream(values())
                .filter(fault -> fault.label().equals(label))
                .findFirst()
                .orElseThrow(
                        () ->
                                new IllegalArgumentException(
                                        "'"
                                                + label
                                                + "' is no fault; there are "
                                                + Arrays.stream(values())
                                                        .map(Fault::label)
                                                        .collect(Collectors.joining(", "))));
    }

    /** Endless: an opening first, then shuffled rounds in which every fault stands. */
    static final class Schedule {
        private final Random random;
        private final List<Fault> kinds;
        private final List<Fault> round;
        private int opening;

        /**
         * @param only the faults there are, which the opening has in their order; empty: all
         * @param learning whether there is a learning job; without it the schedule is what it was
         *     before there were faults of one
         */
        Schedule(long seed, List<Fault> only, boolean learning) {
            random = new Random(seed);
            kinds = only.isEmpty() ? all(learning) : List.copyOf(only);
            round = new ArrayList<>(only.isEmpty() ? FIRST : only);
            if (only.isEmpty() && learning) {
                round.addAll(Arrays.stream(values()).filter(Fault::isLearning).toList());
            }
            Collections.reverse(round);
            opening = round.size();
        }

        private static List<Fault> all(boolean learning) {
            return Arrays.stream(values()).filter(f -> learning || !f.isLearning()).toList();
        }

        /** Whether what must come in every run is still to come. */
        boolean opening() {
            return opening > 0;
        }

        Fault next() {
            if (round.isEmpty()) {
                for (Fault fault : kinds) {
                    round.addAll(Collections.nCopies(fault.weight, fault));
                }
                Collections.shuffle(round, random);
            }
            opening--;
            return round.remove(round.size() - 1);
        }

        /** For the choices within a fault. */
        Random random() {
            return random;
        }
    }
}
