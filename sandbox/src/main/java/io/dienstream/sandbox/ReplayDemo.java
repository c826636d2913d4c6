package io.dienstream.sandbox;

import io.dienstream.cli.terminal.Bars;
import io.dienstream.cli.terminal.Printable;
import io.dienstream.cli.terminal.Shutdown;
import io.dienstream.datasets.log.BadLines;
import io.dienstream.datasets.log.BehaviorLog;
import io.dienstream.datasets.log.ModelFields;
import io.dienstream.datasets.log.RequestLog;
import io.dienstream.datasets.offline.AnswerJson;
import io.dienstream.datasets.offline.OfflineScorer;
import io.dienstream.dien.Scorer;
import io.dienstream.dien.artifact.ModelReader;
import io.dienstream.dien.file.CompleteFile;
import io.dienstream.dien.kernel.KernelsProvider;
import io.dienstream.job.option.JobOptions;
import io.dienstream.operate.kafka.LogPlayer;
import io.dienstream.operate.kafka.TopicTail;
import io.dienstream.operate.score.RequestCheck;
import io.dienstream.schema.AdRequest;
import io.dienstream.schema.Behavior;
import io.dienstream.schema.Candidate;
import io.dienstream.schema.ScoredRequest;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import me.tongfei.progressbar.ProgressBar;
import org.apache.flink.api.common.JobID;

/**
 * The demo on a real log: played into Kafka, answered by the job in event-time mode, every score
 * recomputed offline and compared with expected answers where there are some.
 */
public final class ReplayDemo {

    /** Options of the job without which a log is not replayed, or whose place is another option. */
    static final Set<String> DECIDED =
            Set.of(
                    JobOptions.BOOTSTRAP_SERVERS.key(),
                    JobOptions.MODEL.key(),
                    JobOptions.PARALLELISM.key(),
                    JobOptions.TIME_MODE.key(),
                    JobOptions.BOUNDED.key());

    private static final Duration TAIL_WAIT = Duration.ofMillis(100);

    private final Inputs files;
    private final int parallelism;
    private final Map<String, String> more;
    private final PrintWriter out;
    private final PrintWriter err;
    private JobOptions options;

    /**
     * The demo's files.
     *
     * @param expected or null
     * @param output or null
     */
    public record Inputs(Path model, Path behaviors, Path requests, Path expected, Path output) {}

    /**
     * @param more options of the job, on top of the defaults of a replay
     */
    ReplayDemo(
            Inputs files,
            int parallelism,
            Map<String, String> more,
            PrintWriter out,
            PrintWriter err) {
        this.files = files;
        this.parallelism = parallelism;
        this.more = Map.copyOf(more);
        this.out = out;
        this.err = err;
    }

    /** Whether every line was good, every request answered once and every comparison held. */
    public boolean run() throws Exception {
        requireWritable();
        Scorer scorer = new Scorer(ModelReader.read(files.model()), KernelsProvider.get());
        BadLines bad = new BadLines(err);
        ModelFields fields = new ModelFields(scorer.model().config());
        List<Behavior> behaviors =
                BehaviorLog.read(files.behaviors(), bad, b -> fields.checkBehavior(b.getFields()));
        List<AdRequest> requests = new ArrayList<>();
        RequestLog.forEach(
                files.requests(),
                bad,
                line -> {
                    for (Candidate candidate : line.request().getCandidates()) {
                        fields.checkAd(candidate.getFields());
                    }
                    requests.add(line.request());
                });
        out.printf(
                "%,d behaviors, %,d requests, %,d bad lines; model %s version %s%n",
                behaviors.size(),
                requests.size(),
                bad.count(),
                scorer.model().config().name(),
                scorer.model().config().version());
        KnownIds known = new KnownIds(scorer.model());
        behaviors.forEach(b -> known.behavior(b.getFields()));
        requests.forEach(r -> r.getCandidates().forEach(c -> known.ad(c.getFields())));
        known.warning().ifPresent(err::println);
        err.flush();
        AnswerLog answers = new AnswerLog(JobOptions.SCORES.defaultText());
        try (DemoCluster cluster = DemoCluster.start(parallelism);
                Shutdown shutdown = Shutdown.of(cluster)) {
            out.printf(
                    "Kafka at %s, Flink's web UI at %s%n",
                    cluster.broker().bootstrapServers(), cluster.flink().webUi());
            out.flush();
            play(cluster, behaviors, requests);
            answer(cluster, requests.size(), answers);
            shutdown.done();
        }
        return report(scorer, behaviors, requests, answers) && bad.count() == 0;
    }

