package io.dienstream.train.network;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.engine.Engine;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.nn.Activation;
import ai.djl.training.GradientCollector;
import io.dienstream.dien.RandomModels;
import io.dienstream.dien.model.Architecture;
import io.dienstream.dien.model.AttentionType;
import io.dienstream.dien.model.GateForm;
import io.dienstream.dien.model.ModelConfig;
import io.dienstream.train.batch.Batch;
import io.dienstream.train.fit.TorchEngine;
import java.lang.ref.ReferenceQueue;
import java.lang.ref.WeakReference;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.assertj.core.data.Offset;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * The engine's gradients against differences of the loss, tensor by tensor, for every layer that is
 * ours. Along a direction d, (L(w + s d) - L(w - s d)) / 2s must be the gradient's component.
 */
class GradientTest {
    private static final Engine ENGINE = TorchEngine.start(1);
    private static final double STEP = 4e-3;
    private static final int[] LENGTHS = {0, 1, 3, 5, 5, 2, 4, 1};

    @ParameterizedTest
    @CsvSource({
        "WIDE_DEEP, MLP, PAPER, false",
        "DIN, MLP, PAPER, false",
        "GRU_ATTENTION, BILINEAR, PAPER, false",
        "AIGRU, MLP, PAPER, false",
        "AGRU, BILINEAR, PAPER, false",
        "DIEN, BILINEAR, PAPER, true",
        "DIEN, MLP, OFFICIAL, true",
        "AUGRU, BILINEAR, OFFICIAL, false"
    })
    void gradientsAreThoseOfDifferences(
            Architecture architecture, AttentionType type, GateForm gate, boolean ownNetwork)
            throws InterruptedException {
        ModelConfig config = RandomModels.config(architecture, type, gate, 6);
        Random random = new Random(11);
        boolean auxiliary = architecture == Architecture.DIEN;
        List<Batch.Row> rows = Examples.rows(random, LENGTHS);
        rows.add(rows.get(2)); // two examples of one history
        Batch batch =
                new Batch(config, rows, auxiliary ? Examples.negatives(config) : null, random);
        try (NDManager manager = NDManager.newBaseManager(null, ENGINE.getEngineName());
                Parameters parameters =
                        new Parameters(config, ownNetwork, 1, manager.newSubManager())) {
            spread(parameters, random);
            Network network = new Network(config, parameters, ownNetwork);
            Map<String, float[]> gradients = gradients(network, parameters, batch, manager);
            gradients.forEach(
                    (name, g) -> check(name, g, network, parameters, batch, manager, random));
        }
    }

    /** Weights large enough for every gate to matter. */
    private static void spread(Parameters parameters, Random random) {
        Map<String, float[]> values = parameters.values(false);
        values.forEach(
                (name, data) -> {
                    if (Parameters.isTrainable(name)) {
                        for (int i = 0; i < data.length; i++) {
                            data[i] = (float) random.nextGaussian() * 0.5f;
                        }
                    }
                });
        parameters.setValues(values);
    }

    private static Map<String, float[]> gradients(
            Network network, Parameters parameters, Batch batch, NDManager manager)
            throws InterruptedException {
        Map<String, float[]> gradients = new LinkedHashMap<>();
        try (NDManager step = manager.newSubManager();
                GradientCollector collector = ENGINE.newGradientCollector()) {
            parameters.lendTo(step);
            Network.Output out = network.forward(batch, step, true);
            NDArray loss = loss(out);
            overwriteWhatIsUnreachable();
            collector.backward(loss);
            out.rows()
                    .forEach(
                            r ->
                                    gradients.put(
                                            "embedding." + r.embedding(), spread(r, parameters)));
            parameters
                    .all()
                    .forEach(
                            (name, array) -> {
                                if (Parameters.isTrainable(name)) {
                                    gradients.put(name, array.getGradient().toFloatArray());
                                }
                            });
        }
        return gradients;
    }

    /** The gradient of a whole table: 0 in the rows that the batch does not look up. */
    private static float[] spread(BatchRows rows, Parameters parameters) {
        float[] all = parameters.table(rows.embedding()).values();
        Arrays.fill(all, 0);
        float[] gradient = rows.values().getGradient().toFloatArray();
        int width = gradient.length / rows.count();
        for (int n = 0; n < rows.count(); n++) {
            System.arraycopy(gradient, n * width, all, rows.rows()[n] * width, width);
        }
        return all;
    }

    /**
     * The collector may pass between the forward and the backward half: memory that the recorded
     * operations still need must be held by something of ours until the step is over.
     */
    private static void overwriteWhatIsUnreachable() throws InterruptedException {
        for (int pass = 0; pass < 2; pass++) {
            // the thread that frees buffers also queues references, in turn
            ReferenceQueue<Object> queue = new ReferenceQueue<>();
            WeakReference<Object> canary = new WeakReference<>(new Object(), queue);
            System.gc();
            assertThat(queue.remove()).isSameAs(canary);
        }
        List<ByteBuffer> garbage = new ArrayList<>();
        for (int i = 0; i < 10_000; i++) {
            garbage.add(ByteBuffer.allocateDirect(Float.BYTES));
            garbage.get(i).order(ByteOrder.nativeOrder()).putFloat(Float.NaN);
        }
        assertThat(garbage).hasSize(10_000);
    }

    private static NDArray loss(Network.Output out) {
        NDArray loss = Activation.softPlus(out.logits()).sub(out.logits().mul(out.labels())).mean();
        return out.auxiliary() == null ? loss : loss.add(out.auxiliary());
    }

    private static void check(
            String name,
            float[] gradient,
            Network network,
            Parameters parameters,
            Batch batch,
            NDManager manager,
            Random random) {
        double length = 0;
        for (float g : gradient) {
            length += (double) g * g;
        }
        length = Math.sqrt(length);
        // partly along the gradient, so that the difference is well above rounding
        double[] direction = new double[gradient.length];
        double norm = 0;
        for (int i = 0; i < direction.length; i++) {
            direction[i] = random.nextGaussian() / Math.sqrt(direction.length);
            direction[i] += length > 0 ? gradient[i] / length : 0;
            norm += direction[i] * direction[i];
        }
        double expected = 0;
        for (int i = 0; i < direction.length; i++) {
            direction[i] /= Math.sqrt(norm);
            expected += gradient[i] * direction[i];
        }
        float[] original = parameters.values(false).get(name);
        double above = moved(original, direction, STEP, name, network, parameters, batch, manager);
        double below = moved(original, direction, -STEP, name, network, parameters, batch, manager);
        set(parameters, name, original);
        assertThat((above - below) / (2 * STEP))
                .as("gradient of %s", name)
                .isCloseTo(expected, Offset.offset(2e-3 + 0.02 * Math.abs(expected)));
    }

    private static void set(Parameters parameters, String name, float[] values) {
        if (name.startsWith("embedding.")) {
            parameters.table(name.substring("embedding.".length())).set(values);
        } else {
            parameters.get(name).set(values);
        }
    }

    private static double moved(
            float[] original,
            double[] direction,
            double by,
            String name,
            Network network,
            Parameters parameters,
            Batch batch,
            NDManager manager) {
        float[] values = original.clone();
        for (int i = 0; i < values.length; i++) {
            values[i] += (float) (by * direction[i]);
        }
        set(parameters, name, values);
        try (NDManager step = manager.newSubManager()) {
            parameters.lendTo(step);
            return loss(network.forward(batch, step, true)).getFloat();
        }
    }
}
