package io.dienstream.chaos;

import io.dienstream.cli.terminal.Bars;
import io.dienstream.cli.terminal.Shutdown;
import io.dienstream.datasets.offline.OfflineScorer;
import io.dienstream.dien.Scorer;
import io.dienstream.dien.artifact.ModelReader;
import io.dienstream.dien.history.InterestHistory;
import io.dienstream.dien.kernel.KernelsProvider;
import io.dienstream.job.option.JobOptions;
import io.dienstream.job.option.OptionException;
import io.dienstream.job.savepoint.SavepointHistories;
import io.dienstream.operate.kafka.TopicTail;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import java.util.Random;
import java.util.concurrent.atomic.AtomicBoolean;
import me.tongfei.progressbar.ProgressBar;

/** One run: cluster, traffic, faults, the end of time, and the comparison. */
public final class ChaosRun {
    private static final Duration POLL = Duration.ofMillis(100);
    private static final Duration START = Duration.ofMinutes(8);
    private static final Duration STUCK = Duration.ofMinutes(4);
    private static final int MOST_GAP_MS = 2_000;
    private static final double MS = 1000;
    private static final double MINUTE_MS = 60_000;

    /** In which every source has said how far time is: Flink asks them five times a second. */
    private static final Duration LAST_WATERMARK = Duration.ofSeconds(1);

    private final Settings settings;
    private final Conditions conditions;
    private final PrintWriter out;
    private final ChaosReport.Builder report;
    private final UnansweredRequests unanswered = new UnansweredRequests();
    private final Disturbances disturbances = new Disturbances();

    /** Likewise, but for commands on models, which are no fault. */
    private final Disturbances outages = new Disturbances();

    private final Absences absences;
    private final JobOptions job;
    private final Duration patience;
    private long started;

    /**
     * @param directory for logs and data of all processes
     * @param classes directory for what the processes run; runs of one process may share it
     * @param duration of the faults; those that open every run come in any case
     * @param warmUp of a job at work before anything is measured or goes wrong
     * @param gap least time from caught up to the next fault
     * @param faults that there are, in the order in which they begin; empty: all
     * @param learning whether the learning job runs beside the other, and has its own faults
     * @param asDeployed whether the JVMs are as an image starts them, not as they start fastest
     * @param flink Flink's configuration of the processes, where it is to be another
     * @param options of the job, likewise
     */
    public record Settings(
            Path model,
            Path directory,
            Path classes,
            long seed,
            Conditions conditions,
            Duration duration,
            Duration warmUp,
            int users,
            Load load,
            Duration gap,
            List<Fault> faults,
            boolean learning,
            boolean asDeployed,
            Map<String, String> flink,
            Map<String, String> options) {}

    /**
     * @param out for a line a fault
     * @throws OptionException naming an option of the job that does not go with the others
     */
    public ChaosRun(Settings settings, PrintWriter out) {
        this.settings = settings;
        this.out = out;
        conditions = settings.conditions();
        absences = new Absences(conditions);
        job = ClusterSettings.jobOptions(conditions, settings.options());
        patience = CaughtUp.age(conditions, job.get(JobOptions.CHECKPOINT_INTERVAL));
        double minutes = settings.duration().toMillis() / MINUTE_MS;
        report = new ChaosReport.Builder(settings.seed(), conditions, minutes);
    }

    /**
     * @throws IOException where the cluster does not come up, never catches up or does not stop
     */
    public ChaosReport run() throws Exception {
        started = System.currentTimeMillis();
        say("seed " + settings.seed() + ": " + ReportText.flags(conditions.shown()));
        say("starting ZooKeeper, Kafka and Flink, each a process; logs in " + settings.directory());
        try (ChaosCluster cluster = new ChaosCluster(settings);
                Shutdown ignored = Shutdown.of(cluster)) {
            var schedule =
                    new Fault.Schedule(settings.seed(), settings.faults(), settings.learning());
            Duration timeout = job.get(JobOptions.CHECKPOINT_TIMEOUT);
            ModelCommands models = models(cluster, schedule.random());
            Faults faults = new Faults(cluster, models, schedule.random(), conditions, timeout);
            awaitStart(cluster.job());
            ChaosTraffic traffic;
            String savepoint;
            try (LearningRun learning = learning(cluster)) {
                try (Answers answers = new Answers(cluster, learning)) {
                    traffic = underFaults(cluster, schedule, faults, models);
                    savepoint = stop(cluster);
                }
                compare(cluster, savepoint, faults, models, traffic.lastWatermark());
                if (learning != null) {
                    say("the scoring job is compared; the learning job ends");
                    report.learning(learning.finish(STUCK));
                }
            }
            return report.build();
        }
    }

