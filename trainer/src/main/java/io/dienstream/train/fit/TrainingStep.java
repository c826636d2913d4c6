package io.dienstream.train.fit;

import ai.djl.engine.Engine;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.nn.Activation;
import ai.djl.training.GradientCollector;
import io.dienstream.dien.model.Architecture;
import io.dienstream.dien.model.ModelConfig;
import io.dienstream.dien.model.TensorShapes;
import io.dienstream.train.batch.Batch;
import io.dienstream.train.network.BatchRows;
import io.dienstream.train.network.Network;
import io.dienstream.train.network.Parameters;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * One step: forward, loss, gradients, Adam, running average. All that a step computes belongs to a
 * manager that is closed with it, gradients included, so that nothing outlives the step.
 */
final class TrainingStep implements AutoCloseable {
    private final Recipe recipe;
    private final Engine engine;
    private final NDManager manager;
    private final boolean auxiliaryLoss;
    final Parameters parameters;
    final Network network;
    final TrainedTables tables;
    final Adam adam;
    final WeightAverage average;

    /**
     * What a step came to.
     *
     * @param total log loss and weighted auxiliary loss
     * @param auxiliary unweighted; 0 without
     */
    record Loss(double total, double auxiliary) {}

    TrainingStep(ModelConfig config, Recipe recipe, Engine engine) {
        this(config, recipe, engine, false);
    }

    /**
     * @param everyRow whether each step goes over whole tables, to compare with
     */
    TrainingStep(ModelConfig config, Recipe recipe, Engine engine, boolean everyRow) {
        this.recipe = recipe;
        this.engine = engine;
        auxiliaryLoss = config.architecture() == Architecture.DIEN && recipe.auxiliaryWeight() > 0;
        manager = NDManager.newBaseManager(TorchEngine.device(engine), engine.getEngineName());
        boolean ownNetwork = auxiliaryLoss && recipe.auxiliaryNetwork();
        tables =
                new TrainedTables(recipe.weightDecay(), recipe.averaging(), recipe.embeddingRate());
        parameters =
                new Parameters(config, ownNetwork, recipe.seed(), tables, manager.newSubManager());
        network = new Network(config, parameters, ownNetwork, everyRow);
        adam = new Adam(parameters, tables, recipe.clipNorm(), manager);
        average = new WeightAverage(parameters, tables, recipe.averaging(), manager);
    }

    /** Takes over what a parent has; the auxiliary network, which no artifact has, begins anew. */
    void begin(FirstValues first) throws IOException {
        if (first.tensors() != null) {
            Map<String, float[]> values = new LinkedHashMap<>(parameters.values(false));
            values.putAll(first.tensors());
            parameters.setValues(values);
            average.begin();
        }
        if (first.optimizer() != null) {
            Checkpoint checkpoint =
                    Checkpoint.newest(first.optimizer())
                            .orElseThrow(() -> Checkpoint.none(first.optimizer()));
            adam.carry(checkpoint.tensors(), checkpoint.progress().updates(), first.optimizer());
        }
    }

    boolean hasAuxiliaryLoss() {
        return auxiliaryLoss;
    }

    /** A manager for what is computed outside of steps. */
    NDManager newManager() {
        return manager.newSubManager();
    }

    /**
     * Takes a step: a function of batch and weights.
     *
     * @throws NotFiniteException naming the tensor where it can
     */
    Loss run(Batch batch, double learningRate) throws NotFiniteException {
        try (NDManager step = manager.newSubManager();
                GradientCollector collector = engine.newGradientCollector()) {
            parameters.lendTo(step);
            Network.Output out = network.forward(batch, step, true);
            NDArray loss = logLoss(out).mean();
            double auxiliary = 0;
            if (out.auxiliary() != null) {
                auxiliary = out.auxiliary().getFloat();
                loss = loss.add(out.auxiliary().mul(step.create((float) recipe.auxiliaryWeight())));
            }
            double total = loss.getFloat();
            if (!Double.isFinite(total)) {
                throw new NotFiniteException("loss is " + culprit(total, out));
            }
            collector.backward(loss);
            adam.update(learningRate, out.rows());
            average.add(adam.updates(), step);
            return new Loss(total, auxiliary);
        }
    }

    private String culprit(double loss, Network.Output out) {
        for (BatchRows rows : out.rows()) {
            if (!Float.isFinite(rows.values().sum().getFloat())) {
                return loss + ", first in tensor " + TensorShapes.EMBEDDING + rows.embedding();
            }
        }
        for (Map.Entry<String, NDArray> p : parameters.all().entrySet()) {
            if (!Float.isFinite(p.getValue().sum().getFloat())) {
                return loss + ", first in tensor " + p.getKey();
            }
        }
        return loss + " though every tensor is finite; a lower learning rate may help";
    }

    /**
     * softplus(z) - y z = -log s(z) for y = 1, -log(1 - s(z)) for y = 0; where negatives were left
     * out of z - ln w in place of z ({@link io.dienstream.train.batch.EncodedExample#offset}).
     */
    private static NDArray logLoss(Network.Output out) {
        NDArray z = out.offsets() == null ? out.logits() : out.logits().add(out.offsets());
        NDArray loss = Activation.softPlus(z).sub(z.mul(out.labels()));
        return out.weights() == null ? loss : loss.mul(out.weights());
    }

    @Override
    public void close() {
        manager.close();
    }
}
