package io.dienstream.bench.stream;

import io.dienstream.bench.peer.Contender;
import io.dienstream.bench.peer.OwnJob;
import io.dienstream.bench.peer.Peer;
import io.dienstream.cli.Scratch;
import io.dienstream.job.option.JobOptions;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * {@code dien bench stream --peer}: the main job and what people would build instead, in turns. All
 * are checked before anything is timed; only one runs at a time.
 */
public final class PeerComparison {
    private static final int IN_FLIGHT = 200;
    private static final long PROBES_SEED = 2;

    /** More than one takes. */
    private static final double SECONDS_PER_PROBE = 0.2;

    private final Properties given;
    private final JobSettings settings;

    /**
     * @param given client properties of a Kafka, or null for one in this JVM
     */
    public PeerComparison(Properties given, JobSettings settings) {
        this.given = given;
        // peers write no training data, so neither does the main job
        Map<String, String> options = new HashMap<>();
        options.put(JobOptions.SERVED_ENABLED.key(), "false");
        options.putAll(settings.options());
        this.settings = new JobSettings(settings.model(), options, settings.flink());
    }

    /** How many times {@link #run} says that something is done. */
    public static int steps(PeerPlan plan, int peers) {
        return (1 + peers) * (plan.rounds() + 3);
    }

    /**
     * Measures.
     *
     * @param peers by their graphs
     * @param done called after each step
     */
    public PeerTable run(Map<Peer, Path> peers, PeerPlan plan, String name, Runnable done)
            throws Exception {
        Path scratch = Scratch.directory("peers");
        String run = Long.toString(System.currentTimeMillis(), Character.MAX_RADIX);
        List<Measured> measured = new ArrayList<>();
        try (BenchKafka kafka = BenchKafka.start(given)) {
            try {
                measured.add(open(new OwnJob(), plan, kafka, run + "-own"));
                for (Map.Entry<Peer, Path> peer : peers.entrySet()) {
                    Contender contender =
                            peer.getKey().start(settings.model(), peer.getValue(), scratch);
                    measured.add(open(contender, plan, kafka, run + "-" + peer.getKey().option()));
                }
                return compare(measured, plan, name, done);
            } finally {
                for (Measured m : measured) {
                    m.session.close();
                }
            }
        } finally {
            Scratch.remove(scratch);
        }
    }

    private Measured open(Contender contender, PeerPlan plan, BenchKafka kafka, String id)
            throws Exception {
        try {
            return new Measured(new PeerSession(contender, plan, kafka, settings, id), plan);
        } catch (Exception e) {
            contender.close();
            throw e;
        }
    }

    private PeerTable compare(List<Measured> measured, PeerPlan plan, String name, Runnable done)
            throws Exception {
        for (Measured m : measured) {
            m.session.fill();
            m.difference = m.session.check();
            done.run();
        }
        for (int round = 0; round < plan.rounds(); round++) {
            for (Measured m : measured) {
                m.round();
                done.run();
            }
        }
        for (Measured m : measured) {
            m.saturate();
            done.run();
        }
        double same = measured.stream().mapToDouble(m -> m.saturation / 2).min().orElseThrow();
        for (Measured m : measured) {
            m.atTheSameLoad(same, settings);
            done.run();
        }
        return new PeerTable(
                System.getProperty("java.version"),
                Runtime.getRuntime().availableProcessors(),
                name,
                plan,
                same,
                measured.stream().map(Measured::contestant).toList());
    }

    /** A session and what came of it so far. */
    private static final class Measured {
        private final PeerSession session;
        private final PeerPlan plan;
        private final List<List<PeerTable.Rate>> rounds = new ArrayList<>();
        private double difference;
        private double saturation;
        private PeerTable.Latency half;
        private PeerTable.Latency same;
        private PeerTable.Freshness freshness;
        private PeerTable.Kill kill;

        Measured(PeerSession session, PeerPlan plan) {
            this.session = session;
            this.plan = plan;
        }

        void round() throws Exception {
            List<PeerTable.Rate> rates = new ArrayList<>();
            rates.add(session.rate(0));
            for (int n : plan.candidates()) {
                rates.add(session.rate(n));
            }
            rounds.add(rates);
        }

        private OpenLoop loop() {
            int candidates = plan.candidates().get(0);
            return new OpenLoop(session.job, session.tracker, session.adServer, candidates, 1);
        }

        void saturate() throws Exception {
            session.resume();
            OpenLoop loop = loop();
            saturation =
                    loop.saturation(session.scores, plan.seconds(), 2 * plan.warmUp(), IN_FLIGHT);
            double rate = saturation / 2;
            half =
                    PeerTable.Latency.of(
                            rate, loop.run(session.scores, rate, plan.seconds(), plan.warmUp()));
            session.pause();
        }

        void atTheSameLoad(double rate, JobSettings settings) throws Exception {
            session.resume();
            ExecutorService beside = Executors.newSingleThreadExecutor();
            try {
                OpenLoop loop = loop();
                same =
                        PeerTable.Latency.of(
                                rate,
                                loop.run(session.scores, rate, plan.seconds(), plan.warmUp()));
                freshness = PeerTable.Freshness.of(probe(loop, rate, settings, beside));
                kill = new KillRun(session, plan).run();
            } finally {
                beside.shutdownNow();
            }
            session.job.cancel();
        }

        /** Under that load, for as long as it lasts. */
        private FreshnessRun probe(
                OpenLoop loop, double rate, JobSettings settings, ExecutorService beside)
                throws Exception {
            FreshnessRun probes = new FreshnessRun(session, plan);
            RecordSource records = new RecordSource(settings.model(), plan.users(), 0, PROBES_SEED);
            double seconds = SECONDS_PER_PROBE * plan.probes();
            Future<?> load = beside.submit(() -> loop.run(session.scores, rate, seconds, 0));
            probes.run(records, () -> !load.isDone());
            load.get();
            return probes;
        }

        PeerTable.Contestant contestant() {
            return new PeerTable.Contestant(
                    session.contender.name(),
                    difference,
                    rounds,
                    saturation,
                    half,
                    same,
                    freshness,
                    kill);
        }
    }
}