    /** Null where there is none. */
    private LearningRun learning(ChaosCluster cluster) throws IOException, InterruptedException {
        if (!settings.learning()) {
            return null;
        }
        awaitStart(cluster.learning().job());
        return new LearningRun(cluster, settings.seed(), conditions.exactlyOnce());
    }

    /** Null where they do not change. */
    private ModelCommands models(ChaosCluster cluster, Random random) throws IOException {
        return conditions.rollout()
                ? new ModelCommands(
                        cluster.client(), settings.directory().resolve("models"), random)
                : null;
    }

    private void awaitStart(JobClient job) throws IOException, InterruptedException {
        await(() -> job.state().equals("RUNNING"), "the job does not start");
    }

    /** Its state by REST is RUNNING until Flink has noticed a fault; its log tells of the start. */
    private void awaitAgain(Child jobManager, long since) throws IOException, InterruptedException {
        await(
                () ->
                        JobManagerLog.read(jobManager.log())
                                .running(since, System.currentTimeMillis())
                                .isPresent(),
                "the learning job does not run again");
    }

    /** That may hold after a while. */
    @FunctionalInterface
    private interface Condition {
        boolean holds() throws IOException, InterruptedException;
    }

    private void await(Condition condition, String otherwise)
            throws IOException, InterruptedException {
        long deadline = System.currentTimeMillis() + START.toMillis();
        while (!condition.holds()) {
            if (System.currentTimeMillis() > deadline) {
                throw new IOException(otherwise + "; logs in " + settings.directory());
            }
            Thread.sleep(POLL.toMillis());
        }
    }

    /** Traffic that has ended. */
    private ChaosTraffic underFaults(
            ChaosCluster cluster, Fault.Schedule schedule, Faults faults, ModelCommands models)
            throws Exception {
        try (ChaosProducer producer = new ChaosProducer(cluster.client())) {
            ChaosTraffic traffic =
                    new ChaosTraffic(
                            producer,
                            unanswered,
                            conditions,
                            absences,
                            settings.seed(),
                            settings.users(),
                            settings.load().first());
            Thread sender = new Thread(traffic, "traffic");
            sender.start();
            try {
                awaitCaughtUp(started, START);
                traffic.allowLateOnes();
                Thread.sleep(settings.warmUp().toMillis()); // a fault hits a job at work
                load(traffic);
                awaitCaughtUp(System.currentTimeMillis(), START);
                absences.begin(System.currentTimeMillis());
                say("at work, faults begin");
                faults(cluster, schedule, faults);
                if (models != null) {
                    models.awaitSettled(STUCK);
                }
            } finally {
                traffic.stop();
                sender.join();
            }
            return traffic;
        }
    }

    private void load(ChaosTraffic traffic) throws IOException, InterruptedException {
        Load load = settings.load();
        if (!load.isMeasured()) {
            report.rate(load.rate(), null);
            return;
        }
        double sustained = Load.sustained(traffic, unanswered);
        int rate = load.of(sustained);
        traffic.rate(rate);
        report.rate(rate, (int) sustained);
        say(
                "%,.0f records/s are sustained, %,d are sent from now on (--load %s)"
                        .formatted(sustained, rate, load.share()));
    }

    private void faults(ChaosCluster cluster, Fault.Schedule schedule, Faults faults)
            throws IOException, InterruptedException {
        Random random = new Random(settings.seed());
        long begin = System.currentTimeMillis();
        while (schedule.opening()
                || System.currentTimeMillis() - begin < settings.duration().toMillis()) {
            Fault fault = schedule.next();
            if (!faults.possible(fault)) {
                report.notPossible(fault.label());
                Thread.sleep(POLL.toMillis());
                continue;
            }
            faults.announce(fault);
            long since = System.currentTimeMillis();
            faults.inject(fault);
            Child jobManager =
                    fault.isLearning() ? cluster.learning().jobManager() : cluster.jobManager();
            if (fault.isLearning()) {
                awaitAgain(jobManager, since);
            }
            awaitCaughtUp(System.currentTimeMillis(), STUCK);
            recovered(fault, since, JobManagerLog.read(jobManager.log()));
            Thread.sleep(settings.gap().toMillis() + random.nextInt(MOST_GAP_MS));
        }
        JobManagerLog log = JobManagerLog.read(cluster.jobManager().log());
        report.checkpoints(log.checkpoints(begin, System.currentTimeMillis()));
    }

