package io.dienstream.train.network;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.engine.Engine;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import io.dienstream.dien.RandomModels;
import io.dienstream.dien.model.Architecture;
import io.dienstream.dien.model.AttentionType;
import io.dienstream.dien.model.GateForm;
import io.dienstream.dien.model.ModelConfig;
import io.dienstream.train.batch.Batch;
import io.dienstream.train.batch.EncodedExample;
import io.dienstream.train.fit.TorchEngine;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Laws of the layers, and cases worked by hand. */
class NetworkTest {
    private static final Engine ENGINE = TorchEngine.start(1);
    private static final Offset<Float> CLOSE = Offset.offset(2e-6f);

    private final NDManager manager = NDManager.newBaseManager(null, ENGINE.getEngineName());

    @AfterEach
    void close() {
        manager.close();
    }

    private static ModelConfig config(Architecture architecture, GateForm gate) {
        AttentionType type =
                architecture == Architecture.DIN ? AttentionType.MLP : AttentionType.BILINEAR;
        return RandomModels.config(architecture, type, gate, 12);
    }

    private Parameters random(ModelConfig config) {
        Parameters parameters = new Parameters(config, false, 1, manager.newSubManager());
        parameters.setValues(RandomModels.tensors(config, 9));
        return parameters;
    }

    private float[] logits(ModelConfig config, Parameters parameters, List<Batch.Row> rows) {
        try (NDManager step = manager.newSubManager()) {
            parameters.lendTo(step);
            Batch batch = new Batch(config, rows, null, null);
            return new Network(config, parameters, false)
                    .forward(batch, step, false)
                    .logits()
                    .toFloatArray();
        }
    }

    @ParameterizedTest
    @EnumSource(Architecture.class)
    void companyAndPaddingChangeNothing(Architecture architecture) {
        for (GateForm gate : GateForm.values()) {
            ModelConfig config = config(architecture, gate);
            Parameters parameters = random(config);
            List<Batch.Row> rows = Examples.rows(new Random(4), 3, 0, 12, 1);
            float[] together = logits(config, parameters, rows);
            for (int b = 0; b < rows.size(); b++) {
                assertThat(logits(config, parameters, List.of(rows.get(b)))[0])
                        .as("row %d, gate %s", b, gate)
                        .isCloseTo(together[b], CLOSE);
            }
        }
    }

    @ParameterizedTest
    @EnumSource(Architecture.class)
    void aSharedHistoryAnswersAsItsCopies(Architecture architecture) {
        ModelConfig config = config(architecture, GateForm.PAPER);
        Parameters parameters = random(config);
        List<Batch.Row> shared = new ArrayList<>();
        List<Batch.Row> copied = new ArrayList<>();
        for (Batch.Row row : Examples.rows(new Random(4), 3, 0, 12, 1)) {
            EncodedExample e = row.example();
            int[] ads = {5, 1, e.ads()[0], e.ads()[1], 2, 6};
            boolean[] flags = new boolean[3];
            for (int n = 0; n < flags.length; n++) {
                EncodedExample three = three(e, ads, flags);
                copied.add(new Batch.Row(three, n));
                shared.add(
                        new Batch.Row(n == 0 ? three : shared.get(shared.size() - n).example(), n));
            }
        }
        Batch batch = new Batch(config, shared, null, null);
        assertThat(batch.histories).isEqualTo(4);
        assertThat(batch.history).containsExactly(0, 0, 0, 1, 1, 1, 2, 2, 2, 3, 3, 3);
        assertThat(logits(config, parameters, shared))
                .containsExactly(logits(config, parameters, copied), CLOSE);
    }

    private static EncodedExample three(EncodedExample e, int[] ads, boolean[] flags) {
        return new EncodedExample(e.user(), e.context(), e.behaviors(), ads, flags, flags);
    }

    private NDArray evolve(Architecture architecture, GateForm gate, float attention) {
        ModelConfig config = config(architecture, gate);
        Parameters parameters = random(config);
        NDArray facts = facts();
        NDArray weights = manager.full(new Shape(2, 3), attention);
        NDArray last = manager.create(new float[] {0, 0, 1, 0, 0, 1}, new Shape(2, 3));
        Augru augru = new Augru(parameters, 5, architecture, gate);
        return augru.evolve(augru.project(facts), weights, last);
    }

