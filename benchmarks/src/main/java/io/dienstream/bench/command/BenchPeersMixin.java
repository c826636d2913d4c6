package io.dienstream.bench.command;

import io.dienstream.bench.peer.Peer;
import io.dienstream.bench.stream.PeerPlan;
import io.dienstream.job.option.Backend;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** What {@code dien bench stream} takes to measure the main job beside others. */
final class BenchPeersMixin {
    private static final List<Integer> USUAL_CANDIDATES = List.of(20, 100);

    @Spec(Spec.Target.MIXEE)
    private CommandSpec command;

    @Option(
            names = "--peer",
            paramLabel = "onnx|server=GRAPH",
            description = {
                "Measures the job beside what people would build instead, with the same model as an",
                "ONNX graph: onnx, the same job with ONNX Runtime inside; server, Redis and a model",
                "server process. May be repeated; wants --model. Requests have 20 and 100 candidates."
            })
    private Map<String, Path> graphs = new LinkedHashMap<>();

    @Option(
            names = "--rounds",
            defaultValue = "2",
            description =
                    "In which job and peers take turns; of several the first is warm-up."
                            + " ${DEFAULT-VALUE}")
    private int rounds;

    @Option(
            names = "--probes",
            defaultValue = "100",
            description = "Clicks whose way into the scores is timed, with peers; ${DEFAULT-VALUE}")
    private int probes;

    boolean isGiven() {
        return !graphs.isEmpty();
    }

    /**
     * Graphs by peer, as they were given.
     *
     * @throws CommandLine.ParameterException for a peer that there is not
     */
    Map<Peer, Path> peers() {
        Map<Peer, Path> peers = new LinkedHashMap<>();
        graphs.forEach((name, graph) -> peers.put(peer(name), graph));
        return peers;
    }

    private Peer peer(String name) {
        for (Peer peer : Peer.values()) {
            if (peer.option().equals(name)) {
                return peer;
            }
        }
        throw new CommandLine.ParameterException(
                command.commandLine(), "--peer %s: there are onnx and server".formatted(name));
    }

    /**
     * @param how the command is used, "with" or "without" something
     * @throws CommandLine.ParameterException where one of {@code options} was given, which does
     *     nothing then
     */
    void refuse(String how, String... options) {
        for (String option : options) {
            if (isMatched(option)) {
                throw new CommandLine.ParameterException(
                        command.commandLine(), "%s does nothing %s".formatted(option, how));
            }
        }
    }

    private boolean isMatched(String option) {
        return command.commandLine().getParseResult().hasMatchedOption(option);
    }

    /**
     * The one value of a list.
     *
     * @throws CommandLine.ParameterException where there are more
     */
    <T> T one(String option, List<T> values) {
        if (values.size() > 1) {
            throw new CommandLine.ParameterException(
                    command.commandLine(), option + " has one value with --peer");
        }
        return values.get(0);
    }

    /** How much is measured; of candidates that were not asked for 20 and 100. */
    PeerPlan plan(
            int users,
            int history,
            List<Integer> candidates,
            int parallelism,
            Backend backend,
            double seconds,
            double warmUp) {
        if (rounds < 1 || probes < 1) {
            throw new CommandLine.ParameterException(
                    command.commandLine(), "--rounds and --probes must be at least 1");
        }
        return new PeerPlan(
                users,
                history,
                isMatched("--candidates") ? candidates : USUAL_CANDIDATES,
                parallelism,
                backend,
                rounds,
                seconds,
                warmUp,
                probes);
    }
}
