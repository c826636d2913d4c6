package io.dienstream.dien.artifact;

import io.dienstream.dien.model.Activation;
import io.dienstream.dien.model.Architecture;
import io.dienstream.dien.model.AttentionType;
import io.dienstream.dien.model.EmbeddingTable;
import io.dienstream.dien.model.Matrix;
import io.dienstream.dien.model.ModelConfig;
import io.dienstream.dien.model.TensorShapes;
import io.dienstream.dien.model.Weights;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Named tensors, already checked, to {@link Weights}. */
final class WeightsAssembler {
    private final Map<String, int[]> shapes;
    private final Map<String, float[]> tensors;

    private WeightsAssembler(ModelConfig config, Map<String, float[]> tensors) {
        this.shapes = TensorShapes.of(config);
        this.tensors = tensors;
    }

    static Weights assemble(
            ModelConfig config, Map<String, EmbeddingTable> tables, Map<String, float[]> tensors) {
        WeightsAssembler a = new WeightsAssembler(config, tensors);
        Architecture architecture = config.architecture();
        boolean gru = architecture.hasInterestStates();
        return new Weights(
                tables(config.behaviorFields(), tables),
                tables(config.adFields(), tables),
                tables(config.userFields(), tables),
                tables(config.contextFields(), tables),
                gru ? a.gru("extractor") : null,
                gru ? a.gru("evolution") : null,
                architecture.hasAttention() ? a.attention(config) : null,
                a.mlp(config),
                architecture == Architecture.WIDE_DEEP ? a.dense("wide") : null);
    }

    private static List<EmbeddingTable> tables(
            List<ModelConfig.Field> fields, Map<String, EmbeddingTable> tables) {
        return fields.stream().map(f -> tables.get(f.embedding())).toList();
    }

    private Weights.Gru gru(String name) {
        return new Weights.Gru(dense(name + ".input"), matrix(name + ".recurrent.weight"));
    }

    private Weights.Attention attention(ModelConfig config) {
        if (config.attention() == AttentionType.BILINEAR) {
            return new Weights.Attention(matrix("attention.weight"), null, null, null, null, null);
        }
        return new Weights.Attention(
                null,
                dense("attention.query"),
                tensors.get("attention.query.alpha"),
                dense("attention.hidden1"),
                dense("attention.hidden2"),
                dense("attention.output"));
    }

    private Weights.Mlp mlp(ModelConfig config) {
        List<Weights.Hidden> hidden = new ArrayList<>();
        for (int i = 1; i <= config.mlp().hidden().size(); i++) {
            String name = "mlp.hidden" + i;
            boolean dice = config.mlp().activation() == Activation.DICE;
            hidden.add(
                    new Weights.Hidden(
                            dense(name),
                            tensors.get(name + ".alpha"),
                            dice ? tensors.get(name + ".mean") : null,
                            dice ? tensors.get(name + ".variance") : null));
        }
        Weights.BatchNorm norm =
                new Weights.BatchNorm(
                        tensors.get("mlp.norm.scale"),
                        tensors.get("mlp.norm.shift"),
                        tensors.get("mlp.norm.mean"),
                        tensors.get("mlp.norm.variance"));
        return new Weights.Mlp(norm, List.copyOf(hidden), dense("mlp.output"));
    }

    private Weights.Dense dense(String name) {
        return new Weights.Dense(matrix(name + ".weight"), tensors.get(name + ".bias"));
    }

    private Matrix matrix(String name) {
        int[] shape = shapes.get(name);
        return new Matrix(shape[0], shape[1], tensors.get(name));
    }
}
