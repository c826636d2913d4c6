package io.dienstream.chaos;

import io.dienstream.chaos.Rollbacks.Rollback;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.NavigableMap;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What the JobManager's log says of restarts, tasks and checkpoints. Every process of the
 * JobManager writes into one file, so it outlives each of them, which the REST interface does not.
 */
final class JobManagerLog {
    /** A task of the attempt before may go on for so long after the new one is deployed. */
    private static final long ZOMBIE_MS = 5_000;

    private static final Pattern LINE =
            Pattern.compile("(\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d),(\\d{3}) \\S+ +(.*)");

    private static final Pattern RESTORING =
            Pattern.compile("Restoring job \\S+ from .* @ (\\d+) for ");

    private static final Pattern COMPLETED =
            Pattern.compile("Completed checkpoint \\d+ .*checkpointDuration=(\\d+) ms");

    private static final String NOTHING_TO_RESTORE = "No checkpoint found during restore";
    private static final Pattern DEPLOYING = Pattern.compile("Deploying .* \\(attempt #\\d+\\)");
    private static final String RUNNING = " switched from INITIALIZING to RUNNING";

    private final List<Start> starts = new ArrayList<>();
    private final NavigableMap<Long, Long> checkpoints = new TreeMap<>();
    private long restored = Long.MIN_VALUE;
    private boolean deployed = true;

    /** One attempt of the job. */
    private static final class Start {
        private final long checkpointAt;
        private final long deployedAt;
        private long runningAt;

        private Start(long checkpointAt, long deployedAt) {
            this.checkpointAt = checkpointAt;
            this.deployedAt = deployedAt;
        }
    }

    private JobManagerLog() {}

    /**
     * @throws IOException where there is no log, or one without any start of the job
     */
    static JobManagerLog read(Path file) throws IOException {
        JobManagerLog log = new JobManagerLog();
        try (BufferedReader lines = Files.newBufferedReader(file, StandardCharsets.ISO_8859_1)) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                log.take(line);
            }
        }
        if (log.starts.isEmpty()) {
            throw new IOException(file + " tells of no start of the job");
        }
        return log;
    }

    private void take(String line) {
        Matcher parts = LINE.matcher(line);
        if (!parts.matches()) {
            return; // of a stack trace
        }
        long at =
                LocalDateTime.parse(parts.group(1))
                                .atZone(ZoneId.systemDefault())
                                .toInstant()
                                .toEpochMilli()
                        + Long.parseLong(parts.group(2));
        String text = parts.group(3);
        Matcher restoring = RESTORING.matcher(text);
        Matcher completed = COMPLETED.matcher(text);
        if (restoring.find()) {
            restored = Long.parseLong(restoring.group(1));
            deployed = false;
        } else if (text.contains(NOTHING_TO_RESTORE)) {
            restored = Long.MIN_VALUE;
            deployed = false;
        } else if (!deployed && DEPLOYING.matcher(text).find()) {
            starts.add(new Start(restored, at));
            deployed = true;
        } else if (text.contains(RUNNING) && !starts.isEmpty()) {
            starts.get(starts.size() - 1).runningAt = at;
        } else if (completed.find()) {
            checkpoints.put(at, Long.parseLong(completed.group(1)));
        }
    }

    /** How often the job was started, the first time included. */
    int starts() {
        return starts.size();
    }

    /**
     * When the last task of the newest attempt that was deployed between two times came to run, ms;
     * nothing where none was: the job had not stopped.
     */
    OptionalLong running(long since, long until) {
        for (int i = starts.size() - 1; i >= 0; i--) {
            Start start = starts.get(i);
            if (start.deployedAt >= since && start.deployedAt <= until && start.runningAt > 0) {
                return OptionalLong.of(start.runningAt);
            }
        }
        return OptionalLong.empty();
    }

    /** How long the checkpoints took that completed between two times, ms. */
    List<Long> checkpoints(long since, long until) {
        return List.copyOf(checkpoints.subMap(since, true, until, true).values());
    }

    /**
     * Every return of the job to a checkpoint, the first start excepted.
     *
     * @param bases when the job was started from a path, and since when nothing of it was in what
     *     the path names, both ms: Flink does not know the time of such a checkpoint
     */
    Rollbacks rollbacks(NavigableMap<Long, Long> bases) {
        Rollbacks rollbacks = new Rollbacks();
        for (Start start : starts.subList(1, starts.size())) {
            long from = start.checkpointAt;
            if (from == 0) {
                from = bases.floorEntry(start.deployedAt).getValue();
            }
            rollbacks.add(new Rollback(from, start.deployedAt, start.deployedAt + ZOMBIE_MS));
        }
        return rollbacks;
    }
}
