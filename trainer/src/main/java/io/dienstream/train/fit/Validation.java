package io.dienstream.train.fit;

import io.dienstream.train.measure.Auc;
import io.dienstream.train.network.Network;

/** AUC and log loss of the validation split, gathered batch by batch. */
final class Validation {
    private final Auc auc = new Auc();
    private double loss;

    void add(Network.Output out) {
        float[] logits = out.logits().toFloatArray();
        float[] labels = out.labels().toFloatArray();
        for (int b = 0; b < logits.length; b++) {
            auc.add(logits[b], labels[b] > 0);
            double z = labels[b] > 0 ? logits[b] : -logits[b];
            loss += Math.max(0, -z) + Math.log1p(Math.exp(-Math.abs(z))); // -log s(z)
        }
    }

    double auc() {
        return auc.value();
    }

    double logloss() {
        return loss / auc.examples();
    }
}
