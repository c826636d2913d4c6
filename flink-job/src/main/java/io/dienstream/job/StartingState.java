package io.dienstream.job;

import io.dienstream.dien.file.FileOwner;
import io.dienstream.job.option.JobOptions;
import io.dienstream.job.option.Settings;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.flink.core.fs.FileStatus;
import org.apache.flink.core.fs.FileSystem;
import org.apache.flink.core.fs.Path;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The savepoint or checkpoint that a job starts from, where nobody else tells Flink. */
public final class StartingState {
    private static final String LATEST = "latest";

    /** What job.start-from says where nothing is to be restored. */
    public static final String NONE = "none";

    private static final String METADATA = "_metadata";
    private static final String SAVEPOINT = "savepoint-";
    private static final Pattern CHECKPOINT = Pattern.compile("chk-(\\d{1,18})");
    private static final Logger LOG = LoggerFactory.getLogger(StartingState.class);

    private StartingState() {}

    /**
     * @param checkpoints URI of the directory that the job's checkpoints go to
     * @return URI, or nothing for a job that starts empty
     * @throws IOException where the directory cannot be listed, or its newest checkpoint is of
     *     another user of this machine: a checkpoint names classes, so who writes it may run code
     */
    static Optional<String> of(Settings options, String checkpoints) throws IOException {
        String from = options.get(JobOptions.START_FROM);
        if (from.isEmpty() || from.equals(NONE)) {
            return Optional.empty();
        }
        if (!from.equals(LATEST)) {
            return Optional.of(from);
        }
        if (checkpoints.isEmpty()) {
            throw new IOException(
                    "job.start-from=latest needs checkpoint.directory: there is no place to look");
        }
        Optional<String> newest = newest(checkpoints);
        if (newest.isPresent()) {
            requireOwn(newest.get());
        }
        return newest;
    }

    private static void requireOwn(String checkpoint) throws IOException {
        URI uri = new Path(checkpoint, METADATA).toUri();
        if (!"file".equals(uri.getScheme())) {
            return;
        }
        java.nio.file.Path file = java.nio.file.Path.of(uri.getPath());
        if (!FileOwner.isOurs(file)) {
            throw new IOException(
                    "the newest checkpoint %s belongs to %s, not to us: name it with job.start-from if it is to be trusted"
                            .formatted(checkpoint, Files.getOwner(file).getName()));
        }
    }

    /**
     * URI of the newest complete checkpoint of any run below {@code checkpoints}, or of a savepoint
     * that lies there, or a directory deeper, and is younger. Of one run that with the highest
     * number is the newest: an object store tells times in seconds, and what was committed after a
     * checkpoint must not be computed again from the one before.
     *
     * @throws IOException where the directory cannot be listed
     */
    public static Optional<String> newest(String checkpoints) throws IOException {
        Path directory = new Path(checkpoints);
        FileSystem files = directory.getFileSystem();
        FileStatus newest = null;
        List<FileStatus> empty = new ArrayList<>();
        for (FileStatus run : list(files, directory)) {
            FileStatus metadata = newestOf(files, run);
            newest = younger(newest, metadata);
            if (metadata == null && run.isDir()) {
                empty.add(run);
            }
        }
        warnOfYounger(empty, newest);
        return Optional.ofNullable(newest).map(m -> m.getPath().getParent().toString());
    }

    private static FileStatus younger(FileStatus one, FileStatus other) {
        boolean isOther =
                other != null
                        && (one == null || other.getModificationTime() > one.getModificationTime());
        return isOther ? other : one;
    }

    /**
     * The metadata of a run's newest checkpoint, or of the youngest savepoint; null where there is
     * none.
     */
    private static FileStatus newestOf(FileSystem files, FileStatus run) throws IOException {
        if (run.getPath().getName().startsWith(SAVEPOINT)) {
            return metadata(files, run);
        }
        FileStatus newest = null;
        FileStatus savepoint = null;
        long highest = -1;
        for (FileStatus inner : list(files, run.getPath())) {
            Matcher name = CHECKPOINT.matcher(inner.getPath().getName());
            if (inner.getPath().getName().startsWith(SAVEPOINT)) {
                savepoint = younger(savepoint, metadata(files, inner));
            } else if (name.matches() && Long.parseLong(name.group(1)) > highest) {
                FileStatus metadata = metadata(files, inner);
                newest = metadata == null ? newest : metadata;
                highest = metadata == null ? highest : Long.parseLong(name.group(1));
            }
        }
        return younger(newest, savepoint);
    }

    /**
     * A run that was stopped with a savepoint removes its checkpoints and leaves its directory; so
     * does one that died before its first checkpoint, after which the older one is right.
     */
    private static void warnOfYounger(List<FileStatus> empty, FileStatus newest) {
        long since = newest == null ? Long.MIN_VALUE : newest.getModificationTime();
        for (FileStatus run : empty) {
            if (run.getModificationTime() > since) {
                LOG.warn(
                        "{} holds no checkpoint and is younger than {}: if its job was stopped with"
                                + " a savepoint, name that one with job.start-from instead",
                        run.getPath(),
                        newest == null ? "nothing, so the state begins empty" : newest.getPath());
            }
        }
    }

    private static FileStatus metadata(FileSystem files, FileStatus checkpoint) throws IOException {
        try {
            return checkpoint.isDir()
                    ? files.getFileStatus(new Path(checkpoint.getPath(), METADATA))
                    : null;
        } catch (FileNotFoundException e) {
            return null; // was never complete
        }
    }

    private static FileStatus[] list(FileSystem files, Path directory) throws IOException {
        try {
            FileStatus[] all = files.listStatus(directory);
            return all == null ? new FileStatus[0] : all;
        } catch (FileNotFoundException e) {
            return new FileStatus[0];
        }
    }
}
