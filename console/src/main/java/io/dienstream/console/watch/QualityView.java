package io.dienstream.console.watch;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.dienstream.schema.ModelQuality;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.ToDoubleFunction;

/** Quality by version and arm: sums over all windows that are kept, and AUC window by window. */
final class QualityView {
    private static final String ALL = "all";
    private static final double NORMAL_95 = 1.96;
    private static final int MOST_WINDOWS = 120;

    private QualityView() {}

    /** One object for each version and arm. */
    static ArrayNode of(List<ModelQuality> windows) {
        Map<String, List<ModelQuality>> groups = new TreeMap<>();
        for (ModelQuality w : windows) {
            if (w.getSegment().equals(ALL)) {
                groups.computeIfAbsent(
                                w.getModelVersion() + "\u0000" + w.getArm(), k -> new ArrayList<>())
                        .add(w);
            }
        }
        ArrayNode array = JsonNodeFactory.instance.arrayNode();
        groups.values().forEach(group -> group(group, array.addObject()));
        return array;
    }

    private static void group(List<ModelQuality> group, ObjectNode node) {
        group.sort(Comparator.comparingLong(ModelQuality::getWindowStart));
        ModelQuality newest = group.get(group.size() - 1);
        node.put("version", newest.getModelVersion());
        node.put("arm", newest.getArm());
        double impressions = sum(group, ModelQuality::getImpressions);
        double clicks = sum(group, ModelQuality::getClicks);
        double predicted = sum(group, ModelQuality::getPredicted);
        double gaucWeight = sum(group, ModelQuality::getGaucWeight);
        node.put("impressions", impressions);
        node.put("clicks", clicks);
        if (clicks > 0) {
            node.put("calibration", predicted / clicks);
            double error = NORMAL_95 / Math.sqrt(clicks);
            node.put("calibration_low", predicted / clicks / (1 + error));
            node.put("calibration_high", predicted / clicks / Math.max(1e-9, 1 - error));
        }
        if (impressions > 0) {
            node.put("log_loss", sum(group, ModelQuality::getLogLoss) / impressions);
        }
        if (gaucWeight > 0) {
            node.put("gauc", sum(group, ModelQuality::getGaucSum) / gaucWeight);
        }
        ArrayNode points = node.putArray("windows");
        for (ModelQuality w :
                group.subList(Math.max(0, group.size() - MOST_WINDOWS), group.size())) {
            if (w.getAuc() != null) {
                ObjectNode point = points.addObject();
                point.put("start", w.getWindowStart());
                point.put("auc", w.getAuc());
                point.put("error", error(w));
            }
        }
    }

    /**
     * Half of a 95 % interval of a window's AUC (Hanley and McNeil), and what its bins may cost.
     */
    static double error(ModelQuality w) {
        double auc = w.getAuc();
        double share = w.getImpressions() > 0 ? w.getExamples() / w.getImpressions() : 1;
        double positives = Math.max(1, w.getClicks() * share);
        double negatives = Math.max(1, (w.getImpressions() - w.getClicks()) * share);
        double q1 = auc / (2 - auc);
        double q2 = 2 * auc * auc / (1 + auc);
        double variance =
                (auc * (1 - auc)
                                + (positives - 1) * (q1 - auc * auc)
                                + (negatives - 1) * (q2 - auc * auc))
                        / (positives * negatives);
        double bins = w.getAucError() == null ? 0 : w.getAucError();
        return NORMAL_95 * Math.sqrt(Math.max(0, variance)) + bins;
    }

    private static double sum(List<ModelQuality> group, ToDoubleFunction<ModelQuality> of) {
        return group.stream().mapToDouble(of).sum();
    }
}
