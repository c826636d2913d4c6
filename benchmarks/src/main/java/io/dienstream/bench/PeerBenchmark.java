package io.dienstream.bench;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtLoggingLevel;
import ai.onnxruntime.OrtSession;
import io.dienstream.dien.ScorerScratch;
import io.dienstream.dien.model.ModelConfig;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/**
 * ONNX Runtime on one thread with the graph of the same artifact (inputs behavior_FIELD [T] and
 * ad_FIELD [N], rows; output pctr [N]), after its answers were seen to equal ours to 1e-5. It
 * computes the interest states as well: outside of a stream nobody keeps them.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
public class PeerBenchmark {
    private static final double ALLOWED = 1e-5;

    /** An artifact's directory. */
    @Param("")
    public String model;

    /** The graph's file. */
    @Param("")
    public String graph;

    /** T. */
    @Param("100")
    public int steps;

    /** N. */
    @Param({"1", "20", "100", "500"})
    public int candidates;

    private final OrtEnvironment environment =
            OrtEnvironment.getEnvironment(OrtLoggingLevel.ORT_LOGGING_LEVEL_ERROR, "peer");
    private final Map<String, OnnxTensor> inputs = new HashMap<>();
    private OrtSession session;

    @Setup
    public void setUp() throws IOException, OrtException {
        Workload workload = new Workload(Path.of(model), steps, candidates);
        try (OrtSession.SessionOptions options = new OrtSession.SessionOptions()) {
            options.setIntraOpNumThreads(1);
            options.setInterOpNumThreads(1);
            options.setOptimizationLevel(OrtSession.SessionOptions.OptLevel.ALL_OPT);
            session = environment.createSession(graph, options);
        }
        ModelConfig config = workload.scorer.model().config();
        put("behavior_", workload, workload.behaviors, config.behaviorFields());
        put("ad_", workload, workload.candidates, config.adFields());
        checkAnswers(workload);
    }

    private void put(
            String prefix,
            Workload workload,
            List<Map<String, String>> records,
            List<ModelConfig.Field> fields)
            throws OrtException {
        for (ModelConfig.Field field : fields) {
            long[] rows = workload.rows(records, field);
            inputs.put(prefix + field.name(), OnnxTensor.createTensor(environment, rows));
        }
    }

    private void checkAnswers(Workload workload) throws OrtException {
        ScorerScratch scratch = workload.scorer.newScratch();
        workload.scorer.score(workload.history, steps, workload.request, scratch);
        float[] theirs = run();
        for (int n = 0; n < candidates; n++) {
            double difference = Math.abs(theirs[n] - scratch.pctr(n));
            if (!(difference <= ALLOWED)) {
                throw new IllegalStateException(
                        "%s and %s differ by %s at candidate %d"
                                .formatted(graph, model, difference, n));
            }
        }
    }

    private float[] run() throws OrtException {
        try (OrtSession.Result result = session.run(inputs)) {
            return (float[]) result.get(0).getValue();
        }
    }

    /** One request. */
    @Benchmark
    public float[] score() throws OrtException {
        return run();
    }

    @TearDown
    public void tearDown() throws OrtException {
        inputs.values().forEach(OnnxTensor::close);
        session.close();
    }
}
