package io.dienstream.sandbox;

import io.dienstream.dien.model.Model;
import io.dienstream.job.option.JobOptions;
import io.dienstream.job.rollout.RolloutLog;
import io.dienstream.operate.rollout.RolloutClient;
import io.dienstream.operate.rollout.TaskStates;
import io.dienstream.schema.ModelCommand;
import io.dienstream.schema.ModelCommandKind;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Properties;
import java.util.concurrent.ConcurrentLinkedQueue;

/**
 * The demo's rollout, in a thread of its own: a second model is published while the first answers,
 * answers a fifth of the users, and then everybody.
 */
final class ModelSwap implements Runnable {
    private static final String ROLLOUT = JobOptions.ROLLOUT_MODEL.defaultText();
    private static final double SHARE = 20;
    private static final Duration LONGEST = Duration.ofMinutes(1);
    private static final long POLL_MS = 200;

    private final RolloutClient client;
    private final Path directory;
    private final Model model;
    private final Duration duration;
    private final ConcurrentLinkedQueue<String> news = new ConcurrentLinkedQueue<>();
    private long start;
    private volatile boolean done;
    private volatile Exception failure;

    /**
     * @param directory of the second model
     * @param duration of the demo's clock
     */
    ModelSwap(Properties client, Path directory, Model model, Duration duration) {
        this.client = new RolloutClient(client, ROLLOUT);
        this.directory = directory;
        this.model = model;
        this.duration = duration;
    }

    /** The clock runs from now, unless it does already. */
    void start() {
        if (start != 0) {
            return;
        }
        start = System.nanoTime();
        Thread thread = new Thread(this, "dien-model-swap");
        thread.setDaemon(true);
        thread.start();
    }

    @Override
    public void run() {
        try {
            sleepUntil(0.2);
            String version = model.config().version();
            tell("published version " + version + ", the tasks load it");
            awaitReady(version, send(ModelCommandKind.PUBLISH, version, 0));
            send(ModelCommandKind.RAMP, version, SHARE);
            tell("version %s is ready, and answers %.0f %% of users".formatted(version, SHARE));
            sleepUntil(0.5);
            awaitReady(version, send(ModelCommandKind.PROMOTE, version, 0));
            tell("promoted version " + version + ": it answers everybody");
            done = true;
        } catch (IOException | RuntimeException e) {
            failure = e;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void sleepUntil(double share) throws InterruptedException {
        long due = start + (long) (duration.toNanos() * share);
        Thread.sleep(Math.max(0, Duration.ofNanos(due - System.nanoTime()).toMillis()));
    }

    private void tell(String what) {
        long seconds = Duration.ofNanos(System.nanoTime() - start).toSeconds();
        news.add("%2d s: %s".formatted(seconds, what));
    }

    private long send(ModelCommandKind kind, String version, double percent)
            throws IOException, InterruptedException {
        ModelCommand command =
                client.command(kind, version, client.log().plan().revision(), "demo");
        command.setPercent(percent);
        if (kind == ModelCommandKind.PUBLISH) {
            command.setUri(directory.toUri().toString());
            command.setSha256(model.checksum());
        }
        RolloutLog.Entry entry = client.send(command);
        if (entry.refusal() != null) {
            throw new IOException(kind + " was refused: " + entry.refusal().message());
        }
        return entry.plan().revision();
    }

    private void awaitReady(String version, long revision)
            throws IOException, InterruptedException {
        long deadline = System.nanoTime() + LONGEST.toNanos();
        while (true) {
            TaskStates states = client.states();
            if (states.refused(version, revision) != null) {
                throw new IOException(states.refused(version, revision).getReason());
            }
            if (states.tasks() > 0 && states.ready(version, revision) >= states.tasks()) {
                return;
            }
            if (System.nanoTime() > deadline) {
                throw new IOException("version %s is not ready".formatted(version));
            }
            Thread.sleep(POLL_MS);
        }
    }

    /** What has happened since this was last asked, a line or null. */
    String news() {
        return news.poll();
    }

    /** Why the rollout came to no end, or null where it did. */
    String problem() {
        if (failure != null) {
            return String.valueOf(failure.getMessage());
        }
        return done ? null : "the demo was over before the second model was promoted";
    }
}
