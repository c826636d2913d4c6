package io.dienstream.sandbox;

import io.dienstream.cli.terminal.Shutdown;
import io.dienstream.datasets.offline.OfflineScorer;
import io.dienstream.datasets.simulate.Simulator;
import io.dienstream.dien.Scorer;
import io.dienstream.dien.artifact.ModelReader;
import io.dienstream.dien.kernel.KernelsProvider;
import io.dienstream.dien.model.Model;
import io.dienstream.evaluation.Auc;
import io.dienstream.job.option.JobOptions;
import io.dienstream.job.record.ModelStamp;
import io.dienstream.operate.kafka.LogPlayer;
import io.dienstream.operate.kafka.TopicTail;
import io.dienstream.schema.ScoredCandidate;
import io.dienstream.schema.ScoredRequest;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.flink.api.common.JobID;
import org.apache.flink.configuration.Configuration;

/**
 * The demo without files: simulated users send behaviors and ad requests through Kafka at a steady
 * rate, the job answers in latest mode, a live view shows it, and at the end every score is
 * recomputed offline.
 */
public final class SimulatedDemo {
    private static final Duration TAIL_WAIT = Duration.ofMillis(20);
    private static final int CAUGHT_UP = 20;
    private static final Duration LAST_ANSWERS = Duration.ofSeconds(30);

