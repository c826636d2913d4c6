package io.dienstream.sandbox;

import io.dienstream.cli.terminal.Shutdown;
import io.dienstream.datasets.simulate.Simulator;
import io.dienstream.dien.artifact.ModelReader;
import io.dienstream.dien.model.Model;
import io.dienstream.job.option.JobOptions;
import io.dienstream.operate.kafka.LogPlayer;
import io.dienstream.operate.kafka.TopicTail;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.flink.api.common.JobID;
import org.apache.flink.configuration.Configuration;
import org.apache.kafka.common.config.TopicConfig;

/**
 * The demo without files: simulated users send behaviors and ad requests through Kafka at a steady
 * rate, the job answers in latest mode, a live view shows it, and every score is recomputed offline
 * as it comes. What is kept does not grow with the duration.
 */
public final class SimulatedDemo {
    private static final String STOPPING = "stopping Flink and Kafka";
    private static final Duration TAIL_WAIT = Duration.ofMillis(20);
    private static final Duration LAST_ANSWERS = Duration.ofSeconds(30);

    /** Of topics: a demo of days must not fill the disk. */
    static final Map<String, String> KEPT =
            Map.of(
                    TopicConfig.RETENTION_MS_CONFIG, "900000",
                    TopicConfig.SEGMENT_MS_CONFIG, "300000",
                    TopicConfig.SEGMENT_BYTES_CONFIG, "67108864");

    private final Settings settings;
    private final PrintWriter out;
    private final Observer observer;
    private volatile RuntimeException senderFailure;
    private ModelSwap swap;

    /**
     * @param model artifact that knows the simulator's items
     * @param past behaviors sent before the clock starts, so that users have histories
     * @param behaviorsPerSecond while the clock runs
     * @param requestsPerSecond while the clock runs
     * @param candidates of each request
     * @param options of the job, on top of the defaults
     * @param prometheusPort where metrics can be scraped, or 0 for nowhere
     * @param second artifact that is published and promoted in mid-run, or null
     */
    public record Settings(
            Path model,
            long seed,
            int users,
            int past,
            int behaviorsPerSecond,
            int requestsPerSecond,
            int candidates,
            Duration duration,
            int parallelism,
            Map<String, String> options,
            int prometheusPort,
            Path second) {
        private static final int USERS = 2_000;
        private static final int PAST = 60_000;
        private static final int CANDIDATES = 8;
        private static final int PARALLELISM = 2;

        /** Of the sizes that the demo has where nothing else is asked for. */
        public static Settings shipped(
                Path model,
                long seed,
                int behaviorsPerSecond,
                int requestsPerSecond,
                Duration duration,
                Map<String, String> options) {
            return new Settings(
                    model,
                    seed,
                    USERS,
                    PAST,
                    behaviorsPerSecond,
                    requestsPerSecond,
                    CANDIDATES,
                    duration,
                    PARALLELISM,
                    options,
                    0,
                    null);
        }
    }

    /** Who looks at a run from beside it. */
    public interface Observer {
        /** More of Flink's configuration. */
        default Configuration flink() {
            return new Configuration();
        }

        /** The job answers, and the clock runs. */
        default void live(DemoCluster cluster, JobID job) {}

        /** The cluster is closed next. */
        default void ending() throws InterruptedException {}
    }

    public SimulatedDemo(Settings settings, PrintWriter out) {
        this(settings, out, new Observer() {});
    }

    public SimulatedDemo(Settings settings, PrintWriter out, Observer observer) {
        this.settings = settings;
        this.out = out;
        this.observer = observer;
    }

