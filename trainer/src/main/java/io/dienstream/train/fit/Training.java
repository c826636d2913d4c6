package io.dienstream.train.fit;

import ai.djl.engine.Engine;
import io.dienstream.datasets.format.Dataset;
import io.dienstream.datasets.format.Split;
import io.dienstream.dien.model.ModelConfig;
import io.dienstream.train.batch.Batch;
import io.dienstream.train.batch.Batches;
import io.dienstream.train.batch.ExampleEncoder;
import io.dienstream.train.batch.Negatives;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Fits one network to a data set: Adam on the log loss (and for {@code dien} the auxiliary loss),
 * the validation AUC after every epoch; which epoch's weights are kept says {@link
 * Recipe#patience}. A function of data, configuration and recipe, whether it was interrupted and
 * resumed or not. Not thread safe but for {@link #stop}.
 */
public final class Training implements AutoCloseable {
    private static final double NANOS = 1e9;

    private final Dataset dataset;
    private final ModelConfig config;
    private final Recipe recipe;
    private final TrainingListener listener;
    private final Path checkpoints;
    private final long checkpointEvery;
    private final TrainingStep step;
    private final Batches batches;
    private final Negatives negatives;
    private final String settings;

    private final KeptEpoch kept;
    private final LossCurve curve = new LossCurve();
    private int epoch;
    private long batchesDone;
    private long steps;
    private double lossSum;
    private double auxiliarySum;
    private long examples;
    private volatile boolean stopping;

    /**
     * @param first what the network starts from
     * @param checkpoints directory for checkpoints, or null for none
     * @param checkpointEvery steps between two of them, beside one after each epoch
     * @throws IOException where the optimizer to carry on is not there, or is another network's
     */
    public Training(
            Dataset dataset,
            ModelConfig config,
            Recipe recipe,
            FirstValues first,
            Engine engine,
            Path checkpoints,
            long checkpointEvery,
            TrainingListener listener)
            throws IOException {
        this(
                dataset,
                config,
                recipe,
                first,
                new TrainingStep(config, recipe, engine),
                checkpoints,
                checkpointEvery,
                listener);
    }

    /**
     * Likewise, by given steps.
     *
     * @param step closed with the training
     */
    Training(
            Dataset dataset,
            ModelConfig config,
            Recipe recipe,
            FirstValues first,
            TrainingStep step,
            Path checkpoints,
            long checkpointEvery,
            TrainingListener listener)
            throws IOException {
        this.dataset = dataset;
        this.config = config;
        this.recipe = recipe;
        this.listener = listener;
        this.checkpoints = checkpoints;
        this.checkpointEvery = checkpointEvery;
        this.step = step;
        step.begin(first);
        kept = new KeptEpoch(recipe.patience(), step.average);
        ExampleEncoder encoder = new ExampleEncoder(config, first.vocabularies());
        batches =
                new Batches(
                        dataset,
                        encoder,
                        config,
                        recipe.batchSize(),
                        recipe.unknownRate(),
                        recipe.wholeRequests());
        boolean draws = step.hasAuxiliaryLoss() || recipe.freshNegatives();
        negatives =
                draws
                        ? new Negatives(
                                dataset.catalog(),
                                encoder,
                                recipe.uniformNegatives(),
                                recipe.unknownRate())
                        : null;
        String parent =
                first.parent() == null
                        ? ""
                        : " from %s, optimizer %s".formatted(first.parent(), first.optimizer());
        settings = "%s %s %s%s".formatted(recipe, config, dataset.manifest(), parent);
    }

    /** Whether two trainings have the same settings; those of before had no embedding rate. */
    static boolean isSame(String then, String now) {
        String plain = ", embeddingRate=1.0]";
        return then.replace(plain, "]").equals(now.replace(plain, "]"));
    }

    /** Goes on from the newest checkpoint of the same training, if there is one. */
    public boolean resume() throws IOException {
        Checkpoint checkpoint = Checkpoint.newest(checkpoints).orElse(null);
        if (checkpoint == null) {
            return false;
        }
        Checkpoint.Progress progress = checkpoint.progress();
        if (!isSame(progress.settings(), settings)) {
            throw new IOException(
                    "%s was left by a training with other settings; remove it to start anew%n  then: %s%n  now:  %s"
                            .formatted(checkpoints, progress.settings(), settings));
        }
        step.parameters.setArrays(checkpoint.tensors());
        step.adam.restore(checkpoint.tensors(), progress.updates());
        step.average.restore(checkpoint.tensors());
        kept.restore(checkpoint.tensors(), progress.reports());
        if (progress.curve() != null) { // an older release left none
            curve.restore(progress.curve());
        }
        epoch = progress.epoch();
        batchesDone = progress.batches();
        steps = progress.steps();
        lossSum = progress.loss();
        auxiliarySum = progress.auxiliaryLoss();
        examples = progress.examples();
        return true;
    }

    /** Asks {@link #run} to write a checkpoint after the current step and return. */
    public void stop() {
        stopping = true;
    }

    /**
     * Trains to the end, or until {@link #stop}.
     *
     * @return whether it came to the end
     * @throws NotFiniteException where the loss or a gradient is not finite
     */
    public boolean run() throws IOException {
        while (epoch < recipe.epochs() && !kept.isPatienceOver()) {
            if (!runEpoch()) {
                checkpoint();
                return false;
            }
            epoch++;
            batchesDone = 0;
            lossSum = 0;
            auxiliarySum = 0;
            examples = 0;
            checkpoint();
        }
        return true;
    }

    private boolean runEpoch() throws IOException {
        double all = dataset.manifest().counts(Split.TRAIN).examples();
        if (recipe.freshEmbeddings() && epoch > 0 && batchesDone == 0) {
            step.parameters.restartEmbeddings(config, recipe.seed() + epoch);
        }
        Negatives auxiliary = step.hasAuxiliaryLoss() ? negatives : null;
        Negatives fresh = recipe.freshNegatives() && epoch > 0 ? negatives : null;
        int current = epoch;
        long start = System.nanoTime();
        long before = examples;
        try (Prefetch prefetch =
                new Prefetch(c -> batches.shuffled(recipe.seed(), current, auxiliary, fresh, c))) {
            skip(prefetch, batchesDone);
            for (Batch batch = prefetch.next(); batch != null; batch = prefetch.next()) {
                step(batch, recipe.learningRate(epoch, Math.min(1, examples / all)));
                batchesDone++;
                listener.onStep(epoch, steps, examples, (long) all, lossSum / batchesDone);
                if (stopping) {
                    return false;
                }
                if (checkpointEvery > 0 && steps % checkpointEvery == 0) {
                    checkpoint();
                }
            }
        }
        report((examples - before) / ((System.nanoTime() - start) / NANOS));
        return true;
    }

    private static void skip(Prefetch prefetch, long done) throws IOException {
        for (long n = 0; n < done; n++) {
            prefetch.next();
        }
    }

    private void step(Batch batch, double rate) throws NotFiniteException {
        steps++;
        try {
            TrainingStep.Loss loss = step.run(batch, rate);
            lossSum += loss.total();
            auxiliarySum += loss.auxiliary();
            examples += batch.size;
            curve.add(steps, loss.total(), loss.auxiliary());
        } catch (NotFiniteException e) {
            throw new NotFiniteException("step %d: the %s".formatted(steps, e.getMessage()));
        }
    }

    private void report(double speed) throws IOException {
        boolean hasValidation = dataset.manifest().counts(Split.VALIDATION).examples() > 0;
        Validation validation = hasValidation ? Validation.of(step, batches) : null;
        EpochReport report =
                new EpochReport(
                        epoch + 1,
                        steps,
                        recipe.learningRate(epoch, 0),
                        lossSum / Math.max(1, batchesDone),
                        step.hasAuxiliaryLoss() ? auxiliarySum / Math.max(1, batchesDone) : null,
                        validation == null ? null : validation.auc(),
                        validation == null ? null : validation.logloss(),
                        speed,
                        kept.judge(validation));
        kept.add(report);
        listener.onEpoch(report);
    }

    private void checkpoint() throws IOException {
        if (checkpoints == null) {
            return;
        }
        Map<String, float[]> tensors = new LinkedHashMap<>(step.tables.weights());
        tensors.putAll(step.parameters.arrays());
        tensors.putAll(step.adam.values());
        tensors.putAll(step.average.state());
        tensors.putAll(kept.state());
        Checkpoint.Progress progress =
                new Checkpoint.Progress(
                        settings,
                        epoch,
                        batchesDone,
                        steps,
                        step.adam.updates(),
                        lossSum,
                        auxiliarySum,
                        examples,
                        kept.reports(),
                        curve.state());
        new Checkpoint(progress, tensors).write(checkpoints);
    }

    /** Of every complete epoch. */
    public List<EpochReport> reports() {
        return List.copyOf(kept.reports());
    }

    /** The loss step by step. */
    public LossCurve curve() {
        return curve;
    }

    /** Steps done. */
    public long steps() {
        return steps;
    }

    /** The tensors of the epoch that is kept: where patience is 0 a copy of those of now. */
    public Map<String, float[]> best() {
        return kept.weights();
    }

    @Override
    public void close() {
        step.close();
    }
}
