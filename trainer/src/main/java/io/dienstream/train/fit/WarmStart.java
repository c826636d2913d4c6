package io.dienstream.train.fit;

import io.dienstream.datasets.format.CatalogEntry;
import io.dienstream.datasets.format.Manifest;
import io.dienstream.dien.artifact.ModelReader;
import io.dienstream.dien.artifact.SafeTensors;
import io.dienstream.dien.file.TextReader;
import io.dienstream.dien.model.ModelConfig;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * A training that begins where another ended: the parent's tensors, running statistics included,
 * and its vocabularies with the ids that are new. Rows of the parent keep their place and value;
 * none goes. A new id starts from the mean of the rows of its category: of the parent's ids that
 * the catalog has with the same value in another field, of the field where they are fewest. Where
 * there is none it starts from the mean of all ids of the embedding.
 */
public final class WarmStart {
    private static final String EMBEDDING = "embedding.";
    private static final String LAST_BIAS = "mlp.output.bias";

    private final Path artifact;
    private final ModelConfig parent;
    private final String checksum;
    private final Map<String, float[]> tensors;
    private final Map<String, List<String>> known = new LinkedHashMap<>();

    private WarmStart(Path artifact, ModelConfig parent, String checksum) throws IOException {
        this.artifact = artifact;
        this.parent = parent;
        this.checksum = checksum;
        tensors = SafeTensors.read(artifact.resolve(ModelReader.WEIGHTS_FILE));
        // what a foreign artifact adds to its logit is in the last bias from here on
        tensors.get(LAST_BIAS)[0] += (float) parent.logitOffset();
        for (Map.Entry<String, ModelConfig.EmbeddingConfig> e : parent.embeddings().entrySet()) {
            if (!e.getValue().encoding().isHash()) {
                known.put(
                        e.getKey(),
                        TextReader.lines(
                                artifact.resolve(e.getValue().encoding().vocabularyFile())));
            }
        }
    }

    /**
     * Reads the parent.
     *
     * @throws IOException where it is no artifact
     */
    public static WarmStart from(Path artifact) throws IOException {
        var model = ModelReader.read(artifact);
        return new WarmStart(artifact, model.config(), model.checksum());
    }

    /** The parent's configuration. */
    public ModelConfig parent() {
        return parent;
    }

    /** SHA-256 of all the parent's files, hexadecimal. */
    public String checksum() {
        return checksum;
    }

    /**
     * The parent's network for the fields of {@code data}, with rows for {@code vocabularies}.
     *
     * @param name of the new model
     * @param version of the new model
     * @param vocabularies {@link #vocabularies}
     * @throws IllegalArgumentException naming the field in which data and parent differ
     */
    public ModelConfig config(
            Manifest data, String name, String version, Map<String, List<String>> vocabularies) {
        checkFields("behavior", parent.behaviorFields(), data.behaviorFields());
        checkFields("ad", parent.adFields(), data.adFields());
        checkFields("user", parent.userFields(), data.userFields());
        checkFields("context", parent.contextFields(), data.contextFields());
        Map<String, ModelConfig.EmbeddingConfig> embeddings = new LinkedHashMap<>();
        parent.embeddings()
                .forEach(
                        (e, old) ->
                                embeddings.put(
                                        e,
                                        new ModelConfig.EmbeddingConfig(
                                                Math.max(
                                                        old.rows(),
                                                        vocabularies
                                                                        .getOrDefault(e, List.of())
                                                                        .size()
                                                                + 1),
                                                old.dim(),
                                                old.encoding())));
        return new ModelConfig(
                name,
                version,
                parent.architecture(),
                embeddings,
                parent.behaviorFields(),
                parent.adFields(),
                parent.userFields(),
                parent.contextFields(),
                parent.maxLength(),
                parent.hidden(),
                parent.attention(),
                parent.gate(),
                parent.mlp());
    }