    /** Whether every request was answered once, every bad record dead-lettered, and parity held. */
    public boolean run() throws Exception {
        LiveView view = new LiveView(out, settings.duration());
        JudgedAnswers judged = new JudgedAnswers(view);
        judged.know(ModelReader.read(settings.model()));
        Model second = settings.second() == null ? null : ModelReader.read(settings.second());
        if (second != null) {
            judged.know(second);
        }
        Traffic traffic =
                new Traffic(
                        new Simulator(settings.seed(), settings.users()),
                        settings,
                        judged.longest());
        try (DemoCluster cluster = DemoCluster.start(settings.parallelism(), flink(), KEPT);
                Shutdown shutdown =
                        Shutdown.of(STOPPING, () -> interrupted(cluster, traffic, judged));
                LogPlayer player = cluster.player()) {
            out.printf(
                    "Kafka at %s, Flink's web UI at %s%n",
                    cluster.broker().bootstrapServers(), cluster.flink().webUi());
            out.flush();
            if (second != null) {
                swap =
                        new ModelSwap(
                                cluster.client(), settings.second(), second, settings.duration());
            }
            JobID job = cluster.flink().submit(cluster.options(settings.model(), options()), null);
            Runnable onLive = () -> live(cluster, job, traffic, view);
            try {
                play(cluster, job, new Play(traffic, player, judged, view, onLive));
            } finally {
                observer.ending();
            }
            cluster.flink().cancel(job);
            shutdown.done();
        }
        view.end();
        boolean holds = judged.report(traffic, out);
        if (swap != null) {
            String problem = swap.problem();
            out.print(problem == null ? "" : "the models were not swapped: " + problem + "\n");
            holds &= problem == null;
        }
        out.flush();
        return holds;
    }

    /** What there is of a summary, for the one who does not wait for the end. */
    private void interrupted(DemoCluster cluster, Traffic traffic, JudgedAnswers judged) {
        out.printf("%nuntil now:%n");
        judged.report(traffic, out);
        out.flush();
        cluster.close();
    }

    private void live(DemoCluster cluster, JobID job, Traffic traffic, LiveView view) {
        traffic.caughtUp();
        view.live();
        if (swap != null) {
            swap.start();
        }
        observer.live(cluster, job);
    }

    /**
     * Who takes part while the job runs.
     *
     * @param onLive once the job has caught up with the users' past
     */
    private record Play(
            Traffic traffic,
            LogPlayer player,
            JudgedAnswers judged,
            LiveView view,
            Runnable onLive) {}

    private Map<String, String> options() {
        Map<String, String> options = new HashMap<>(settings.options());
        if (swap != null) {
            options.put(JobOptions.ROLLOUT_ENABLED.key(), "true");
        }
        return options;
    }

    /** Flink's configuration of the demo. */
    static Configuration flink(Settings settings) {
        int port = settings.prometheusPort();
        return port == 0 ? new Configuration() : LocalFlink.prometheus(port);
    }

    private Configuration flink() {
        Configuration flink = flink(settings);
        flink.addAll(observer.flink());
        return flink;
    }

    private void play(DemoCluster cluster, JobID job, Play play) throws Exception {
        CountDownLatch sent = new CountDownLatch(1);
        Thread sender = new Thread(() -> send(play, sent), "dien-simulator");
        sender.setDaemon(true);
        sender.start();
        try (TopicTail tail = cluster.answersTail()) {
            while (!sent.await(0, TimeUnit.SECONDS)) {
                poll(tail, play);
                if (cluster.flink().ended(job, Duration.ofMillis(1))) {
                    cluster.flink().awaitFinished(job, Duration.ofSeconds(1));
                    throw new IllegalStateException("the job ended before the demo did");
                }
            }
            if (senderFailure != null) {
                throw senderFailure;
            }
            long deadline = System.nanoTime() + LAST_ANSWERS.toNanos();
            while (!play.judged().complete(play.traffic()) && System.nanoTime() < deadline) {
                poll(tail, play);
            }
        }
    }

    private void send(Play play, CountDownLatch sent) {
        try {
            play.traffic().run(play.player());
        } catch (RuntimeException e) {
            senderFailure = e;
        } finally {
            sent.countDown();
        }
    }

    private void poll(TopicTail tail, Play play) {
        tail.poll(
                TAIL_WAIT,
                record -> {
                    if (play.judged().take(record, play.traffic())) {
                        play.onLive().run();
                    }
                });
        for (String news = news(); news != null; news = news()) {
            play.view().tell(news);
        }
        play.judged().show(play.traffic());
    }

    private String news() {
        return swap == null ? null : swap.news();
    }
}
