package io.dienstream.train.report;

import io.dienstream.cli.page.Plots;
import io.dienstream.train.fit.EpochReport;
import java.util.List;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.internal.chartpart.Chart;

/** How a training went, epoch by epoch. */
final class TrainingCurves {
    private TrainingCurves() {}

    /** Losses by epoch. */
    static Chart<?, ?> loss(List<EpochReport> epochs) {
        XYChart chart = Plots.xy("Loss", "epoch", "mean of the epoch");
        double[] x = epochs.stream().mapToDouble(EpochReport::epoch).toArray();
        chart.addSeries("training", x, epochs.stream().mapToDouble(EpochReport::loss).toArray());
        if (epochs.stream().allMatch(e -> e.auxiliaryLoss() != null)) {
            chart.addSeries(
                    "of it auxiliary, unweighted",
                    x,
                    epochs.stream().mapToDouble(EpochReport::auxiliaryLoss).toArray());
        }
        if (epochs.stream().allMatch(e -> e.validationLogloss() != null)) {
            chart.addSeries(
                    "validation log loss",
                    x,
                    epochs.stream().mapToDouble(EpochReport::validationLogloss).toArray());
        }
        return chart;
    }

    /** Validation AUC by epoch; only where every epoch was measured. */
    static Chart<?, ?> auc(List<EpochReport> epochs) {
        XYChart chart = Plots.xy("Validation AUC", "epoch", "AUC");
        chart.addSeries(
                "validation users",
                epochs.stream().mapToDouble(EpochReport::epoch).toArray(),
                epochs.stream().mapToDouble(EpochReport::validationAuc).toArray());
        return chart;
    }
}
