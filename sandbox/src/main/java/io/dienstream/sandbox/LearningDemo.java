package io.dienstream.sandbox;

import io.dienstream.cli.Scratch;
import io.dienstream.cli.terminal.Shutdown;
import io.dienstream.datasets.offline.OfflineScorer;
import io.dienstream.datasets.simulate.Simulator;
import io.dienstream.dien.Scorer;
import io.dienstream.dien.artifact.ModelReader;
import io.dienstream.dien.history.InterestHistory;
import io.dienstream.dien.kernel.KernelsProvider;
import io.dienstream.dien.model.Model;
import io.dienstream.job.JobEnvironment;
import io.dienstream.job.learning.LearningJob;
import io.dienstream.job.option.JobOptions;
import io.dienstream.job.option.LearningOptions;
import io.dienstream.operate.kafka.Heartbeats;
import io.dienstream.operate.kafka.LogPlayer;
import io.dienstream.operate.kafka.TopicTail;
import io.dienstream.schema.ScoredCandidate;
import io.dienstream.schema.ScoredRequest;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.flink.api.common.JobID;
import org.apache.flink.configuration.Configuration;

/**
 * The demo whose model learns: one category after the other begins a new season, with ids that no
 * model knows. The scoring job answers, the learning job joins labels, a loop of commands trains,
 * judges and promotes. Beside each answer the first model's score of the same candidates is kept,
 * so that the end says what learning was worth.
 */
final class LearningDemo {
    private static final int SHOWN = 5;
    private static final double MEAN_CLICK_DELAY_MS = 1_500;
    private static final int USERS = 1_000;

    /** Answers in a row that saw their user's newest behavior, before the clock starts. */
    private static final int CAUGHT_UP = 20;

    private static final Duration TAIL_WAIT = Duration.ofMillis(20);
    private static final long LAST_ANSWERS_NANOS = 30_000_000_000L;
    private static final double LINE_SECONDS = 15;

    private final Path model;
    private final Duration duration;
    private final Path plot;
    private final boolean untilPromotion;
    private final PrintWriter out;
    private final AnswerReader reader = new AnswerReader(JobOptions.SCORES.defaultText());
    private final OnlineAuc auc = new OnlineAuc(LearningOutcome.WINDOW_SECONDS);
    private final OfflineScorer first;
    private final ShownAds shown;
    private final LearningTraffic traffic;
    private volatile Exception senderFailure;
    private double told;
    private int freshInARow;

    /**
     * @param model that answers first
     * @param duration at the most
     * @param plot directory for learning.png, or null
     * @param untilPromotion whether it ends as soon as a version that learned is live
     */
    LearningDemo(
            Path model,
            long seed,
            Duration duration,
            Path plot,
            boolean untilPromotion,
            PrintWriter out)
            throws IOException {
        this.model = model;
        this.duration = duration;
        this.plot = plot;
        this.untilPromotion = untilPromotion;
        this.out = out;
        Model read = ModelReader.read(model);
        first = new OfflineScorer(new Scorer(read, KernelsProvider.get()));
        shown = new ShownAds(SHOWN, MEAN_CLICK_DELAY_MS, seed);
        traffic =
                new LearningTraffic(
                        new Simulator(seed, USERS), duration, read.config().maxLength(), shown);
    }

    /** Whether the model that learned ends above the one that did not. */
    boolean run(boolean json) throws Exception {
        Path directory = Scratch.directory("learning");
        Path examples = Files.createDirectory(directory.resolve("examples"));
        Path versions = Files.createDirectory(directory.resolve("versions"));
        LearningLoop loop;
        long promotions;
        try (DemoCluster cluster = DemoCluster.start(2, new Configuration(), SimulatedDemo.KEPT);
                Shutdown shutdown = Shutdown.of(cluster);
                LogPlayer player = cluster.player();
                Heartbeats reports =
                        new Heartbeats(
                                cluster.client(),
                                List.of(ShownAds.IMPRESSIONS, ShownAds.CLICKS),
                                "ad server");
                Heartbeats served = new Heartbeats(cluster.client(), List.of("served"), "demo")) {
            out.printf("Flink's web UI at %s%n", cluster.flink().webUi());
            out.flush();
            JobID scoring =
                    cluster.flink()
                            .submit(
                                    cluster.options(
                                            model,
                                            Map.of(
                                                    JobOptions.PARALLELISM.key(),
                                                    "1",
                                                    JobOptions.ROLLOUT_ENABLED.key(),
                                                    "true")),
                                    null);
            JobID learning = learningJob(cluster, examples);
            loop = new LearningLoop(cluster.client(), examples, versions, model);
            play(cluster, scoring, loop, new Outlets(player, reports, served));
            loop.stop();
            promotions = loop.promotions();
            cluster.flink().cancel(learning);
            cluster.flink().cancel(scoring);
            shutdown.done();
        }
        return new LearningOutcome(
                        auc, duration, traffic.requests(), traffic.openRequests(), promotions)
                .print(plot, json, out);
    }

