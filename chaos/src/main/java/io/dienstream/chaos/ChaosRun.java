package io.dienstream.chaos;

import io.dienstream.cli.terminal.Bars;
import io.dienstream.cli.terminal.Shutdown;
import io.dienstream.datasets.offline.OfflineScorer;
import io.dienstream.dien.Scorer;
import io.dienstream.dien.artifact.ModelReader;
import io.dienstream.dien.history.InterestHistory;
import io.dienstream.dien.kernel.KernelsProvider;
import io.dienstream.job.option.JobOptions;
import io.dienstream.job.savepoint.SavepointHistories;
import io.dienstream.operate.kafka.TopicTail;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.atomic.AtomicBoolean;
import me.tongfei.progressbar.ProgressBar;

/** One run: cluster, traffic, faults, the end of time, and the comparison. */
public final class ChaosRun {
    private static final Duration POLL = Duration.ofMillis(100);
    private static final Duration START = Duration.ofMinutes(8);
    private static final Duration WARM_UP = Duration.ofSeconds(15);
    private static final Duration STUCK = Duration.ofMinutes(4);
    private static final Duration DRAIN = Duration.ofMinutes(2);
    private static final int DRAIN_ATTEMPTS = 3;
    private static final int MOST_GAP_MS = 2_000;
    private static final double MS = 1000;

    /** No unanswered request is older: commits come every second, plus lateness. */
    private static final Duration CAUGHT_UP = Duration.ofSeconds(5);

    private final Settings settings;
    private final PrintWriter out;
    private final ChaosReport.Builder report = new ChaosReport.Builder();
    private final UnansweredRequests unanswered = new UnansweredRequests();
    private long started;

    /**
     * @param directory for logs and data of all processes
     * @param duration of the faults
     * @param rate behaviors and requests a second
     * @param gap least time from caught up to the next fault
     * @param flink Flink's configuration of the processes, where it is to be another
     */
    public record Settings(
            Path model,
            Path directory,
            long seed,
            Duration duration,
            int users,
            int rate,
            Duration gap,
            Map<String, String> flink) {}

    /**
     * @param out for a line a fault
     */
    public ChaosRun(Settings settings, PrintWriter out) {
        this.settings = settings;
        this.out = out;
    }

    /**
     * @throws IOException where the cluster does not come up, never catches up or does not stop
     */
    public ChaosReport run() throws Exception {
        started = System.currentTimeMillis();
        say("starting ZooKeeper, Kafka and Flink, each a process; logs in " + settings.directory());
        try (ChaosCluster cluster =
                        new ChaosCluster(settings.directory(), settings.model(), settings.flink());
                Shutdown ignored = Shutdown.of(cluster)) {
            Fault.Schedule schedule = new Fault.Schedule(settings.seed());
            Faults faults = new Faults(cluster, schedule.random());
            String savepoint = live(cluster, schedule, faults);
            compare(cluster, savepoint, faults.rollbacks());
            double minutes = settings.duration().toMillis() / MS / 60;
            return report.build(
                    settings.seed(),
                    minutes,
                    settings.rate(),
                    faults.kills(),
                    faults.rollbacks().size());
        }
    }

    private String live(ChaosCluster cluster, Fault.Schedule schedule, Faults faults)
            throws Exception {
        AtomicBoolean open = new AtomicBoolean(true);
        long deadline = System.currentTimeMillis() + START.toMillis();
        while (!cluster.job().state().equals("RUNNING")) {
            if (System.currentTimeMillis() > deadline) {
                throw new IOException("the job does not start; logs in " + settings.directory());
            }
            Thread.sleep(POLL.toMillis());
        }
        Thread tail = new Thread(() -> tail(cluster, open), "answers");
        tail.start();
        try (ChaosProducer producer = new ChaosProducer(cluster.client())) {
            ChaosTraffic traffic =
                    new ChaosTraffic(
                            producer,
                            unanswered,
                            settings.seed(),
                            settings.users(),
                            settings.rate());
            Thread sender = new Thread(traffic, "traffic");
            sender.start();
            try {
                awaitCaughtUp(started, START);
                traffic.allowLateOnes();
                Thread.sleep(WARM_UP.toMillis()); // the first fault too hits a job at work
                awaitCaughtUp(System.currentTimeMillis(), START);
                say("at work, faults begin");
                faults(schedule, faults);
            } finally {
                traffic.stop();
                sender.join();
            }
            if (!unanswered.awaitNone(STUCK)) {
                say(unanswered.size() + " requests have no answer");
            }
            return drain(cluster);
        } finally {
            open.set(false);
            tail.join();
        }
    }

    private void tail(ChaosCluster cluster, AtomicBoolean open) {
        try (TopicTail answers =
                new TopicTail(cluster.client(), List.of(JobOptions.SCORES.defaultText()))) {
            while (open.get()) {
                answers.poll(
                        POLL,
                        r -> unanswered.answered(new String(r.key(), StandardCharsets.UTF_8)));
            }
        }
    }

    private void faults(Fault.Schedule schedule, Faults faults)
            throws IOException, InterruptedException {
        Random random = new Random(settings.seed());
        long end = System.currentTimeMillis() + settings.duration().toMillis();
        while (System.currentTimeMillis() < end) {
            Fault fault = schedule.next();
            if (!faults.possible(fault)) {
                report.notPossible(fault.label());
                continue;
            }
            long since = System.currentTimeMillis();
            faults.inject(fault);
            awaitCaughtUp(System.currentTimeMillis(), STUCK);
            double seconds = (System.currentTimeMillis() - since) / MS;
            report.fault(fault, seconds);
            say("%-18s caught up after %4.1f s".formatted(fault.label(), seconds));
            Thread.sleep(settings.gap().toMillis() + random.nextInt(MOST_GAP_MS));
        }
    }

    private void awaitCaughtUp(long since, Duration most) throws IOException, InterruptedException {
        if (!unanswered.awaitCaughtUp(since, CAUGHT_UP, most)) {
            throw new IOException(
                    "not caught up within %s: %,d requests wait; the logs in %s say why"
                            .formatted(most, unanswered.size(), settings.directory()));
        }
    }

    private String drain(ChaosCluster cluster) throws IOException, InterruptedException {
        Path savepoints = settings.directory().resolve("savepoints");
        for (int attempt = 1; ; attempt++) {
            try {
                return cluster.drain(savepoints, DRAIN);
            } catch (IOException e) {
                if (attempt == DRAIN_ATTEMPTS) {
                    throw e;
                }
                say("stopping again: " + e.getMessage());
            }
        }
    }

    private void compare(ChaosCluster cluster, String savepoint, Rollbacks rollbacks)
            throws Exception {
        say("stopped; comparing with the offline truth");
        Scorer scorer = new Scorer(ModelReader.read(settings.model()), KernelsProvider.get());
        OfflineScorer offline = new OfflineScorer(scorer);
        Map<String, InterestHistory> states =
                SavepointHistories.read(savepoint, scorer.historyModel());
        try (TopicReader reader = new TopicReader(cluster.client());
                ProgressBar bar = Bars.start("compare", -1)) {
            Outputs outputs = Outputs.read(reader);
            Checker checker = new Checker(offline, outputs, states, rollbacks, report);
            for (int p = 0; p < ChaosCluster.PARTITIONS; p++) {
                checker.check(InputLog.read(reader, p), bar);
            }
            checker.finish();
        }
    }

    private void say(String what) {
        out.printf("%7.1f s  %s%n", (System.currentTimeMillis() - started) / MS, what);
        out.flush();
    }
}