    /** [2, 3, 5]. */
    private NDArray facts() {
        float[] values = new float[30];
        Random random = new Random(2);
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) random.nextGaussian();
        }
        return manager.create(values, new Shape(2, 3, 5));
    }

    private float[] plainGru() {
        Parameters parameters = random(config(Architecture.DIEN, GateForm.PAPER));
        NDArray states = new Gru(parameters, "evolution", 5).states(facts(), false);
        return states.get(":, -1").toFloatArray();
    }

    @Test
    void freezesWhenAttentionIsZero() {
        assertThat(evolve(Architecture.AUGRU, GateForm.PAPER, 0).toFloatArray()).containsOnly(0);
        assertThat(evolve(Architecture.AGRU, GateForm.PAPER, 0).toFloatArray()).containsOnly(0);
    }

    @Test
    void isAPlainGruWhenAttentionIsOneAndForTheOfficialGateWhenItIsZero() {
        assertThat(evolve(Architecture.AUGRU, GateForm.PAPER, 1).toFloatArray())
                .containsExactly(plainGru(), CLOSE);
        assertThat(evolve(Architecture.AUGRU, GateForm.OFFICIAL, 0).toFloatArray())
                .containsExactly(plainGru(), CLOSE);
        assertThat(evolve(Architecture.AUGRU, GateForm.PAPER, 0.5f).toFloatArray())
                .isNotEqualTo(plainGru());
    }

    /**
     * One history of two behaviors, one of one (which has no next behavior). h_1 = (1, 2), the next
     * behavior (0.5, 0.25) gives q = 1, the drawn one (-1, 0) gives q = -1: L = 2 log(1 + 1/e).
     */
    @Test
    void auxiliaryLossOfAHandWorkedCase() {
        NDArray states = manager.create(new float[] {1, 2, 9, 9, 7, 7, 7, 7}, new Shape(2, 2, 2));
        NDArray happened =
                manager.create(new float[] {8, 8, 0.5f, 0.25f, 3, 3, 50, 50}, new Shape(2, 2, 2));
        NDArray drawn = manager.create(new float[] {8, 8, -1, 0, 3, 3, 50, 50}, new Shape(2, 2, 2));
        NDArray mask = manager.create(new float[] {1, 1, 1, 0}, new Shape(2, 2));
        float loss = new AuxiliaryLoss(null, false).of(states, happened, drawn, mask).getFloat();
        assertThat(loss).isCloseTo((float) (2 * Math.log(1 + Math.exp(-1))), CLOSE);
    }

    @Test
    void auxiliaryLossIsZeroWithoutTwoBehaviors() {
        NDArray one = manager.ones(new Shape(2, 1, 2));
        NDArray mask = manager.ones(new Shape(2, 1));
        assertThat(new AuxiliaryLoss(null, false).of(one, one, one, mask).getFloat()).isZero();
    }

    /**
     * A training step on inputs 1 and 3: batch mean 2, unbiased variance 2; the running ones move
     * by a hundredth from 0 and 1 to 0.02 and 1.01. In inference nothing moves.
     */
    @Test
    void runningStatisticsMoveInTrainingOnly() {
        ModelConfig config = config(Architecture.BASE, GateForm.PAPER);
        Parameters parameters = new Parameters(config, false, 1, manager.newSubManager());
        int width = config.mlpInputWidth();
        float[] values = new float[2 * width];
        for (int i = 0; i < width; i++) {
            values[i] = 1;
            values[width + i] = 3;
        }
        NDArray x = manager.create(values, new Shape(2, width));
        Mlp mlp = new Mlp(parameters, config.mlp());
        mlp.logits(x, false);
        assertThat(parameters.get("mlp.norm.mean").toFloatArray()).containsOnly(0);
        mlp.logits(x, true);
        assertThat(parameters.get("mlp.norm.mean").getFloat(0)).isCloseTo(0.02f, CLOSE);
        assertThat(parameters.get("mlp.norm.variance").getFloat(0)).isCloseTo(1.01f, CLOSE);
    }
}
