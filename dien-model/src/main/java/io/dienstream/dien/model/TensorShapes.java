package io.dienstream.dien.model;

import java.util.LinkedHashMap;
import java.util.Map;

/** Which tensors an artifact holds and in which shapes: the table of MODEL_FORMAT.md. */
public final class TensorShapes {
    /** What the names of embeddings begin with. */
    public static final String EMBEDDING = "embedding.";

    private final Map<String, int[]> shapes = new LinkedHashMap<>();

    private TensorShapes() {}

    /** Every tensor that {@code config} needs, by name; a dense layer is [outputs, inputs]. */
    public static Map<String, int[]> of(ModelConfig config) {
        TensorShapes s = new TensorShapes();
        config.embeddings().forEach((n, e) -> s.put(EMBEDDING + n, e.rows(), e.dim()));
        Architecture architecture = config.architecture();
        int h = config.hidden();
        if (architecture.hasInterestStates()) {
            s.gru("extractor", h, config.behaviorWidth());
            s.gru("evolution", h, h);
        }
        if (architecture.hasAttention()) {
            s.attention(config);
        }
        s.mlp(config);
        if (architecture == Architecture.WIDE_DEEP) {
            s.dense("wide", 1, 3 * config.adWidth());
        }
        return s.shapes;
    }

    private void gru(String name, int hidden, int inputs) {
        dense(name + ".input", 3 * hidden, inputs);
        put(name + ".recurrent.weight", 3 * hidden, hidden);
    }

    private void attention(ModelConfig config) {
        int facts = config.factWidth();
        if (config.attention() == AttentionType.BILINEAR) {
            put("attention.weight", facts, config.adWidth());
            return;
        }
        dense("attention.query", facts, config.adWidth());
        put("attention.query.alpha", facts);
        dense("attention.hidden1", ModelConfig.ATTENTION_HIDDEN_1, 4 * facts);
        dense("attention.hidden2", ModelConfig.ATTENTION_HIDDEN_2, ModelConfig.ATTENTION_HIDDEN_1);
        dense("attention.output", 1, ModelConfig.ATTENTION_HIDDEN_2);
    }

    private void mlp(ModelConfig config) {
        int inputs = config.mlpInputWidth();
        for (String part : new String[] {"scale", "shift", "mean", "variance"}) {
            put("mlp.norm." + part, inputs);
        }
        int layer = 0;
        for (int width : config.mlp().hidden()) {
            String name = "mlp.hidden" + ++layer;
            dense(name, width, inputs);
            put(name + ".alpha", width);
            if (config.mlp().activation() == Activation.DICE) {
                put(name + ".mean", width);
                put(name + ".variance", width);
            }
            inputs = width;
        }
        dense("mlp.output", 1, inputs);
    }

    private void dense(String name, int outputs, int inputs) {
        put(name + ".weight", outputs, inputs);
        put(name + ".bias", outputs);
    }

    private void put(String name, int... shape) {
        shapes.put(name, shape);
    }
}