    private static JobID learningJob(DemoCluster cluster, Path examples) throws Exception {
        Map<String, String> values = new HashMap<>();
        values.put(JobOptions.BOOTSTRAP_SERVERS.key(), cluster.broker().bootstrapServers());
        values.put(JobOptions.CHECKPOINT_DIRECTORY.key(), cluster.checkpoints().toUri().toString());
        values.put(JobOptions.CHECKPOINT_INTERVAL.key(), "5s");
        values.put(JobOptions.PARALLELISM.key(), "1");
        values.put(JobOptions.ROLLOUT_ENABLED.key(), "true");
        values.put(LearningOptions.ALLOWED_LATENESS.key(), "1s");
        values.put(LearningOptions.WAIT.key(), "10s");
        values.put(LearningOptions.CORRECTION_WAIT.key(), "1min");
        values.put(LearningOptions.QUALITY_WINDOW.key(), "2s");
        values.put(LearningOptions.DIRECTORY.key(), examples.toUri().toString());
        LearningOptions options = LearningOptions.of(values);
        LearningJob.check(options);
        return cluster.flink()
                .submit(
                        JobEnvironment.configuration(options, LearningJob.NAME),
                        env -> {
                            try {
                                LearningJob.build(env, options);
                            } catch (IOException e) {
                                throw new IllegalStateException(e);
                            } catch (InterruptedException e) {
                                Thread.currentThread().interrupt();
                                throw new IllegalStateException(e);
                            }
                        });
    }

    /** Where traffic goes. */
    private record Outlets(LogPlayer player, Heartbeats reports, Heartbeats served) {}

    private void play(DemoCluster cluster, JobID scoring, LearningLoop loop, Outlets outlets)
            throws Exception {
        CountDownLatch sent = new CountDownLatch(1);
        start("dien-simulator", () -> send(outlets, sent));
        Thread learner = start("dien-learner", loop);
        try (TopicTail tail = cluster.answersTail()) {
            while (!sent.await(0, TimeUnit.SECONDS)) {
                poll(tail, outlets.player(), loop);
                if (cluster.flink().ended(scoring, Duration.ofMillis(1))) {
                    throw new IllegalStateException("the job ended before the demo did");
                }
            }
            if (senderFailure != null) {
                throw senderFailure;
            }
            long deadline = System.nanoTime() + LAST_ANSWERS_NANOS;
            while (traffic.openRequests() > 0 && System.nanoTime() < deadline) {
                poll(tail, outlets.player(), loop);
            }
        } finally {
            loop.stop();
            learner.interrupt();
            learner.join();
        }
    }

    private static Thread start(String name, Runnable run) {
        Thread thread = new Thread(run, name);
        thread.setDaemon(true);
        thread.start();
        return thread;
    }

    private void send(Outlets outlets, CountDownLatch sent) {
        try {
            traffic.run(outlets.player(), outlets.reports(), outlets.served());
        } catch (IOException | RuntimeException e) {
            senderFailure = e;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            sent.countDown();
        }
    }

    private void poll(TopicTail tail, LogPlayer player, LearningLoop loop) {
        tail.poll(
                TAIL_WAIT,
                record -> {
                    ScoredRequest answer = reader.read(record);
                    OpenRequests.Sent sent =
                            answer == null ? null : traffic.take(answer.getRequestId());
                    if (sent != null) {
                        take(answer, sent.truth(), player);
                    }
                });
        double seconds = traffic.seconds();
        for (String news = loop.news(); news != null; news = loop.news()) {
            out.printf("%4.0f s  %s%n", seconds, news);
            if (untilPromotion && news.startsWith(LearningLoop.PROMOTED)) {
                traffic.end();
            }
        }
        if (seconds - told >= LINE_SECONDS) {
            told = seconds;
            double[] now = auc.over(seconds);
            out.printf(
                    "%4.0f s  online AUC %.4f, of the first model %.4f%n", seconds, now[0], now[1]);
        }
        out.flush();
    }

    private void take(ScoredRequest answer, Simulator.Truth truth, LogPlayer player) {
        if (!traffic.isLive()) {
            Long newest = answer.getNewestBehaviorTimestamp();
            boolean fresh = (newest == null ? 0 : newest) == truth.newestBehavior();
            freshInARow = fresh ? freshInARow + 1 : 0;
            if (freshInARow == CAUGHT_UP) {
                traffic.caughtUp();
            }
            return;
        }
        shown.show(answer, truth, System.currentTimeMillis(), player);
        InterestHistory history =
                first.history(
                        traffic.behaviors()
                                .seen(
                                        answer.getUserId(),
                                        answer.getNewestBehaviorTimestamp(),
                                        answer.getSequenceLength()),
                        truth.request().getTimestamp());
        first.score(truth.request(), history);
        for (ScoredCandidate c : answer.getCandidates()) {
            auc.add(
                    traffic.seconds(),
                    c.getPctr(),
                    first.scores().pctr(c.getPosition()),
                    truth.clicked()[c.getPosition()]);
        }
    }
}
