package io.dienstream.operate.bootstrap;

import io.dienstream.cli.Scratch;
import io.dienstream.cli.terminal.Bars;
import io.dienstream.cli.terminal.Shutdown;
import io.dienstream.dien.file.OutputDirectory;
import io.dienstream.job.failure.RootCause;
import io.dienstream.job.listen.Listeners;
import io.dienstream.job.option.JobOptions;
import io.dienstream.job.record.InboundRecord;
import io.dienstream.job.savepoint.BootstrapProgress;
import io.dienstream.job.savepoint.HistoryBootstrap;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import me.tongfei.progressbar.ProgressBar;
import org.apache.flink.api.common.JobExecutionResult;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.CoreOptions;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.util.ExceptionUtils;
import org.apache.flink.util.FileUtils;

/**
 * One bootstrap, from its environment to a savepoint that is complete or not there at all: it is
 * written beside its place and moved there at the end.
 */
final class BootstrapRun implements AutoCloseable {
    private static final long LOOK_MS = 500;
    private static final long CANCEL_S = 20;

    /** The bar has no end until the last record is read. */
    private static final long UNKNOWN = -1;

    private final JobOptions options;
    private final Path savepoint;
    private final Path partial;
    private final int maxParallelism;

    /** How many parts the state has, each written by a thread of its own. */
    private final int writers;

    private final BootstrapProgress progress = BootstrapProgress.begin();
    private final StreamExecutionEnvironment env;
    private final Shutdown interrupted;

    /** Set under the lock of this, so that nothing starts to write after it was given up. */
    private JobClient job;

    private boolean isAbandoned;

    /**
     * @throws IOException where the savepoint exists, or its directory cannot be written to
     */
    BootstrapRun(JobOptions options, Path savepoint, int parallelism, int maxParallelism)
            throws IOException {
        if (Files.exists(savepoint)) {
            throw new IOException(savepoint + " exists; a savepoint is written to a new directory");
        }
        this.options = options;
        this.savepoint = savepoint;
        this.maxParallelism = maxParallelism;
        writers = Math.min(parallelism, maxParallelism);
        Path parent = savepoint.getParent();
        OutputDirectory.make(parent);
        // readable as any other directory of the user's: the job may run as somebody else
        String name = "." + savepoint.getFileName() + ".incomplete-" + UUID.randomUUID();
        partial = parent.resolve(name);
        // before it is there: whoever interrupts at once leaves it neither
        interrupted = Shutdown.of("removing the incomplete savepoint", this::abandon);
        Files.createDirectory(partial);
        Configuration flink = Listeners.onLoopback(HistoryBootstrap.configuration());
        flink.set(CoreOptions.TMP_DIRS, Scratch.directory("flink").toString());
        env = StreamExecutionEnvironment.createLocalEnvironment(parallelism, flink);
    }

    StreamExecutionEnvironment env() {
        return env;
    }

    BootstrapProgress progress() {
        return progress;
    }

    /** Where files that belong into the savepoint are written before {@link #complete}. */
    Path incomplete() {
        return partial;
    }

    /**
     * Runs it.
     *
     * @param records behaviors and erasures, valid ones
     * @throws IOException where a file cannot be read or the state not be written
     */
    JobExecutionResult execute(DataStream<InboundRecord> records) throws Exception {
        HistoryBootstrap.build(
                env, records, options, maxParallelism, partial.toUri().toString(), progress);
        try {
            JobExecutionResult done = await(start().getJobExecutionResult());
            Optional<Throwable> failure = progress.failure();
            if (failure.isPresent() || progress.writers() < writers) {
                throw notWritten(failure.orElse(null));
            }
            return done;
        } catch (ExecutionException e) {
            var unreadable = ExceptionUtils.findThrowable(e, UncheckedIOException.class);
            if (unreadable.isPresent()) {
                throw new IOException(unreadable.get().getMessage(), e);
            }
            throw notWritten(progress.failure().orElse(e.getCause()));
        }
    }

    /** While it starts, giving up waits: afterwards there is something to cancel. */
    private synchronized JobClient start() throws Exception {
        if (isAbandoned) {
            throw new IOException("interrupted");
        }
        job = env.executeAsync("dien-stream bootstrap");
        return job;
    }

    /**
     * Flink would wait for ever for a thread of its own that has failed, so this looks after it.
     */
    private JobExecutionResult await(CompletableFuture<JobExecutionResult> result)
            throws Exception {
        try (ProgressBar bar = Bars.start("bootstrap", UNKNOWN)) {
            while (true) {
                try {
                    return result.get(LOOK_MS, TimeUnit.MILLISECONDS);
                } catch (TimeoutException stillRunning) {
                    show(bar);
                }
                Optional<Throwable> failure = progress.failure();
                if (failure.isPresent()) {
                    cancel();
                    throw notWritten(failure.get());
                }
            }
        }
    }

    /** Reading comes first: nothing is replayed before every record is there. */
    private void show(ProgressBar bar) {
        if (progress.replayed() == 0) {
            bar.setExtraMessage(" reading");
            bar.stepTo(progress.admitted());
        } else {
            bar.setExtraMessage(" computing interest states");
            bar.maxHint(progress.admitted());
            bar.stepTo(progress.replayed());
        }
    }

    private static IOException notWritten(Throwable cause) {
        String why =
                cause == null ? "a subtask has not written its part" : RootCause.message(cause);
        return new IOException("the state could not be written: " + why, cause);
    }

    private void cancel() throws InterruptedException {
        JobClient running;
        synchronized (this) {
            running = job;
            job = null; // its cluster goes with it, and must not be asked again
        }
        if (running == null || running.getJobExecutionResult().isDone()) {
            return;
        }
        try {
            running.cancel().get(CANCEL_S, TimeUnit.SECONDS);
            running.getJobExecutionResult().get(CANCEL_S, TimeUnit.SECONDS);
        } catch (ExecutionException | TimeoutException | IllegalStateException e) {
            // canceled, or ended already, or about to end with this process
        }
    }

    /** The savepoint is whole: it takes its place. */
    void complete() throws IOException {
        Files.move(partial, savepoint, StandardCopyOption.ATOMIC_MOVE);
    }

    @Override
    public void close() throws InterruptedException {
        interrupted.done();
        abandon();
    }

    /** What is not complete goes. */
    private void abandon() throws InterruptedException {
        synchronized (this) {
            isAbandoned = true;
        }
        try {
            cancel();
        } finally {
            progress.close();
            FileUtils.deleteDirectoryQuietly(partial.toFile());
        }
    }
}