    private final Settings settings;
    private final PrintWriter out;
    private final Auc auc = new Auc();
    private final Auc best = new Auc();
    private volatile RuntimeException senderFailure;
    private ModelSwap swap;
    private int freshInARow;
    private long overtaken;

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
            Path second) {}

    public SimulatedDemo(Settings settings, PrintWriter out) {
        this.settings = settings;
        this.out = out;
    }

    /** Whether every request was answered once, every bad record dead-lettered, and parity held. */
    public boolean run() throws Exception {
        Scorer scorer = new Scorer(ModelReader.read(settings.model()), KernelsProvider.get());
        AnswerLog answers = new AnswerLog(JobOptions.SCORES.defaultText());
        Traffic traffic;
        LiveView view = new LiveView(out, settings.duration());
        try (DemoCluster cluster = DemoCluster.start(settings.parallelism(), flink(settings));
                Shutdown shutdown = Shutdown.of(cluster);
                LogPlayer player = cluster.player()) {
            out.printf(
                    "Kafka at %s, Flink's web UI at %s%n",
                    cluster.broker().bootstrapServers(), cluster.flink().webUi());
            out.flush();
            if (settings.second() != null) {
                Model second = ModelReader.read(settings.second());
                swap =
                        new ModelSwap(
                                cluster.client(), settings.second(), second, settings.duration());
            }
            JobID job = cluster.flink().submit(cluster.options(settings.model(), options()), null);
            traffic =
                    new Traffic(new Simulator(settings.seed(), settings.users()), player, settings);
            live(cluster, job, traffic, answers, view);
            cluster.flink().cancel(job);
            shutdown.done();
        }
        view.end();
        return report(scorer, traffic, answers, view);
    }

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

    private void live(
            DemoCluster cluster, JobID job, Traffic traffic, AnswerLog answers, LiveView view)
            throws Exception {
        CountDownLatch sent = new CountDownLatch(1);
        Thread sender = new Thread(() -> send(traffic, sent), "dien-simulator");
        sender.setDaemon(true);
        sender.start();
        try (TopicTail tail = cluster.answersTail()) {
            while (!sent.await(0, TimeUnit.SECONDS)) {
                poll(tail, traffic, answers, view);
                if (cluster.flink().ended(job, Duration.ofMillis(1))) {
                    cluster.flink().awaitFinished(job, Duration.ofSeconds(1));
                    throw new IllegalStateException("the job ended before the demo did");
                }
            }
            if (senderFailure != null) {
                throw senderFailure;
            }
            long deadline = System.nanoTime() + LAST_ANSWERS.toNanos();
            while (!complete(traffic, answers) && System.nanoTime() < deadline) {
                poll(tail, traffic, answers, view);
            }
        }
    }

    private void send(Traffic traffic, CountDownLatch sent) {
        try {
            traffic.run();
        } catch (RuntimeException e) {
            senderFailure = e;
        } finally {
            sent.countDown();
        }
    }

    private void poll(TopicTail tail, Traffic traffic, AnswerLog answers, LiveView view) {
        tail.poll(
                TAIL_WAIT,
                record -> {
                    ScoredRequest answer = answers.accept(record);
                    if (answer != null) {
                        take(answer, traffic, view);
                    }
                });
        for (String news = news(); news != null; news = news()) {
            view.tell(news);
        }
        view.update(
                new LiveView.Counts(
                        traffic.behaviorCount(),
                        traffic.requestCount(),
                        answers.size(),
                        answers.deadLetters()),
                auc,
                best);
    }

    private String news() {
        return swap == null ? null : swap.news();
    }

    private void take(ScoredRequest answer, Traffic traffic, LiveView view) {
        Traffic.Sent sent = traffic.sent(answer.getRequestId());
        if (sent == null) {
            // somebody else writes to the demo's topics too: answered, but not ours to judge
            return;
        }
        Long newest = answer.getNewestBehaviorTimestamp();
        boolean fresh = (newest == null ? 0 : newest) == sent.truth().newestBehavior();
        if (!sent.live()) {
            freshInARow = fresh ? freshInARow + 1 : 0;
            if (freshInARow == CAUGHT_UP) {
                traffic.caughtUp();
                view.live();
                if (swap != null) {
                    swap.start();
                }
            }
            return;
        }
        overtaken += fresh ? 0 : 1;
        view.answered(answer, sent.truth().request(), System.nanoTime() - sent.nanoTime());
        for (ScoredCandidate c : answer.getCandidates()) {
            auc.add(c.getPctr(), sent.truth().clicked()[c.getPosition()]);
            best.add(
                    sent.truth().probability()[c.getPosition()],
                    sent.truth().clicked()[c.getPosition()]);
        }
    }

    private static boolean complete(Traffic traffic, AnswerLog answers) {
        long letters = answers.deadLetters().values().stream().mapToLong(n -> n).sum();
        return answers.size() >= traffic.requestCount() && letters >= traffic.badRecords();
    }

    /** Whether the answers that name the scorer's model are its own. */
    private boolean isParity(Scorer scorer, Traffic traffic, Map<String, ScoredRequest> answers) {
        String fingerprint = ModelStamp.hex(scorer.model().fingerprint());
        Map<String, ScoredRequest> own = new HashMap<>(answers);
        own.values().removeIf(answer -> !answer.getModelFingerprint().equals(fingerprint));
        if (swap != null) {
            out.printf(
                    "version %s of model %s answered %,d requests%n",
                    scorer.model().config().version(), scorer.model().config().name(), own.size());
        }
        Parity parity = new Parity(new OfflineScorer(scorer));
        parity.checkLatest(traffic.behaviors(), traffic.requests(), own);
        out.println(parity.summary());
        return parity.holds();
    }

    private boolean report(Scorer scorer, Traffic traffic, AnswerLog log, LiveView view)
            throws IOException {
        Map<String, ScoredRequest> answers = log.answers();
        long letters = log.deadLetters().values().stream().mapToLong(n -> n).sum();
        out.printf(
                "%,d behaviors, %,d requests, %,d broken records sent on purpose%n",
                traffic.behaviorCount(), traffic.requestCount(), traffic.badRecords());
        out.printf(
                "answered %,d, missing %,d, doubled %,d, dead letters %s%n",
                answers.size(),
                traffic.requestCount() - answers.size(),
                log.doubled(),
                log.deadLetters());
        out.println(view.latency());
        out.printf(
                "requests that overtook the user's newest behavior on the way: %,d%n", overtaken);
        out.printf(
                "online AUC %.4f; the best that any model could reach here is %.4f%n",
                auc.value(), best.value());
        boolean holds = isParity(scorer, traffic, answers);
        if (swap != null) {
            Model second = ModelReader.read(settings.second());
            holds &= isParity(new Scorer(second, KernelsProvider.get()), traffic, answers);
            String problem = swap.problem();
            out.print(problem == null ? "" : "the models were not swapped: " + problem + "\n");
            holds &= problem == null;
        }
        out.flush();
        return holds
                && answers.size() == traffic.requestCount()
                && log.doubled() == 0
                && letters == traffic.badRecords();
    }
}
