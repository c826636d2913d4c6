package io.dienstream.bench;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What {@code dien bench kernels} runs.
 *
 * @param peers ONNX graphs by artifact; without any, random weights are scored
 * @param steps T
 * @param candidates N
 * @param tails of the attention
 */
public record KernelCases(
        Map<Path, Path> peers, List<Integer> steps, List<Integer> candidates, List<Double> tails) {
    static final String PEAK = "PeakBenchmark.multiplyAdd";
    static final String REQUEST = "RequestBenchmark.score";
    static final String PEER = "PeerBenchmark.score";
    private static final List<String> CLICKS =
            List.of("ClickBenchmark.step", "ClickBenchmark.behavior");
    private static final List<String> PARTS =
            List.of("StepBenchmark.augruStep", "StepBenchmark.denseLayer", "StepBenchmark.softmax");
    private static final List<String> CODECS =
            List.of(
                    "CodecBenchmark.decodeBehavior",
                    "CodecBenchmark.decodeRequest",
                    "CodecBenchmark.encodeRequest",
                    "CodecBenchmark.readHistory",
                    "CodecBenchmark.writeHistory");
    private static final List<Integer> TILES = List.of(1, 4, 16, 32);

    /**
     * The peak first, then the rest.
     *
     * @param details whether also the parts of a request, and what is around it
     */
    public List<KernelRun.Case> cases(boolean details) {
        List<KernelRun.Case> cases = new ArrayList<>();
        cases.add(new KernelRun.Case(PEAK, Map.of()));
        CLICKS.forEach(click -> cases.add(new KernelRun.Case(click, Map.of("model", ""))));
        for (int t : steps) {
            for (int n : candidates) {
                for (double tail : tails) {
                    addRequests(t, n, tail, cases);
                }
                peers.forEach((model, graph) -> cases.add(peer(model, graph, t, n)));
            }
        }
        if (details) {
            CODECS.forEach(codec -> cases.add(new KernelRun.Case(codec, Map.of())));
            for (String part : PARTS) {
                for (int tile : TILES) {
                    cases.add(
                            new KernelRun.Case(part, Map.of("remaining", Integer.toString(tile))));
                }
            }
        }
        return cases;
    }

    private void addRequests(int t, int n, double tail, List<KernelRun.Case> cases) {
        if (peers.isEmpty()) {
            for (String attention : List.of("BILINEAR", "MLP")) {
                cases.add(request("", attention, t, n, tail));
            }
        }
        for (Path model : peers.keySet()) {
            cases.add(request(model.toString(), "BILINEAR", t, n, tail));
        }
    }

    private static KernelRun.Case request(
            String model, String attention, int t, int n, double tail) {
        Map<String, String> parameters = new LinkedHashMap<>();
        parameters.put("model", model);
        parameters.put("attention", attention);
        parameters.put("steps", Integer.toString(t));
        parameters.put("candidates", Integer.toString(n));
        parameters.put("tail", Double.toString(tail));
        return new KernelRun.Case(REQUEST, parameters);
    }

    private static KernelRun.Case peer(Path model, Path graph, int t, int n) {
        Map<String, String> parameters = new LinkedHashMap<>();
        parameters.put("model", model.toString());
        parameters.put("graph", graph.toString());
        parameters.put("steps", Integer.toString(t));
        parameters.put("candidates", Integer.toString(n));
        return new KernelRun.Case(PEER, parameters);
    }
}
