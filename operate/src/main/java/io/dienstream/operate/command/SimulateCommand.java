package io.dienstream.operate.command;

import io.dienstream.cli.terminal.Bars;
import io.dienstream.datasets.simulate.SimulatedFiles;
import io.dienstream.datasets.simulate.SimulatedPage;
import io.dienstream.datasets.simulate.Simulator;
import io.dienstream.job.option.JobOptions;
import io.dienstream.job.option.LearningOptions;
import io.dienstream.operate.kafka.LogPlayer;
import io.dienstream.schema.AdClick;
import io.dienstream.schema.AdRequest;
import io.dienstream.schema.Behavior;
import io.dienstream.schema.Impression;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;
import java.util.concurrent.Callable;
import java.util.concurrent.locks.LockSupport;
import me.tongfei.progressbar.ProgressBar;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code dien simulate}: simulated users, to Kafka at a rate or to files. */
@Command(
        name = "simulate",
        mixinStandardHelpOptions = true,
        description = {
            "Simulated users with drifting interests.",
            "With --bootstrap-servers: behaviors and ad requests into Kafka by the clock.",
            "With --output: behaviors.jsonl.gz, requests.jsonl.gz and truth.jsonl.gz into a directory.",
            "With --shown: impressions and ad clicks as well, for the learning job."
        })
public final class SimulateCommand implements Callable<Integer> {
    private static final long NANOS_PER_SECOND = 1_000_000_000;
    private static final long NAP_NANOS = 500_000;
    private static final int LINGER_MS = 1;

    @Spec private CommandSpec spec;

    @CommandLine.ArgGroup(exclusive = true, multiplicity = "1")
    private Target target;

    static final class Target {
        @CommandLine.ArgGroup(exclusive = false)
        private KafkaMixin kafka;

        @Option(names = "--output", paramLabel = "DIR", description = "Writes files, no Kafka.")
        private Path output;
    }

    @Option(names = "--seed", defaultValue = "1", description = "Default ${DEFAULT-VALUE}.")
    private long seed;

    @Option(names = "--users", defaultValue = "2000", description = "Default ${DEFAULT-VALUE}.")
    private int users;

    @Option(
            names = "--behaviors",
            defaultValue = "100000",
            description = "How many behaviors in all; default ${DEFAULT-VALUE}.")
    private int behaviors;

    @Option(
            names = "--requests",
            defaultValue = "20000",
            description = "How many requests in all; default ${DEFAULT-VALUE}.")
    private int requests;

    @Option(names = "--candidates", defaultValue = "8", description = "Default ${DEFAULT-VALUE}.")
    private int candidates;

    @Option(
            names = "--shown",
            defaultValue = "0",
            paramLabel = "N",
            description = {
                "How many candidates of each request are shown, from its first one on; clicks follow",
                "within 30 s. Default 0: nothing is told of impressions and clicks."
            })
    private int shown;

    @Option(
            names = "--rate",
            defaultValue = "1000",
            description = "Records a second into Kafka; default ${DEFAULT-VALUE}.")
    private int rate;

    @Override
    public Integer call() throws Exception {
        require(
                users >= 1 && candidates >= 1 && rate >= 1,
                "--users, --candidates, --rate: at least 1");
        require(behaviors >= 0 && requests >= 0, "--behaviors and --requests: not negative");
        require(shown >= 0, "--shown: not negative");
        Simulator simulator = new Simulator(seed, users);
        SimulatedPage page = shown == 0 ? null : new SimulatedPage(shown, seed);
        if (target.output != null) {
            double best =
                    new SimulatedFiles(simulator, behaviors, requests, candidates, page)
                            .write(target.output);
            spec.commandLine()
                    .getOut()
                    .printf(
                            "%,d behaviors and %,d requests in %s; best possible AUC %.4f%n",
                            behaviors, requests, target.output, best);
            return 0;
        }
        List<String> needed =
                new ArrayList<>(
                        List.of(
                                JobOptions.BEHAVIORS.defaultText(),
                                JobOptions.REQUESTS.defaultText()));
        if (page != null) {
            needed.add(LearningOptions.IMPRESSIONS.defaultText());
            needed.add(LearningOptions.CLICKS.defaultText());
        }
        try (LogPlayer player = target.kafka.player(LINGER_MS, needed);
                ProgressBar bar = Bars.start("simulate", (long) behaviors + requests)) {
            send(simulator, page == null ? null : new Later(page, player), player, bar);
            player.flush();
        }
        spec.commandLine().getOut().printf("%,d behaviors, %,d requests%n", behaviors, requests);
        return 0;
    }

    private void require(boolean good, String message) {
        if (!good) {
            throw new CommandLine.ParameterException(spec.commandLine(), message);
        }
    }

    /** What pages tell, sent when its time has come. */
    private static final class Later {
        private final SimulatedPage page;
        private final LogPlayer player;
        private final PriorityQueue<Due> due =
                new PriorityQueue<>(Comparator.comparingLong(Due::at));

        private record Due(long at, Runnable send) {}

        Later(SimulatedPage page, LogPlayer player) {
            this.page = page;
            this.player = player;
        }

        void add(Simulator.Truth request, String run) {
            SimulatedPage.Told told = page.of(request);
            for (Impression i : told.impressions()) {
                due.add(new Due(i.getTimestamp(), () -> player.send(i)));
            }
            for (AdClick c : told.clicks()) {
                c.setClickId(run + c.getClickId());
                due.add(new Due(c.getTimestamp(), () -> player.send(c)));
            }
        }

        void send(long now) {
            while (!due.isEmpty() && due.peek().at() <= now) {
                due.poll().send().run();
            }
        }

        void sendAll() {
            while (!due.isEmpty()) {
                send(System.currentTimeMillis());
                LockSupport.parkNanos(NAP_NANOS);
            }
        }
    }

    /**
     * Behaviors and requests evenly mixed, by the clock.
     *
     * @param later what becomes of requests; null where nothing is told of it
     */
    private void send(Simulator simulator, Later later, LogPlayer player, ProgressBar bar) {
        long total = (long) behaviors + requests;
        long start = System.nanoTime();
        long asked = 0;
        // a run that is repeated must not repeat ids: its records would be told for repeats
        String run = Long.toString(System.currentTimeMillis(), Character.MAX_RADIX) + "-";
        for (long n = 0; n < total; n++) {
            while (n > (System.nanoTime() - start) * (double) rate / NANOS_PER_SECOND) {
                LockSupport.parkNanos(NAP_NANOS);
            }
            long now = System.currentTimeMillis();
            if (asked < (n + 1) * requests / total) {
                Simulator.Truth truth = simulator.request(now, candidates);
                AdRequest request = truth.request();
                request.setRequestId(run + request.getRequestId());
                player.send(request);
                if (later != null) {
                    later.add(truth, run);
                }
                asked++;
            } else {
                Behavior behavior = simulator.behavior(now);
                behavior.setEventId(run + behavior.getEventId());
                player.send(behavior);
            }
            if (later != null) {
                later.send(now);
            }
            bar.step();
        }
        if (later != null) {
            later.sendAll();
        }
    }
}
