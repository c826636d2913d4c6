package io.dienstream.train.command;

import io.dienstream.cli.terminal.Bars;
import io.dienstream.datasets.format.Manifest;
import io.dienstream.datasets.format.Split;
import io.dienstream.train.fit.EpochReport;
import io.dienstream.train.fit.Recipe;
import io.dienstream.train.fit.TrainingListener;
import java.io.PrintWriter;
import java.util.Locale;
import me.tongfei.progressbar.ProgressBar;

/** A bar with loss, speed and time left; a line after each epoch. */
public final class TrainingBar implements TrainingListener, AutoCloseable {
    private final PrintWriter out;
    private final ProgressBar bar;
    private final long examplesAnEpoch;

    public TrainingBar(PrintWriter out, Recipe recipe, Manifest manifest) {
        this.out = out;
        examplesAnEpoch = manifest.counts(Split.TRAIN).examples();
        bar = Bars.start("train", recipe.epochs() * examplesAnEpoch);
    }

    @Override
    public void onStep(int epoch, long step, long examples, long ofExamples, double loss) {
        bar.stepTo(epoch * examplesAnEpoch + examples);
        bar.setExtraMessage(String.format(Locale.ROOT, " loss %.4f", loss));
    }

    @Override
    public void onEpoch(EpochReport r) {
        out.printf(
                Locale.ROOT,
                "epoch %d: loss %.4f%s%s, %,.0f examples/s%s%n",
                r.epoch(),
                r.loss(),
                r.auxiliaryLoss() == null
                        ? ""
                        : String.format(Locale.ROOT, " (auxiliary %.4f)", r.auxiliaryLoss()),
                r.validationAuc() == null
                        ? ""
                        : String.format(
                                Locale.ROOT,
                                ", validation auc %.4f logloss %.4f",
                                r.validationAuc(),
                                r.validationLogloss()),
                r.examplesPerSecond(),
                r.best() ? "" : ", no better");
        out.flush();
    }

    @Override
    public void close() {
        bar.close();
    }
}
