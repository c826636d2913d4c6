package io.dienstream.operate.rollout;

import io.dienstream.cli.terminal.Bars;
import io.dienstream.operate.kafka.TopicTail;
import io.dienstream.schema.ModelStatus;
import java.io.IOException;
import java.time.Duration;
import java.util.function.Consumer;
import me.tongfei.progressbar.ProgressBar;

/** Waits until every task can answer by a version. */
public final class Wait {
    private static final Duration POLL = Duration.ofMillis(100);

    private final RolloutClient client;
    private final Consumer<String> progress;

    public Wait(RolloutClient client) {
        this(client, line -> {});
    }

    /**
     * @param progress is told in how many tasks the version is ready, each time that it changes
     */
    public Wait(RolloutClient client, Consumer<String> progress) {
        this.client = client;
        this.progress = progress;
    }

    /**
     * @param revision of the plan that tasks must know
     * @throws IOException where a task refuses the version, or not all are ready within {@code
     *     most}
     */
    public void ready(String version, long revision, Duration most) throws IOException {
        TaskStates states = client.nothingTold();
        long deadline = System.nanoTime() + most.toNanos();
        try (TopicTail tail = client.statusTail();
                ProgressBar bar = Bars.start("tasks ready", 1)) {
            tail.drain(record -> RolloutClient.take(record, states));
            String told = "";
            while (true) {
                ModelStatus refused = states.refused(version, revision);
                if (refused != null) {
                    throw new IOException(
                            "version %s is refused by task %d: %s"
                                    .formatted(version, refused.getTask(), refused.getReason()));
                }
                long ready = states.ready(version, revision);
                bar.maxHint(Math.max(1, states.tasks()));
                bar.stepTo(ready);
                String state =
                        "version %s is ready in %d of %d tasks"
                                .formatted(version, ready, states.tasks());
                if (!state.equals(told)) {
                    progress.accept(state);
                    told = state;
                }
                if (states.tasks() > 0 && ready >= states.tasks()) {
                    return;
                }
                if (System.nanoTime() > deadline) {
                    throw new IOException(
                            "%s after %d s; ./dien model status"
                                    .formatted(state, most.toSeconds()));
                }
                tail.poll(POLL, record -> RolloutClient.take(record, states));
            }
        }
    }
}
