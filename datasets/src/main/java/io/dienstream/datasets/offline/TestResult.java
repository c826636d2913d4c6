package io.dienstream.datasets.offline;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.dienstream.evaluation.Quality;
import io.dienstream.evaluation.Scored;
import io.dienstream.evaluation.UserResampling;

/**
 * What a model is worth on a split, with the interval of its AUC.
 *
 * @param quality of all examples
 * @param interval of the AUC, 95 %, users drawn with replacement
 */
public record TestResult(Quality quality, UserResampling.Interval interval) {
    /**
     * @param draws for the interval
     * @param seed of the draws
     */
    public static TestResult of(Scored scored, int draws, long seed) {
        return new TestResult(Quality.of(scored), UserResampling.auc(scored, draws, seed));
    }

    /** As {@code evaluate --json} and {@code metrics.json} have it. */
    public ObjectNode json() {
        ObjectNode node = new ObjectMapper().createObjectNode();
        node.put("auc", quality.auc());
        put(node, "auc_interval", interval);
        node.put("gauc", quality.gauc());
        node.put("logloss", quality.logloss());
        node.put("calibration", quality.calibration());
        node.put("calibration_error", quality.calibrationError());
        node.put("examples", quality.examples());
        node.put("clicks", quality.clicks());
        node.put("users", quality.users());
        node.putPOJO("bins", quality.bins());
        return node;
    }

    /** Both ends; null where there are too few users for an interval. */
    public static void put(ObjectNode node, String name, UserResampling.Interval interval) {
        if (interval.isKnown()) {
            node.putArray(name).add(interval.low()).add(interval.high());
        } else {
            node.putNull(name);
        }
    }
}
