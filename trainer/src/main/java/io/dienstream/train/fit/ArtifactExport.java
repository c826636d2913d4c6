package io.dienstream.train.fit;

import ai.djl.engine.Engine;
import ai.djl.ndarray.NDManager;
import io.dienstream.datasets.format.Directories;
import io.dienstream.datasets.offline.ExampleScorer;
import io.dienstream.dien.Scorer;
import io.dienstream.dien.artifact.GoldenFile;
import io.dienstream.dien.artifact.ModelReader;
import io.dienstream.dien.artifact.ModelWriter;
import io.dienstream.dien.kernel.KernelsProvider;
import io.dienstream.dien.model.GoldenAnswer;
import io.dienstream.dien.model.ModelConfig;
import io.dienstream.schema.LabeledCandidate;
import io.dienstream.schema.ServedBehavior;
import io.dienstream.schema.TrainingExample;
import io.dienstream.train.batch.Batch;
import io.dienstream.train.batch.EncodedExample;
import io.dienstream.train.batch.ExampleEncoder;
import io.dienstream.train.network.Network;
import io.dienstream.train.network.Parameters;
import io.dienstream.wire.OfflineExample;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/**
 * Writes an artifact once the scorer that will serve it gives the trainer's own answers: random
 * histories of every length go through both, and where pCTR differs by more than {@value
 * #TOLERANCE} nothing is written under the final name. Some of the requests and answers go with the
 * artifact, so that each process that loads it can do the same.
 */
public final class ArtifactExport {
    static final double TOLERANCE = 1e-5;
    private static final int REQUESTS = 64;
    private static final int CANDIDATES = 4;

    /** Of the requests: how many go into the artifact with the trainer's answers. */
    private static final int GOLDEN = 8;

    private static final double UNKNOWN = 0.05;
    private static final long TIME = 1_700_000_000_000L;

    private final ModelConfig config;
    private final Map<String, List<String>> vocabularies;
    private final Engine engine;
    private final Random random;
    private final double tolerance;
    private final List<GoldenAnswer> golden = new ArrayList<>();

    public ArtifactExport(
            ModelConfig config, Map<String, List<String>> vocabularies, Engine engine, long seed) {
        this(config, vocabularies, engine, seed, TOLERANCE);
    }

    ArtifactExport(
            ModelConfig config,
            Map<String, List<String>> vocabularies,
            Engine engine,
            long seed,
            double tolerance) {
        this.tolerance = tolerance;
        this.config = config;
        this.vocabularies = vocabularies;
        this.engine = engine;
        this.random = new Random(seed);
    }

    /**
     * @param directory must not exist
     * @param tensors of the network; those that are no artifact's are left out
     * @return largest difference of pCTR between trainer and scorer
     * @throws IOException where they disagree, or the artifact cannot be written
     */
    public double write(Path directory, Map<String, float[]> tensors) throws IOException {
        Path target = directory.toAbsolutePath();
        Files.createDirectories(target.getParent());
        Path temporary = Directories.beginning(target.getParent(), ".verifying-");
        try {
            Path candidate = temporary.resolve("model");
            ModelWriter.write(candidate, config, tensors, vocabularies);
            double difference = verify(candidate, tensors);
            if (!(difference <= tolerance)) {
                throw new IOException(
                        "the scorer's answers differ from the trainer's by %.2e, more than %.0e; nothing was written to %s"
                                .formatted(difference, tolerance, directory));
            }
            GoldenFile.write(candidate, golden);
            Files.move(candidate, target, StandardCopyOption.ATOMIC_MOVE);
            return difference;
        } finally {
            Directories.delete(temporary);
        }
    }

    private double verify(Path artifact, Map<String, float[]> tensors) throws IOException {
        ExampleScorer scorer =
                new ExampleScorer(new Scorer(ModelReader.read(artifact), KernelsProvider.get()));
        ExampleEncoder encoder = new ExampleEncoder(config, vocabularies);
        double largest = 0;
        golden.clear();
        try (NDManager manager =
                        NDManager.newBaseManager(
                                TorchEngine.device(engine), engine.getEngineName());
                Parameters parameters = new Parameters(config, false, 0, manager.newSubManager())) {
            parameters.setValues(tensors);
            Network network = new Network(config, parameters, false);
            for (int n = 0; n < REQUESTS; n++) {
                TrainingExample example = example(n);
                scorer.score(example);
                float[] logits = logits(network, parameters, encoder.encode(example), manager);
                if (n < GOLDEN) {
                    golden.add(golden(example, logits));
                }
                for (int c = 0; c < CANDIDATES; c++) {
                    double pctr = pctr(logits[c]);
                    double difference = Math.abs(pctr - scorer.scores().pctr(c));
                    largest = Double.isNaN(difference) ? difference : Math.max(largest, difference);
                }
            }
        }
        return largest;
    }

    private static double pctr(float logit) {
        return 1 / (1 + Math.exp(-logit));
    }

    /** What the trainer answers, for whoever loads the artifact to hold its own answers against. */
    private static GoldenAnswer golden(TrainingExample e, float[] logits) {
        List<Float> pctr = new ArrayList<>();
        for (float logit : logits) {
            pctr.add((float) pctr(logit));
        }
        return new GoldenAnswer(
                e.getUser(),
                e.getContext(),
                e.getBehaviors().stream().map(ServedBehavior::getFields).toList(),
                e.getCandidates().stream().map(LabeledCandidate::getFields).toList(),
                pctr);
    }

    private float[] logits(
            Network network, Parameters parameters, EncodedExample e, NDManager manager) {
        List<Batch.Row> rows = new ArrayList<>();
        for (int c = 0; c < CANDIDATES; c++) {
            rows.add(new Batch.Row(e, c));
        }
        try (NDManager step = manager.newSubManager()) {
            parameters.lendTo(step);
            return network.forward(new Batch(config, rows, null, null), step, false)
                    .logits()
                    .toFloatArray();
        }
    }

    private TrainingExample example(int n) {
        int length = n == 0 ? 0 : 1 + random.nextInt(config.maxLength());
        List<ServedBehavior> behaviors = new ArrayList<>();
        for (int t = 0; t < length; t++) {
            behaviors.add(new ServedBehavior(TIME + t, ids(config.behaviorFields())));
        }
        List<LabeledCandidate> candidates = new ArrayList<>();
        for (int c = 0; c < CANDIDATES; c++) {
            candidates.add(
                    OfflineExample.candidate("ad" + c, ids(config.adFields()), false, false));
        }
        return OfflineExample.of(
                "r" + n,
                "u",
                TIME + length,
                ids(config.userFields()),
                ids(config.contextFields()),
                behaviors,
                candidates,
                "");
    }

    /** Known ids, now and then one that nobody has heard of. */
    private Map<String, String> ids(List<ModelConfig.Field> fields) {
        Map<String, String> values = new HashMap<>();
        for (ModelConfig.Field field : fields) {
            List<String> known = vocabularies.getOrDefault(field.embedding(), List.of());
            boolean unknown = known.isEmpty() || random.nextDouble() < UNKNOWN;
            values.put(
                    field.name(),
                    unknown
                            ? "unknown-" + random.nextInt()
                            : known.get(random.nextInt(known.size())));
        }
        return values;
    }
}
