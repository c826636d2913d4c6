package io.dienstream.bench.stream;

import io.dienstream.bench.peer.Contender;
import io.dienstream.bench.peer.OwnJob;
import io.dienstream.bench.peer.Peer;
import io.dienstream.cli.Scratch;
import io.dienstream.job.option.JobOptions;
import io.dienstream.operate.kafka.TopicTail;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BooleanSupplier;
import org.apache.flink.configuration.CheckpointingOptions;

/**
 * {@code dien bench stream --peer}: the main job and what people would build instead, in turns. All
 * are checked before anything is timed; only one runs at a time.
 */
public final class PeerComparison {
    private static final int IN_FLIGHT = 200;
    private static final long PROBES_SEED = 2;

    /** So that every clock has checkpoints in it, of all the same number. */
    private static final String CHECKPOINT_INTERVAL = "3s";

    private static final String RETAINED = "3";

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
        options.put(JobOptions.CHECKPOINT_INTERVAL.key(), CHECKPOINT_INTERVAL);
        options.putAll(settings.options());
        // a checkpoint of the job's own must not remove the one that it is paused at
        Map<String, String> flink = new HashMap<>();
        flink.put(CheckpointingOptions.MAX_RETAINED_CHECKPOINTS.key(), RETAINED);
        flink.putAll(settings.flink());
        this.settings = new JobSettings(settings.model(), options, flink);
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
        for (Map.Entry<Peer, Path> peer : peers.entrySet()) {
            peer.getKey().check(settings.model(), peer.getValue());
        }
        Path scratch = Scratch.directory("peers");
        String run = Long.toString(System.currentTimeMillis(), Character.MAX_RADIX);
        try (BenchKafka kafka = BenchKafka.start(given);
                Opened opened = new Opened()) {
            List<Measured> measured = opened.measured;
            measured.add(open(new OwnJob(), plan, kafka, run + "-own"));
            for (Map.Entry<Peer, Path> peer : peers.entrySet()) {
                Contender contender =
                        peer.getKey().start(settings.model(), peer.getValue(), scratch);
                measured.add(open(contender, plan, kafka, run + "-" + peer.getKey().option()));
            }
            return compare(measured, plan, name, done);
        } finally {
            Scratch.remove(scratch);
        }
    }

    /** All sessions so far: one that does not close keeps none of the others open. */
    private static final class Opened implements AutoCloseable {
        private final List<Measured> measured = new ArrayList<>();

        @Override
        public void close() throws Exception {
            Exception first = null;
            for (Measured m : measured) {
                try {
                    m.session.close();
                } catch (Exception e) {
                    if (first == null) {
                        first = e;
                    } else {
                        first.addSuppressed(e);
                    }
                }
            }
            if (first != null) {
                throw first;
            }
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
            try (TopicTail scores = session.job.topics.scoresFromNow()) {
                session.awaitAnswer();
                OpenLoop loop = loop();
                saturation = loop.saturation(scores, plan.seconds(), 2 * plan.warmUp(), IN_FLIGHT);
                double rate = saturation / 2;
                half =
                        PeerTable.Latency.of(
                                rate, loop.run(scores, rate, plan.seconds(), plan.warmUp()));
            }
            session.pause();
        }

        void atTheSameLoad(double rate, JobSettings settings) throws Exception {
            session.resume();
            ExecutorService beside = Executors.newSingleThreadExecutor();
            try (TopicTail scores = session.job.topics.scoresFromNow()) {
                session.awaitAnswer();
                OpenLoop loop = loop();
                // full load first: the job has just started, and its start is not what is asked
                loop.saturation(scores, plan.warmUp(), 0, IN_FLIGHT);
                same =
                        PeerTable.Latency.of(
                                rate, loop.run(scores, rate, plan.seconds(), plan.warmUp()));
                RecordSource records =
                        new RecordSource(settings.model(), plan.users(), 0, PROBES_SEED);
                freshness =
                        PeerTable.Freshness.of(
                                probe(records, done -> loop.load(scores, rate, done), beside));
                kill = new KillRun(session, plan, rate).run();
            } finally {
                beside.shutdownNow();
            }
            session.job.cancel();
        }

        /** Sends until it is told that it is enough. */
        private interface Load {
            void until(BooleanSupplier done) throws InterruptedException;
        }

        /** All probes, under a load that lasts as long as they do. */
        private FreshnessRun probe(RecordSource records, Load load, ExecutorService beside)
                throws Exception {
            FreshnessRun probes = new FreshnessRun(session, plan);
            AtomicBoolean done = new AtomicBoolean();
            Future<?> loaded =
                    beside.submit(
                            () -> {
                                load.until(done::get);
                                return null;
                            });
            try {
                probes.run(records, () -> !loaded.isDone());
            } finally {
                done.set(true);
            }
            loaded.get();
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