    private void checkFields(
            String kind, List<ModelConfig.Field> ours, List<ModelConfig.Field> datas) {
        Set<String> parents = names(ours);
        Set<String> others = names(datas);
        Set<String> extra = new TreeSet<>(others);
        extra.removeAll(parents);
        Set<String> missing = new TreeSet<>(parents);
        missing.removeAll(others);
        // a user or context field that nobody sent lately is unknown, as it is when it is served
        boolean mayMiss = kind.equals("user") || kind.equals("context");
        if (!extra.isEmpty() || (!missing.isEmpty() && !mayMiss)) {
            throw new IllegalArgumentException(
                    "%s has the %s fields %s, the data has %s: a warm start changes no field"
                            .formatted(artifact, kind, parents, others));
        }
    }

    private static Set<String> names(List<ModelConfig.Field> fields) {
        Set<String> names = new TreeSet<>();
        fields.forEach(f -> names.add(f.name()));
        return names;
    }

    /** The parent's ids, and behind them those of {@code data} that it does not know. */
    public Map<String, List<String>> vocabularies(Map<String, List<String>> data) {
        Map<String, List<String>> grown = new LinkedHashMap<>();
        known.forEach(
                (embedding, ids) -> {
                    Set<String> old = new HashSet<>(ids);
                    List<String> all = new ArrayList<>(ids);
                    // rows without an id, which an artifact may have, stay in between unused
                    int rows = parent.embeddings().get(embedding).rows();
                    List<String> fresh = new ArrayList<>();
                    for (String field : fieldsOf(embedding)) {
                        for (String id : data.getOrDefault(field, List.of())) {
                            if (old.add(id)) {
                                fresh.add(id);
                            }
                        }
                    }
                    if (!fresh.isEmpty() && ids.size() + 1 < rows) {
                        throw new IllegalArgumentException(
                                "embedding %s of %s has %d rows without an id: new ids have no place behind them"
                                        .formatted(embedding, artifact, rows - 1 - ids.size()));
                    }
                    all.addAll(fresh);
                    grown.put(embedding, all);
                });
        return grown;
    }

    private Set<String> fieldsOf(String embedding) {
        Set<String> fields = new TreeSet<>();
        for (List<ModelConfig.Field> group :
                List.of(
                        parent.behaviorFields(),
                        parent.adFields(),
                        parent.userFields(),
                        parent.contextFields())) {
            group.stream()
                    .filter(f -> f.embedding().equals(embedding))
                    .forEach(f -> fields.add(f.name()));
        }
        return fields;
    }

    /**
     * First values of the new network.
     *
     * @param vocabularies {@link #vocabularies}
     * @param catalog of the data, where ids have their categories
     */
    public Map<String, float[]> tensors(
            Map<String, List<String>> vocabularies, List<CatalogEntry> catalog) {
        Map<String, float[]> grown = new LinkedHashMap<>(tensors);
        known.forEach(
                (embedding, old) -> {
                    List<String> ids = vocabularies.get(embedding);
                    if (ids.size() > old.size()) {
                        String name = EMBEDDING + embedding;
                        grown.put(name, grow(embedding, old, ids, catalog, tensors.get(name)));
                    }
                });
        return grown;
    }

    private float[] grow(
            String embedding,
            List<String> old,
            List<String> ids,
            List<CatalogEntry> catalog,
            float[] rows) {
        int width = parent.embeddings().get(embedding).dim();
        float[] grown = Arrays.copyOf(rows, (ids.size() + 1) * width);
        Map<String, Integer> rowOf = new HashMap<>();
        for (String id : old) {
            rowOf.put(id, rowOf.size() + 1);
        }
        Neighbors neighbors = new Neighbors(fieldsOf(embedding), rowOf, catalog);
        float[] all = mean(rows, rowOf.values(), width);
        for (int n = old.size(); n < ids.size(); n++) {
            Set<Integer> same = neighbors.of(ids.get(n));
            float[] first = same.isEmpty() ? all : mean(rows, same, width);
            System.arraycopy(first, 0, grown, (n + 1) * width, width);
        }
        return grown;
    }

    private static float[] mean(float[] rows, Iterable<Integer> which, int width) {
        double[] sum = new double[width];
        int count = 0;
        for (int row : which) {
            for (int d = 0; d < width; d++) {
                sum[d] += rows[row * width + d];
            }
            count++;
        }
        float[] mean = new float[width];
        for (int d = 0; d < width; d++) {
            mean[d] = count == 0 ? 0 : (float) (sum[d] / count);
        }
        return mean;
    }
}
