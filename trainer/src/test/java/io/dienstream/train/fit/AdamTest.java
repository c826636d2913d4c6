package io.dienstream.train.fit;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.engine.Engine;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.training.GradientCollector;
import io.dienstream.dien.RandomModels;
import io.dienstream.dien.model.Architecture;
import io.dienstream.dien.model.AttentionType;
import io.dienstream.dien.model.GateForm;
import io.dienstream.train.network.Parameters;
import java.util.List;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;

class AdamTest {
    private static final Engine ENGINE = TorchEngine.start(1);
    private static final Offset<Float> CLOSE = Offset.offset(1e-6f);

    /**
     * The loss 3 w_0 + 4 w_1 of one tensor has the gradient (3, 4, 0, ...) of norm 5. Whatever its
     * size, Adam's first step is the learning rate against its sign. Two steps later with the
     * moments worked by hand: m = 0.19 g, v = 0.001999 g^2, both corrected to g and g^2, so each
     * step of a constant gradient is the same.
     */
    @Test
    void stepsByTheLearningRateAgainstTheSign() throws NotFiniteException {
        TrainedTables tables = new TrainedTables(0, 0, 1);
        try (NDManager manager = NDManager.newBaseManager(null, ENGINE.getEngineName());
                Parameters parameters = parameters(tables, manager)) {
            Adam adam = new Adam(parameters, tables, 0, manager);
            float[] before = parameters.get("mlp.output.weight").toFloatArray();
            step(parameters, adam, manager);
            step(parameters, adam, manager);
            float[] after = parameters.get("mlp.output.weight").toFloatArray();
            assertThat(after[0]).isCloseTo(before[0] - 0.02f, CLOSE);
            assertThat(after[1]).isCloseTo(before[1] - 0.02f, CLOSE);
            assertThat(after[2]).isEqualTo(before[2]);
            assertThat(adam.updates()).isEqualTo(2);
        }
    }

    /** With a norm of 5 bounded to 1 the second moment holds a 25th: 0.001 (0.6^2, 0.8^2). */
    @Test
    void boundsTheCommonNormAndDecaysWeights() throws NotFiniteException {
        TrainedTables tables = new TrainedTables(0.5, 0, 1);
        try (NDManager manager = NDManager.newBaseManager(null, ENGINE.getEngineName());
                Parameters parameters = parameters(tables, manager)) {
            Adam adam = new Adam(parameters, tables, 1, manager);
            float[] before = parameters.get("mlp.output.weight").toFloatArray();
            step(parameters, adam, manager);
            float[] moment = adam.values().get("adam.variance.mlp.output.weight");
            assertThat(moment[0]).isCloseTo(0.00036f, CLOSE);
            assertThat(moment[1]).isCloseTo(0.00064f, CLOSE);
            float[] after = parameters.get("mlp.output.weight").toFloatArray();
            // half of the learning rate's share of each weight is gone, with or without a gradient
            assertThat(after[2]).isCloseTo(before[2] * (1 - 0.01f * 0.5f), CLOSE);
            assertThat(after[0]).isCloseTo(before[0] * (1 - 0.01f * 0.5f) - 0.01f, CLOSE);
        }
    }

    private static Parameters parameters(TrainedTables tables, NDManager manager) {
        return new Parameters(
                RandomModels.config(Architecture.BASE, AttentionType.MLP, GateForm.PAPER, 4),
                false,
                1,
                tables,
                manager.newSubManager());
    }

    private static void step(Parameters parameters, Adam adam, NDManager manager)
            throws NotFiniteException {
        try (NDManager step = manager.newSubManager();
                GradientCollector collector = ENGINE.newGradientCollector()) {
            parameters.lendTo(step);
            NDArray loss = null;
            for (NDArray array : parameters.all().values()) {
                if (Parameters.isTrainable(array.getName())) {
                    // every tensor needs a gradient, most of them none but zero
                    NDArray part = array.sum().mul(0f);
                    loss = loss == null ? part : loss.add(part);
                }
            }
            NDArray w = parameters.get("mlp.output.weight");
            NDArray factors = step.zeros(w.getShape());
            factors.set(new ai.djl.ndarray.index.NDIndex("0, 0"), 3f);
            factors.set(new ai.djl.ndarray.index.NDIndex("0, 1"), 4f);
            collector.backward(loss.add(w.mul(factors).sum()));
            adam.update(0.01, List.of());
        }
    }
}