    private void recovered(Fault fault, long since, JobManagerLog log) {
        long now = System.currentTimeMillis();
        OptionalLong running = log.running(since, now);
        if (!fault.isLearning()) { // the scoring job was not disturbed
            disturbances.add(since, now);
            if (!fault.isCommand()) {
                outages.add(since, now);
            }
            report.checkpointsCatchingUp(log.checkpoints(running.orElse(since), now));
        }
        double caughtUp = (now - since) / MS;
        OptionalDouble runningAgain =
                running.isPresent()
                        ? OptionalDouble.of((running.getAsLong() - since) / MS)
                        : OptionalDouble.empty();
        report.fault(fault, runningAgain, caughtUp);
        String ran =
                runningAgain.isPresent()
                        ? "running again after %4.1f s,".formatted(runningAgain.getAsDouble())
                        : "never stopped,";
        say("%-25s %-28s caught up after %4.1f s".formatted(fault.label(), ran, caughtUp));
    }

    private void awaitCaughtUp(long since, Duration most) throws IOException, InterruptedException {
        if (!unanswered.awaitCaughtUp(since, patience, most)) {
            throw new IOException(
                    "not caught up within %s: %,d requests wait; the logs in %s say why"
                            .formatted(most, unanswered.size(), settings.directory()));
        }
    }

    private String stop(ChaosCluster cluster) throws IOException, InterruptedException {
        if (!unanswered.awaitNone(STUCK)) {
            say(unanswered.size() + " requests have no answer");
        }
        ReadOffsets.awaitAll(cluster.client(), STUCK);
        Thread.sleep(LAST_WATERMARK.toMillis());
        return cluster.stop(true);
    }

    private void compare(
            ChaosCluster cluster,
            String savepoint,
            Faults faults,
            ModelCommands models,
            long lastWatermark)
            throws Exception {
        say("stopped; comparing with the offline truth");
        JobManagerLog log = JobManagerLog.read(cluster.jobManager().log());
        Rollbacks rollbacks =
                conditions.exactlyOnce() ? faults.behindCommits() : log.rollbacks(faults.bases());
        report.happened(faults.kills(), log.starts(), rollbacks.size());
        OfflineScorer offline = offline(settings.model());
        Versions versions =
                new Versions(
                        offline,
                        published(models),
                        models == null ? null : models.log(),
                        conditions.eventTime(),
                        rollbacks,
                        outages);
        Map<String, InterestHistory> states =
                SavepointHistories.read(savepoint, versions.historyModels());
        try (TopicReader reader = new TopicReader(cluster.client());
                ProgressBar bar = Bars.start("compare", -1)) {
            var verdicts =
                    new Verdicts(
                            offline, versions, Outputs.read(reader), states, rollbacks, report);
            Checker checker = new Checker(verdicts, truth(verdicts, lastWatermark));
            for (int p = 0; p < ChaosCluster.PARTITIONS; p++) {
                checker.check(InputLog.read(reader, p), bar);
            }
            checker.finish();
        }
    }

    private static List<OfflineScorer> published(ModelCommands models) throws IOException {
        List<OfflineScorer> published = new ArrayList<>();
        for (Path artifact : models == null ? List.<Path>of() : models.artifacts()) {
            published.add(offline(artifact));
        }
        return published;
    }

    private static OfflineScorer offline(Path artifact) throws IOException {
        return new OfflineScorer(new Scorer(ModelReader.read(artifact), KernelsProvider.get()));
    }

    private Checker.Truth truth(Verdicts verdicts, long lastWatermark) {
        return conditions.eventTime()
                ? new EventTimeTruth(verdicts, conditions, absences, disturbances, lastWatermark)
                : new LatestTruth(verdicts, conditions, lastWatermark);
    }

    private void say(String what) {
        out.printf("%7.1f s  %s%n", (System.currentTimeMillis() - started) / MS, what);
        out.flush();
    }

    /** Reads the answers as they come, in a thread of its own. */
    private final class Answers implements AutoCloseable {
        private final AtomicBoolean open = new AtomicBoolean(true);
        private final Thread thread;

        /**
         * @param learning is told them too, or null
         */
        Answers(ChaosCluster cluster, LearningRun learning) {
            thread = new Thread(() -> read(cluster, learning), "answers");
            thread.start();
        }

        private void read(ChaosCluster cluster, LearningRun learning) {
            CaughtUp caughtUp = new CaughtUp(conditions, unanswered);
            try (TopicTail answers =
                    new TopicTail(cluster.client(), List.of(JobOptions.SCORES.defaultText()))) {
                while (open.get()) {
                    answers.poll(
                            POLL,
                            answer -> {
                                caughtUp.take(answer);
                                if (learning != null) {
                                    learning.answered(answer);
                                }
                            });
                    if (learning != null) {
                        learning.report(System.currentTimeMillis());
                    }
                    long age = unanswered.oldestAge();
                    if (age > CaughtUp.AGE.toMillis()) {
                        long now = System.currentTimeMillis();
                        disturbances.add(now - age, now);
                        outages.add(now - age, now);
                    }
                }
            }
        }

        @Override
        public void close() throws InterruptedException {
            open.set(false);
            thread.join();
        }
    }
}
