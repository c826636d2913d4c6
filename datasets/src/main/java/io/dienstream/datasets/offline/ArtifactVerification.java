package io.dienstream.datasets.offline;

import com.fasterxml.jackson.databind.JsonNode;
import io.dienstream.datasets.log.BadLines;
import io.dienstream.datasets.log.JsonLines;
import io.dienstream.datasets.log.LineException;
import io.dienstream.datasets.log.RequestLog;
import io.dienstream.datasets.log.TextLines;
import io.dienstream.dien.Scorer;
import io.dienstream.dien.SelfCheck;
import io.dienstream.dien.artifact.GoldenFile;
import io.dienstream.dien.artifact.ModelReader;
import io.dienstream.dien.kernel.KernelsProvider;
import io.dienstream.dien.kernel.ScalarKernels;
import io.dienstream.dien.model.GoldenAnswer;
import io.dienstream.dien.model.Model;
import io.dienstream.dien.model.ModelConfig;
import io.dienstream.schema.AdRequest;
import io.dienstream.schema.Behavior;
import io.dienstream.schema.Candidate;
import io.dienstream.schema.Pricing;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;

/** Checks of a whole artifact beyond its format. */
public final class ArtifactVerification {
    private static final double TOLERANCE = 1e-5;
    private static final int RANDOM_REQUESTS = 50;
    private static final int CANDIDATES = 5;
    private static final long SEED = 1;
    private static final long TIME = 1_700_000_000_000L;

    private final Model model;
    private final List<GoldenAnswer> answers;

    /** Scores by the kernels that the job would choose. */
    private final OfflineScorer offline;

    /**
     * @throws IOException where the artifact is refused
     */
    public ArtifactVerification(Path directory) throws IOException {
        var read = ModelReader.readWithAnswers(directory);
        model = read.model();
        answers = read.golden();
        offline = new OfflineScorer(new Scorer(model, KernelsProvider.get()));
    }

    /** Of the model that is verified. */
    public Scorer scorer() {
        return offline.scorer();
    }

    /** The answers that the artifact itself carries. */
    public boolean golden(PrintWriter out) {
        if (answers.isEmpty()) {
            out.printf("no %s: the artifact carries no answers of its own%n", GoldenFile.NAME);
            return true;
        }
        String wrong = new SelfCheck(offline.scorer()).firstWrong(answers);
        out.printf(
                "%d requests of %s: %s%n",
                answers.size(), GoldenFile.NAME, wrong == null ? "as answered there" : wrong);
        return wrong == null;
    }

    /** Random histories of every length under the scalar and the chosen kernels. */
    public boolean randomRequests(PrintWriter out) {
        OfflineScorer scalar = new OfflineScorer(new Scorer(model, new ScalarKernels()));
        Random random = new Random(SEED);
        double largest = 0;
        for (int n = 0; n < RANDOM_REQUESTS; n++) {
            int length = n == 0 ? 0 : random.nextInt(2 * model.config().maxLength()) + 1;
            List<Behavior> behaviors = behaviors(length, random);
            AdRequest request = request(n, random);
            scalar.score(request, scalar.history(behaviors, request.getTimestamp()));
            offline.score(request, offline.history(behaviors, request.getTimestamp()));
            for (int c = 0; c < CANDIDATES; c++) {
                float p = scalar.scores().pctr(c);
                double difference = Math.abs(p - offline.scores().pctr(c));
                boolean sound = p >= 0 && p <= 1 && !Double.isNaN(difference);
                largest = Math.max(largest, sound ? difference : Double.POSITIVE_INFINITY);
            }
        }
        out.printf(
                "%d random requests, scalar against %s kernels: largest difference %.2e%n",
                RANDOM_REQUESTS, KernelsProvider.get().describe(), largest);
        return largest <= TOLERANCE;
    }

    private List<Behavior> behaviors(int length, Random random) {
        List<Behavior> behaviors = new ArrayList<>();
        for (int t = 0; t < length; t++) {
            String id = Integer.toString(t);
            behaviors.add(
                    new Behavior(
                            id, "u", TIME + t, fields(model.config().behaviorFields(), random)));
        }
        return behaviors;
    }

    private AdRequest request(int n, Random random) {
        ModelConfig c = model.config();
        List<Candidate> candidates = new ArrayList<>();
        for (int i = 0; i < CANDIDATES; i++) {
            candidates.add(
                    new Candidate(
                            "ad" + i, fields(c.adFields(), random), Pricing.CPC, 1L, "USD", null));
        }
        return new AdRequest(
                "r" + n,
                "u",
                Long.MAX_VALUE,
                fields(c.userFields(), random),
                fields(c.contextFields(), random),
                candidates);
    }

    /** Ids that a vocabulary may or may not hold. */
    private static Map<String, String> fields(List<ModelConfig.Field> fields, Random random) {
        Map<String, String> values = new HashMap<>();
        fields.forEach(f -> values.put(f.name(), Integer.toString(random.nextInt(100))));
        return values;
    }

    /**
     * Requests with behaviors against the answers of another implementation.
     *
     * @param requests whose bad lines the caller counts
     * @param bad what is told of the bad answers; the caller counts them too
     */
    public boolean expected(
            RequestLog.Source requests, Path expected, BadLines bad, PrintWriter out)
            throws IOException {
        Map<String, float[]> answers = new HashMap<>();
        requests.forEach(
                line -> {
                    AdRequest request = line.request();
                    long time = request.getTimestamp();
                    offline.score(request, offline.history(line.behaviors(), time));
                    answers.put(
                            request.getRequestId(), offline.pctrs(request.getCandidates().size()));
                });
        double[] largest = {0};
        int[] compared = {0};
        Set<String> missing = new TreeSet<>(answers.keySet());
        TextLines.forEach(
                expected,
                bad::refuse,
                (line, number) -> {
                    JsonNode node = JsonLines.parse(line);
                    String id = JsonLines.text(node, "request_id");
                    float[] pctrs = answers.get(id);
                    if (pctrs == null) {
                        throw new LineException("no request has the id " + id);
                    }
                    if (node.path("pctr").size() != pctrs.length) {
                        throw new LineException(
                                "%d pctr for the %d candidates of request %s"
                                        .formatted(node.path("pctr").size(), pctrs.length, id));
                    }
                    missing.remove(id);
                    for (int c = 0; c < pctrs.length; c++) {
                        double p = node.path("pctr").get(c).asDouble(Double.NaN);
                        double difference = Math.abs(pctrs[c] - p);
                        largest[0] = Math.max(largest[0], difference);
                        compared[0]++;
                    }
                });
        if (!missing.isEmpty()) {
            out.printf(
                    "%s: no answer for %,d requests, %s for one%n",
                    expected, missing.size(), missing.iterator().next());
        }
        out.printf("%,d expected scores: largest difference %.2e%n", compared[0], largest[0]);
        return missing.isEmpty() && compared[0] > 0 && largest[0] <= TOLERANCE;
    }
}
