package io.dienstream.job;

import io.dienstream.job.option.JobOptions;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.util.Optional;
import org.apache.flink.core.fs.FileStatus;
import org.apache.flink.core.fs.FileSystem;
import org.apache.flink.core.fs.Path;

/** The savepoint or checkpoint that a job starts from, where nobody else tells Flink. */
final class StartingState {
    private static final String LATEST = "latest";
    private static final String METADATA = "_metadata";

    private StartingState() {}

    /**
     * @return URI, or nothing for a job that starts empty
     * @throws IOException where the directory cannot be listed
     */
    static Optional<String> of(JobOptions options) throws IOException {
        String from = options.get(JobOptions.START_FROM);
        if (from.isEmpty()) {
            return Optional.empty();
        }
        return from.equals(LATEST)
                ? newest(new Path(options.get(JobOptions.CHECKPOINT_DIRECTORY)))
                : Optional.of(from);
    }

    /** The newest complete checkpoint of any job below {@code directory}. */
    private static Optional<String> newest(Path directory) throws IOException {
        FileSystem files = directory.getFileSystem();
        FileStatus newest = null;
        for (FileStatus job : list(files, directory)) {
            for (FileStatus checkpoint : list(files, job.getPath())) {
                FileStatus metadata = metadata(files, checkpoint);
                if (metadata != null
                        && (newest == null
                                || metadata.getModificationTime() > newest.getModificationTime())) {
                    newest = metadata;
                }
            }
        }
        return Optional.ofNullable(newest).map(m -> m.getPath().getParent().toString());
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
