package io.dienstream.bench.command;

import io.dienstream.bench.stream.PeerComparison;
import io.dienstream.bench.stream.PeerPlan;
import io.dienstream.bench.stream.PeerTable;
import io.dienstream.bench.stream.StreamBenchmark;
import io.dienstream.bench.stream.StreamCase;
import io.dienstream.bench.stream.StreamTable;
import io.dienstream.cli.terminal.Bars;
import io.dienstream.job.option.Backend;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import me.tongfei.progressbar.ProgressBar;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/**
 * {@code dien bench stream}: what the whole job takes from Kafka, beside one that only passes on.
 */
@Command(
        name = "stream",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = {
            "Fills histories, writes a backlog while nothing runs, and times how the job eats it:",
            "behaviors, requests, ten behaviors to a request, each beside a job that passes the same",
            "records through with as many bytes of state. Lists give every combination."
        })
public final class BenchStreamCommand implements Callable<Integer> {
    @Spec private CommandSpec spec;

    @Mixin private BenchKafkaMixin kafka;

    @Mixin private BenchPeersMixin peers;

    @Option(
            names = "--load",
            split = ",",
            defaultValue = "BEHAVIORS,REQUESTS,MIXED",
            description = "Of ${COMPLETION-CANDIDATES}. Default: ${DEFAULT-VALUE}.")
    private List<StreamCase.Load> loads;

    @Option(
            names = "--users",
            split = ",",
            defaultValue = "10000",
            description = "Users with state; ${DEFAULT-VALUE}")
    private List<Integer> users;

    @Option(
            names = "--history",
            split = ",",
            defaultValue = "100",
            description =
                    "Behaviors of each, T; on average, except under REQUESTS; ${DEFAULT-VALUE}")
    private List<Integer> histories;

    @Option(
            names = "--candidates",
            split = ",",
            defaultValue = "1,20,100",
            description =
                    "Of requests, N; mixed loads have the first that is at least 20."
                            + " Default: ${DEFAULT-VALUE}; with --peer 20,100.")
    private List<Integer> candidates;

    @Option(
            names = "--parallelism",
            split = ",",
            defaultValue = "1",
            description = "${DEFAULT-VALUE}")
    private List<Integer> parallelism;

    @Option(
            names = "--backend",
            split = ",",
            defaultValue = "ROCKSDB",
            description = "Of ${COMPLETION-CANDIDATES}. Default: ${DEFAULT-VALUE}.")
    private List<Backend> backends;

    @Option(
            names = "--hot-share",
            split = ",",
            defaultValue = "0",
            description = "Part of the measured records that are one user's; ${DEFAULT-VALUE}")
    private List<Double> hotShares;

    @Option(names = "--no-ceiling", description = "Leaves out the job that passes records through.")
    private boolean noCeiling;

    @Option(
            names = "--seconds",
            defaultValue = "10",
            description = "About how long the clock runs in each case; ${DEFAULT-VALUE}")
    private double seconds;

    @Option(
            names = "--warm-up",
            defaultValue = "3",
            description = "Seconds of each case before that; ${DEFAULT-VALUE}")
    private double warmUp;

    @Option(names = "--json", description = "Prints JSON instead of the table.")
    private boolean json;

    @Option(
            names = "--output",
            description = "A directory for stream.json, stream.md and a plot; peers.* with --peer.")
    private Path output;

    @Override
    public Integer call() throws Exception {
        check();
        PrintWriter out = spec.commandLine().getOut();
        if (peers.isGiven()) {
            comparePeers(out);
            return 0;
        }
        peers.refuse("without --peer", "--rounds", "--probes");
        List<StreamCase> cases = cases();
        FigureFiles files = new FigureFiles(output);
        StreamTable table;
        try (ProgressBar bar = Bars.start("cases", cases.size())) {
            table =
                    new StreamBenchmark(kafka.kafka(), kafka.settings(Collections.max(histories)))
                            .run(cases, seconds, warmUp, kafka.modelName(), bar::step);
        }
        files.report(out, json, "stream", table, table.markdown(), Map.of("stream", table.plot()));
        return 0;
    }

    private void check() {
        if (!(seconds > 0) || !(warmUp >= 0)) {
            throw usage("seconds must be above 0, the warm-up at least 0");
        }
        boolean isPositive =
                Stream.of(users, candidates, parallelism)
                        .flatMap(List::stream)
                        .allMatch(n -> n >= 1);
        if (!isPositive || histories.stream().anyMatch(n -> n < 0)) {
            throw usage(
                    "--users, --candidates and --parallelism start at 1, --history must not be"
                            + " negative");
        }
        if (hotShares.stream().anyMatch(share -> !(share >= 0 && share <= 1))) {
            throw usage("--hot-share is a share, 0 to 1");
        }
    }

    private CommandLine.ParameterException usage(String message) {
        return new CommandLine.ParameterException(spec.commandLine(), message);
    }

    private void comparePeers(PrintWriter out) throws Exception {
        if (!kafka.isModelGiven()) {
            throw usage("--peer wants --model, the artifact of its graph");
        }
        peers.refuse("with --peer", "--load", "--hot-share", "--no-ceiling");
        PeerPlan plan = peerPlan();
        PeerTable table;
        int steps = PeerComparison.steps(plan, peers.peers().size());
        FigureFiles files = new FigureFiles(output);
        try (ProgressBar bar = Bars.start("measurements", steps)) {
            table =
                    new PeerComparison(kafka.kafka(), kafka.settings(plan.history()))
                            .run(peers.peers(), plan, kafka.modelName(), bar::step);
        }
        files.report(out, json, "peers", table, table.markdown(), Map.of("peers", table.plot()));
    }

    /** How much is measured with peers. */
    PeerPlan peerPlan() {
        return peers.plan(
                peers.one("--users", users),
                peers.one("--history", histories),
                candidates,
                peers.one("--parallelism", parallelism),
                peers.one("--backend", backends),
                seconds,
                warmUp);
    }

    private List<StreamCase> cases() {
        List<StreamCase> cases = new ArrayList<>();
        for (Backend backend : backends) {
            for (int p : parallelism) {
                for (int u : users) {
                    for (int t : histories) {
                        for (double hot : hotShares) {
                            for (StreamCase.Load load : loads) {
                                add(new StreamCase(load, false, u, t, 0, p, hot, backend), cases);
                            }
                        }
                    }
                }
            }
        }
        return cases;
    }

    private void add(StreamCase c, List<StreamCase> cases) {
        List<Integer> sizes =
                switch (c.load()) {
                    case BEHAVIORS -> List.of(0);
                    case REQUESTS -> candidates;
                    case MIXED -> List.of(StreamCase.usual(candidates));
                };
        for (int n : sizes) {
            if (!noCeiling) {
                cases.add(c.with(n, true));
            }
            cases.add(c.with(n, false));
        }
    }
}
