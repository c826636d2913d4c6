package io.dienstream.train.fit;

import ai.djl.ndarray.NDManager;
import io.dienstream.datasets.format.Split;
import io.dienstream.evaluation.Quality;
import io.dienstream.evaluation.Scored;
import io.dienstream.evaluation.UserResampling;
import io.dienstream.train.batch.Batch;
import io.dienstream.train.batch.Batches;
import io.dienstream.train.network.Network;
import java.io.IOException;
import java.util.Map;

/** Predictions on the validation split, gathered batch by batch, always in the same order. */
final class Validation {
    private static final int DRAWS = 100;
    private static final long SEED = 1;

    private static final String PCTRS = "validation.pctr";
    private static final String LABELS = "validation.label";
    private static final String WEIGHTS = "validation.weight";

    private final Scored scored = new Scored();
    private Quality quality;

    /**
     * What the weights of now predict for the split.
     *
     * @throws NotFiniteException where a prediction is none
     */
    static Validation of(TrainingStep step, Batches batches) throws IOException {
        Validation validation = new Validation();
        step.average.during(
                () -> batches.inOrder(Split.VALIDATION, batch -> validation.add(step, batch)));
        return validation;
    }

    private void add(TrainingStep step, Batch batch) throws IOException {
        try (NDManager own = step.newManager()) {
            step.parameters.lendTo(own);
            add(step.network.forward(batch, own, false), batch.importance);
        }
    }

    /**
     * @param importance how many examples each stands for, or null for one each
     * @throws NotFiniteException where a prediction is none
     */
    void add(Network.Output out, float[] importance) throws NotFiniteException {
        float[] logits = out.logits().toFloatArray();
        float[] labels = out.labels().toFloatArray();
        for (int b = 0; b < logits.length; b++) {
            float pctr = (float) (1 / (1 + Math.exp(-logits[b])));
            if (!Float.isFinite(pctr)) {
                throw new NotFiniteException("a prediction of validation is " + pctr);
            }
            add(pctr, labels[b] > 0, importance == null ? 1 : importance[b]);
        }
    }

    /** The predictions for a checkpoint. */
    Map<String, float[]> state() {
        float[] pctrs = new float[scored.size()];
        float[] labels = new float[scored.size()];
        float[] weights = new float[scored.size()];
        for (int i = 0; i < pctrs.length; i++) {
            pctrs[i] = scored.pctr(i);
            weights[i] = scored.weight(i);
            labels[i] = scored.clicked(i) ? 1 : 0;
        }
        return Map.of(PCTRS, pctrs, LABELS, labels, WEIGHTS, weights);
    }

    /** What {@link #state} kept, or null where it is not among {@code tensors}. */
    static Validation restore(Map<String, float[]> tensors) {
        if (!tensors.containsKey(PCTRS)) {
            return null;
        }
        Validation validation = new Validation();
        float[] pctrs = tensors.get(PCTRS);
        for (int i = 0; i < pctrs.length; i++) {
            validation.add(pctrs[i], tensors.get(LABELS)[i] > 0, tensors.get(WEIGHTS)[i]);
        }
        return validation;
    }

    private void add(float pctr, boolean clicked, float weight) {
        scored.add(Integer.toString(scored.size()), pctr, clicked, weight);
    }

    double auc() {
        return quality().auc();
    }

    double logloss() {
        return quality().logloss();
    }

    private Quality quality() {
        if (quality == null) {
            quality = Quality.of(scored);
        }
        return quality;
    }

    /**
     * Whether the AUC is not below {@code before}'s by more than one standard error of their
     * difference: which of two epochs that close is better is chance, and the later one has seen
     * more and moves less.
     *
     * @param before the earlier epoch with the highest AUC, or null
     */
    boolean isNoWorseThan(Validation before) {
        if (before == null || auc() >= before.auc()) {
            return true;
        }
        double error = UserResampling.differenceError(scored, before.scored, DRAWS, SEED);
        return Double.isNaN(error) || before.auc() - auc() <= error;
    }
}
