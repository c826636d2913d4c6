package io.dienstream.bench;

import io.dienstream.dien.EncodedRequest;
import io.dienstream.dien.Scorer;
import io.dienstream.dien.artifact.ModelReader;
import io.dienstream.dien.history.Behavior;
import io.dienstream.dien.history.HistoryModel;
import io.dienstream.dien.history.InterestHistory;
import io.dienstream.dien.kernel.KernelsProvider;
import io.dienstream.dien.layer.InterestExtractor;
import io.dienstream.dien.model.AttentionType;
import io.dienstream.dien.model.IdEncoding;
import io.dienstream.dien.model.Model;
import io.dienstream.dien.model.ModelConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/**
 * A model, a history of T behaviors and a request with N candidates, all different, drawn from the
 * model's vocabularies. The same for the same numbers.
 */
final class Workload {
    private static final long SEED = 1;

    final Scorer scorer;
    final InterestHistory history;
    final EncodedRequest request;

    /** Fields of each behavior, oldest first. */
    final List<Map<String, String>> behaviors = new ArrayList<>();

    /** Fields of each candidate. */
    final List<Map<String, String>> candidates = new ArrayList<>();

    private final Map<String, List<String>> vocabularies = new HashMap<>();
    private final Random random = new Random(SEED);

    /**
     * @param model an artifact's directory
     * @throws IOException where it is refused, or an embedding has no vocabulary
     */
    Workload(Path model, int steps, int n) throws IOException {
        scorer = new Scorer(ModelReader.read(model), KernelsProvider.get());
        ModelConfig config = scorer.model().config();
        for (Map.Entry<String, ModelConfig.EmbeddingConfig> e : config.embeddings().entrySet()) {
            vocabularies.put(e.getKey(), vocabulary(model, e.getKey(), e.getValue()));
        }
        HistoryModel historyModel = scorer.historyModel();
        InterestExtractor.Scratch scratch = historyModel.newScratch();
        history = historyModel.newHistory();
        for (int t = 0; t < steps; t++) {
            behaviors.add(draw(config.behaviorFields()));
            historyModel.add(history, behavior(t), scratch);
        }
        for (int i = 0; i < n; i++) {
            candidates.add(draw(config.adFields()));
        }
        request = scorer.encoder().newRequest();
        scorer.encoder().begin(Map.of(), Map.of(), n, request);
        for (int i = 0; i < n; i++) {
            scorer.encoder().candidate(i, candidates.get(i), request);
        }
    }

    /** A random model where {@code directory} is empty text, else the artifact there. */
    static Workload of(String directory, AttentionType attention, int steps, int n)
            throws IOException {
        if (!directory.isEmpty()) {
            return new Workload(Path.of(directory), steps, n);
        }
        return TemporaryModel.with(
                temporary -> {
                    Path own = temporary.resolve("model");
                    PaperModel.write(own, attention);
                    return new Workload(own, steps, n);
                });
    }

    private static List<String> vocabulary(
            Path model, String name, ModelConfig.EmbeddingConfig embedding) throws IOException {
        if (embedding.encoding().isHash()) {
            throw new IOException("embedding " + name + " is hashed: ids cannot be drawn from it");
        }
        return Files.readAllLines(model.resolve(embedding.encoding().vocabularyFile()));
    }

    private Map<String, String> draw(List<ModelConfig.Field> fields) {
        Map<String, String> values = new HashMap<>();
        for (ModelConfig.Field field : fields) {
            List<String> ids = vocabularies.get(field.embedding());
            values.put(field.name(), ids.get(random.nextInt(ids.size())));
        }
        return values;
    }

    /** Behavior t, encoded. */
    Behavior behavior(int t) {
        return scorer.historyModel().encode(Integer.toString(t), t, behaviors.get(t));
    }

    /** Rows of one field of records, in their order. */
    long[] rows(List<Map<String, String>> records, ModelConfig.Field field) {
        Model model = scorer.model();
        IdEncoding encoding = model.encodingsOf(List.of(field))[0];
        return records.stream().mapToLong(r -> encoding.row(r.get(field.name()))).toArray();
    }
}
