package io.dienstream.bench.peer;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OnnxTensorLike;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtLoggingLevel;
import ai.onnxruntime.OrtSession;
import io.dienstream.dien.model.ModelConfig;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.LongBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * A session of ONNX Runtime on one thread, with buffers that its inputs are written to in place.
 * Inputs are behavior_FIELD [T] and ad_FIELD [N], rows; the output is pctr [N]. Not thread safe.
 */
final class OnnxGraph implements AutoCloseable {
    private static final int FIRST_ROWS = 128;

    private final OrtEnvironment environment =
            OrtEnvironment.getEnvironment(OrtLoggingLevel.ORT_LOGGING_LEVEL_ERROR, "peer");
    private final OrtSession session;
    private final Input[] behaviors;
    private final Input[] ads;

    /**
     * @param behaviorFields names, in the order of rows
     * @param adFields likewise
     * @throws IOException where the file is no graph with these inputs
     */
    OnnxGraph(Path graph, List<String> behaviorFields, List<String> adFields) throws IOException {
        behaviors = inputs("behavior_", behaviorFields);
        ads = inputs("ad_", adFields);
        try (OrtSession.SessionOptions options = new OrtSession.SessionOptions()) {
            environment.setTelemetry(false);
            options.setIntraOpNumThreads(1);
            options.setInterOpNumThreads(1);
            options.setExecutionMode(OrtSession.SessionOptions.ExecutionMode.SEQUENTIAL);
            options.setOptimizationLevel(OrtSession.SessionOptions.OptLevel.ALL_OPT);
            session = environment.createSession(graph.toString(), options);
        } catch (OrtException e) {
            throw new IOException(graph + ": " + e.getMessage().replaceAll("\\s+", " "), e);
        }
        List<String> given = new ArrayList<>();
        for (Input input : behaviors) {
            given.add(input.name);
        }
        for (Input input : ads) {
            given.add(input.name);
        }
        if (!session.getInputNames().containsAll(given)
                || session.getInputNames().size() != given.size()) {
            Set<String> has = session.getInputNames();
            close();
            throw new IOException(
                    "%s has the inputs %s, the model wants %s".formatted(graph, has, given));
        }
    }

    /** Of the fields of a model. */
    static OnnxGraph of(Path graph, ModelConfig model) throws IOException {
        return new OnnxGraph(graph, names(model.behaviorFields()), names(model.adFields()));
    }

    /** Names of fields in their order. */
    static List<String> names(List<ModelConfig.Field> fields) {
        return fields.stream().map(ModelConfig.Field::name).toList();
    }

    private static final class Input {
        final String name;
        LongBuffer rows = direct(FIRST_ROWS);

        Input(String name) {
            this.name = name;
        }

        void reserve(int n) {
            if (n > rows.capacity()) {
                rows = direct(Math.max(n, 2 * rows.capacity()));
            }
        }

        private static LongBuffer direct(int n) {
            return ByteBuffer.allocateDirect(n * Long.BYTES)
                    .order(ByteOrder.nativeOrder())
                    .asLongBuffer();
        }
    }

    private static Input[] inputs(String prefix, List<String> fields) {
        return fields.stream().map(f -> new Input(prefix + f)).toArray(Input[]::new);
    }

    /** Makes room for T behaviors and N candidates. */
    void begin(int steps, int candidates) {
        for (Input input : behaviors) {
            input.reserve(steps);
        }
        for (Input input : ads) {
            input.reserve(candidates);
        }
    }

    /** Row of field {@code f} of behavior {@code t}. */
    void behavior(int f, int t, int row) {
        behaviors[f].rows.put(t, row);
    }

    /** Row of field {@code f} of candidate {@code n}. */
    void ad(int f, int n, int row) {
        ads[f].rows.put(n, row);
    }

    /**
     * [N], of what was written since {@link #begin}; zeros for a cold user, because ONNX Runtime
     * ends the process on a recurrence over nothing.
     */
    float[] run(int steps, int candidates) throws OrtException {
        if (steps == 0) {
            return new float[candidates];
        }
        Map<String, OnnxTensorLike> tensors = new TreeMap<>();
        try {
            tensors(behaviors, steps, tensors);
            tensors(ads, candidates, tensors);
            try (OrtSession.Result result = session.run(tensors)) {
                return (float[]) result.get(0).getValue();
            }
        } finally {
            tensors.values().forEach(OnnxTensorLike::close);
        }
    }

    private void tensors(Input[] inputs, int n, Map<String, OnnxTensorLike> to)
            throws OrtException {
        long[] shape = {n};
        for (Input input : inputs) {
            LongBuffer rows = input.rows.limit(n).position(0);
            to.put(input.name, OnnxTensor.createTensor(environment, rows, shape));
            input.rows.clear();
        }
    }

    @Override
    public void close() {
        try {
            session.close();
        } catch (OrtException e) {
            throw new IllegalStateException("ONNX Runtime does not close its session", e);
        }
    }
}
