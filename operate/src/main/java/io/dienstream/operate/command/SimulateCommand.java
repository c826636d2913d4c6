package io.dienstream.operate.command;

import io.dienstream.cli.terminal.Bars;
import io.dienstream.datasets.simulate.SimulatedFiles;
import io.dienstream.datasets.simulate.Simulator;
import io.dienstream.operate.kafka.LogPlayer;
import java.nio.file.Path;
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
            "With --output: behaviors.jsonl.gz, requests.jsonl.gz and truth.jsonl.gz into a directory."
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
        Simulator simulator = new Simulator(seed, users);
        if (target.output != null) {
            double best =
                    new SimulatedFiles(simulator, behaviors, requests, candidates)
                            .write(target.output);
            spec.commandLine()
                    .getOut()
                    .printf(
                            "%,d behaviors and %,d requests in %s; best possible AUC %.4f%n",
                            behaviors, requests, target.output, best);
            return 0;
        }
        try (LogPlayer player = target.kafka.player(LINGER_MS);
                ProgressBar bar = Bars.start("simulate", (long) behaviors + requests)) {
            send(simulator, player, bar);
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

    /** Behaviors and requests evenly mixed, by the clock. */
    private void send(Simulator simulator, LogPlayer player, ProgressBar bar) {
        long total = (long) behaviors + requests;
        long start = System.nanoTime();
        long asked = 0;
        for (long n = 0; n < total; n++) {
            while (n > (System.nanoTime() - start) * (double) rate / NANOS_PER_SECOND) {
                LockSupport.parkNanos(NAP_NANOS);
            }
            long now = System.currentTimeMillis();
            if (asked < (n + 1) * requests / total) {
                player.send(simulator.request(now, candidates).request());
                asked++;
            } else {
                player.send(simulator.behavior(now));
            }
            bar.step();
        }
    }
}
