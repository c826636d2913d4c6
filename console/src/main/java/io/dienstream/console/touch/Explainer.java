package io.dienstream.console.touch;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.dienstream.datasets.offline.ExampleScorer;
import io.dienstream.datasets.offline.Explanation;
import io.dienstream.dien.Scorer;
import io.dienstream.dien.kernel.KernelsProvider;
import io.dienstream.dien.model.Model;
import io.dienstream.evaluation.PrincipalComponents;
import io.dienstream.job.record.ModelStamp;
import io.dienstream.schema.ServedRequest;
import io.dienstream.schema.TrainingExample;
import io.dienstream.wire.OfflineExample;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Why an answer is as it is: attention and evolving interest, computed again from what the stream
 * says it scored. Thread safe.
 */
public final class Explainer {
    private static final int MOST_PLANES = 100;
    private static final int BECAUSE = 3;

    private final Map<String, ExampleScorer> scorers = new LinkedHashMap<>();
    private final List<Model> models;

    /** The plane on which a user's paths are shown: it stays, so that only the interest moves. */
    private final Map<String, Plane> planes =
            new LinkedHashMap<>() {
                private static final long serialVersionUID = 1;

                @Override
                protected boolean removeEldestEntry(Map.Entry<String, Plane> eldest) {
                    return size() > MOST_PLANES;
                }
            };

    /**
     * @param points behind it; many more make a new one
     */
    private record Plane(PrincipalComponents axes, int points) {}

    /**
     * @param models that may have answered; may be none
     */
    public Explainer(List<Model> models) {
        this.models = List.copyOf(models);
        for (Model model : models) {
            scorers.put(
                    ModelStamp.hex(model.fingerprint()),
                    new ExampleScorer(new Scorer(model, KernelsProvider.get())));
        }
    }

    /** The models that answers can be explained by. */
    public List<Model> models() {
        return models;
    }

    /**
     * Adds what explains an answer: per candidate, in request order, {@code attention} [T] and
     * {@code because}, the positions of the behaviors that it looks at most; {@code path} [T+1][2]
     * of its interest, and {@code explained}, the share of variance that the plane shows; {@code
     * difference}, the largest between a pCTR and what it is when computed here. {@code
     * unexplained} says why there is none of that.
     */
    synchronized void explain(ServedRequest served, ObjectNode to) {
        ExampleScorer scorer = scorers.get(served.getModelFingerprint());
        if (scorer == null) {
            to.put(
                    "unexplained",
                    scorers.isEmpty()
                            ? "started without --model"
                            : "answered by a model that --model does not name");
            return;
        }
        if (served.getBehaviors().isEmpty()) {
            to.put("unexplained", "the user has done nothing yet");
            return;
        }
        Explanation explanation;
        try {
            explanation = Explanation.of(scorer, example(served));
        } catch (IllegalArgumentException e) {
            to.put("unexplained", e.getMessage());
            return;
        }
        put(served, explanation, to);
    }

    private static TrainingExample example(ServedRequest served) {
        return OfflineExample.of(
                served.getRequestId(),
                served.getUserId(),
                served.getTimestamp(),
                served.getUser(),
                served.getContext(),
                served.getBehaviors(),
                served.getCandidates().stream()
                        .map(
                                c ->
                                        OfflineExample.candidate(
                                                c.getAdId(), c.getFields(), false, false))
                        .toList(),
                served.getModelVersion());
    }

    private void put(ServedRequest served, Explanation explanation, ObjectNode to) {
        ArrayNode explained = to.putArray("explanations");
        double difference = 0;
        PrincipalComponents plane = null;
        if (explanation.evolved() != null) {
            plane = plane(served.getUserId() + "/" + served.getModelFingerprint(), explanation);
            to.put("explained", plane.explained());
        }
        for (int n = 0; n < explanation.pctrs().length; n++) {
            difference =
                    Math.max(
                            difference, Math.abs(explanation.pctrs()[n] - served.getPctr().get(n)));
            ObjectNode one = explained.addObject();
            ArrayNode attention = one.putArray("attention");
            for (float weight : explanation.attention()[n]) {
                attention.add(weight);
            }
            ArrayNode because = one.putArray("because");
            for (int t : explanation.strongest(n, BECAUSE)) {
                because.add(t);
            }
            if (plane != null) {
                path(explanation.evolved()[n], plane, one.putArray("path"));
            }
        }
        to.put("difference", difference);
    }

    private static void path(float[][] states, PrincipalComponents plane, ArrayNode to) {
        point(plane.project(new float[plane.mean().length]), to);
        for (float[] state : states) {
            point(plane.project(state), to);
        }
    }

    private static void point(double[] place, ArrayNode to) {
        to.addArray().add(place[0]).add(place[1]);
    }

    private PrincipalComponents plane(String of, Explanation explanation) {
        double[][] points = points(explanation.evolved());
        Plane old = planes.get(of);
        if (old == null || points.length > 2 * old.points()) {
            planes.remove(of);
            old = new Plane(PrincipalComponents.of(points), points.length);
            planes.put(of, old);
        }
        return old.axes();
    }

    /** All states of all candidates, and the zero that they start from. */
    private static double[][] points(float[][][] evolved) {
        List<double[]> points = new ArrayList<>();
        points.add(new double[evolved[0][0].length]);
        for (float[][] path : evolved) {
            for (float[] state : path) {
                double[] point = new double[state.length];
                for (int d = 0; d < point.length; d++) {
                    point[d] = state[d];
                }
                points.add(point);
            }
        }
        return points.toArray(double[][]::new);
    }
}