    /** Before the work, not after it. */
    private void requireWritable() throws IOException {
        if (files.output() != null) {
            CompleteFile.requireOther(
                    files.output(), files.behaviors(), files.requests(), files.expected());
            CompleteFile.create(files.output()).close();
        }
    }

    private void play(DemoCluster cluster, List<Behavior> behaviors, List<AdRequest> requests) {
        try (LogPlayer player = cluster.player();
                ProgressBar bar = Bars.start("into Kafka", behaviors.size() + requests.size())) {
            for (Behavior b : behaviors) {
                player.send(b);
                bar.step();
            }
            for (AdRequest r : requests) {
                player.send(r);
                bar.step();
            }
            player.flush();
        }
    }

    private void answer(DemoCluster cluster, int requests, AnswerLog answers) throws Exception {
        Map<String, String> values = new HashMap<>();
        values.put(JobOptions.TIME_MODE.key(), "event-time");
        // years of a log that fits on this machine would take as many steps
        values.put(JobOptions.MAX_DRIFT.key(), "0s");
        values.put(JobOptions.IDLE_AFTER.key(), "0s");
        values.put(JobOptions.EARLIEST.key(), RequestCheck.EARLIEST);
        values.put(JobOptions.BOUNDED.key(), "true");
        // nobody waits for a single answer
        values.put(JobOptions.WARM_UP.key(), "0s");
        values.put(JobOptions.BUFFER_TIMEOUT.key(), "100ms");
        values.put(JobOptions.SERVED_ENABLED.key(), "false");
        values.putAll(more);
        options = cluster.options(files.model(), values);
        JobID job = cluster.flink().submit(options, null);
        try (TopicTail tail = cluster.answersTail();
                ProgressBar bar = Bars.start("answered", requests)) {
            while (!cluster.flink().ended(job, Duration.ofMillis(1))) {
                tail.poll(TAIL_WAIT, answers::accept);
                bar.stepTo(answers.size());
            }
            cluster.flink().awaitFinished(job, Duration.ofSeconds(1));
            tail.drain(answers::accept);
            bar.stepTo(answers.size());
        }
    }

    private boolean report(
            Scorer scorer, List<Behavior> behaviors, List<AdRequest> requests, AnswerLog log)
            throws IOException {
        Map<String, ScoredRequest> answers = log.answers();
        RequestCheck check = new RequestCheck(options, scorer.encoder());
        long now = System.currentTimeMillis();
        List<Behavior> goodBehaviors =
                behaviors.stream().filter(b -> check.check(b, now) == null).toList();
        List<AdRequest> goodRequests =
                requests.stream().filter(r -> check.check(r, now) == null).toList();
        long refused = (long) behaviors.size() - goodBehaviors.size();
        refused += (long) requests.size() - goodRequests.size();
        long missing =
                goodRequests.stream().filter(r -> !answers.containsKey(r.getRequestId())).count();
        long letters = log.deadLetters().values().stream().mapToLong(n -> n).sum();
        out.printf(
                "requests %,d, answered %,d, missing %,d, doubled %,d, dead letters %s%n",
                requests.size(), answers.size(), missing, log.doubled(), log.deadLetters());
        Parity parity = new Parity(new OfflineScorer(scorer));
        parity.checkEventTime(goodBehaviors, goodRequests, answers);
        out.println(parity.summary());
        boolean holds = parity.holds() && missing == 0 && log.doubled() == 0 && letters == refused;
        if (files.expected() != null) {
            Expected expected = Expected.compare(files.expected(), answers);
            out.println(expected.summary());
            holds &= expected.holds();
        }
        if (files.output() != null) {
            write(requests, answers);
        }
        out.flush();
        return holds;
    }

    private void write(List<AdRequest> requests, Map<String, ScoredRequest> answers)
            throws IOException {
        try (CompleteFile file = CompleteFile.create(files.output())) {
            for (AdRequest r : requests) {
                ScoredRequest a = answers.get(r.getRequestId());
                if (a != null) {
                    var line =
                            AnswerJson.of(a.getRequestId(), a.getModelVersion(), a.getCandidates());
                    file.writer().write(Printable.lines(line.toString()) + "\n");
                }
            }
            file.complete();
        }
        out.printf("answers written to %s%n", files.output());
    }
}
