package io.dienstream.sandbox;

import io.dienstream.cli.terminal.Shutdown;
import io.dienstream.console.Console;
import io.dienstream.datasets.simulate.Simulator;
import io.dienstream.datasets.title.ItemTitles;
import io.dienstream.dien.artifact.ModelReader;
import io.dienstream.dien.model.Model;
import io.dienstream.job.listen.Listeners;
import io.dienstream.job.option.JobOptions;
import io.dienstream.operate.kafka.LogPlayer;
import java.io.IOException;
import java.io.PrintWriter;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;
import org.apache.flink.api.common.JobID;

/**
 * The demo that stays: simulated users go on until it is interrupted, beside a console in which a
 * person can be one of them. Nothing is remembered, so it can run for days, and nothing is judged
 * at the end, since the person's clicks are none of the simulator's.
 */
final class KeptDemo implements AutoCloseable {
    private static final long NANOS_PER_SECOND = 1_000_000_000;
    private static final long PAST_STEP_MS = 40;
    private static final long NAP_NANOS = 2_000_000;
    private static final long LOOK_NANOS = NANOS_PER_SECOND;

    private final SimulatedDemo.Settings settings;
    private final PrintWriter out;
    private final Simulator simulator;
    private final List<Model> models = new ArrayList<>();
    private final DemoCluster cluster;
    private final LogPlayer player;
    private JobID job;
    private Console console;
    private ModelSwap swap;
    private volatile boolean closed;

    private KeptDemo(SimulatedDemo.Settings settings, PrintWriter out) throws Exception {
        this.settings = settings;
        this.out = out;
        simulator = new Simulator(settings.seed(), settings.users());
        models.add(ModelReader.read(settings.model()));
        if (settings.second() != null) {
            models.add(ModelReader.read(settings.second()));
        }
        cluster =
                DemoCluster.start(
                        settings.parallelism(), SimulatedDemo.flink(settings), SimulatedDemo.KEPT);
        player = cluster.player();
    }

    /**
     * Starts Kafka, Flink, the job and the console.
     *
     * @param port of the console; 0: a free one
     */
    static KeptDemo start(SimulatedDemo.Settings settings, int port, PrintWriter out)
            throws Exception {
        KeptDemo demo = new KeptDemo(settings, out);
        try {
            demo.begin(port);
            return demo;
        } catch (Exception e) {
            demo.close();
            throw e;
        }
    }

    private void begin(int port) throws Exception {
        out.printf("Kafka at %s%n", cluster.broker().bootstrapServers());
        Map<String, String> options = new HashMap<>(settings.options());
        if (settings.second() != null) {
            options.put(JobOptions.ROLLOUT_ENABLED.key(), "true");
            swap =
                    new ModelSwap(
                            cluster.client(),
                            settings.second(),
                            models.get(1),
                            settings.duration());
        }
        job = cluster.flink().submit(cluster.options(settings.model(), options), null);
        long now = System.currentTimeMillis();
        for (int n = settings.past(); n > 0; n--) {
            player.send(simulator.behavior(now - n * PAST_STEP_MS));
        }
        player.flush();
        console =
                Console.start(
                        new Console.Settings(
                                cluster.client(),
                                cluster.flink().webUi(),
                                models,
                                JobOptions.ROLLOUT_MODEL.defaultText(),
                                new InetSocketAddress(Listeners.LOOPBACK, port),
                                Set.of(),
                                true,
                                false,
                                ItemTitles.ofSimulator()));
        out.printf("console at %s%n", console.url());
        out.printf("simulated users go on until Ctrl-C%n");
        out.flush();
    }

    /** Where the console is, with its token. */
    String consoleUrl() {
        return console.url();
    }

    /**
     * Lets users act until this is closed, or for {@code most}.
     *
     * @throws IllegalStateException where the job ends
     */
    void run(Duration most) throws Exception {
        if (swap != null) {
            swap.start();
        }
        long start = System.nanoTime();
        long behaviors = 0;
        long requests = 0;
        long broken = 0;
        long look = LOOK_NANOS;
        for (long t = 0; t < most.toNanos() && !closed; t = System.nanoTime() - start) {
            double seconds = (double) t / NANOS_PER_SECOND;
            for (; behaviors < seconds * settings.behaviorsPerSecond(); behaviors++) {
                player.send(simulator.behavior(System.currentTimeMillis()));
            }
            for (; requests < seconds * settings.requestsPerSecond(); requests++) {
                long now = System.currentTimeMillis();
                player.send(simulator.request(now, settings.candidates()).request());
            }
            for (; broken < seconds; broken++) {
                BrokenRecords.send(broken, player);
            }
            if (t > look && !closed) {
                look = t + LOOK_NANOS;
                requireRunning();
                tell();
            }
            LockSupport.parkNanos(NAP_NANOS);
        }
    }

    private void requireRunning() throws Exception {
        if (cluster.flink().ended(job, Duration.ofMillis(1)) && !closed) {
            cluster.flink().awaitFinished(job, Duration.ofSeconds(1));
            throw new IllegalStateException("the job ended before the demo did");
        }
    }

    private void tell() {
        for (String news = swap == null ? null : swap.news(); news != null; news = swap.news()) {
            out.println(news);
        }
        out.flush();
    }

    /** Runs until the process is interrupted. */
    static void runUntilInterrupted(SimulatedDemo.Settings settings, int port, PrintWriter out)
            throws Exception {
        try (KeptDemo demo = start(settings, port, out);
                Shutdown shutdown = Shutdown.of(demo)) {
            demo.run(Duration.ofDays(10_000));
            shutdown.done();
        }
    }

    @Override
    public void close() throws IOException {
        closed = true;
        if (console != null) {
            console.close();
        }
        player.close(); // before the broker: what is on its way would be waited for
        cluster.close();
    }
}
