package io.dienstream.train.fit;

import io.dienstream.datasets.format.Manifest;
import io.dienstream.dien.model.Activation;
import io.dienstream.dien.model.Architecture;
import io.dienstream.dien.model.AttentionType;
import io.dienstream.dien.model.GateForm;
import io.dienstream.dien.model.ModelConfig;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The network for a data set, sized as in the paper: H = D_b, which the auxiliary loss's inner
 * product needs.
 *
 * @param name of the model
 * @param version of the model
 * @param embeddingWidth of every embedding
 * @param hashRows rows of the embeddings that are hashed instead of having a vocabulary
 * @param mlpHidden widths of the MLP's hidden layers
 */
public record ModelConfigs(
        String name,
        String version,
        Architecture architecture,
        AttentionType attention,
        GateForm gate,
        int embeddingWidth,
        Map<String, Integer> hashRows,
        List<Integer> mlpHidden) {
    /** What comes of serving; a model that had learned from it would miss it when it serves. */
    private static final Set<String> NEVER_KNOWN = Set.of("position", "propensity");

    /** Of a table while it is trained: what an array of the JVM holds. */
    private static final int MOST_FLOATS = Integer.MAX_VALUE - 8;

    private static final double NORM_EPSILON = 1e-3;
    private static final double DICE_EPSILON = 1e-8;

    /**
     * @throws IllegalArgumentException naming what no artifact can have, which would only be
     *     refused when the training is over
     */
    public ModelConfigs {
        check(!name.isEmpty(), "the model's name is empty");
        check(!version.isEmpty(), "the model's version is empty");
        checkWidth("embedding width", embeddingWidth);
        check(
                mlpHidden.size() <= ModelConfig.MOST_LAYERS,
                "mlp: a model has at most " + ModelConfig.MOST_LAYERS + " hidden layers");
        mlpHidden.forEach(width -> checkWidth("mlp", width));
        hashRows.forEach(
                (e, rows) -> {
                    check(rows >= 2, "hash: %s needs at least 2 rows".formatted(e));
                    checkSize(e, rows, embeddingWidth);
                });
    }

    private static void checkWidth(String what, int width) {
        check(
                width >= 1 && width <= ModelConfig.MOST_UNITS,
                "%s: %d is not from 1 to %d".formatted(what, width, ModelConfig.MOST_UNITS));
    }

    private static void checkSize(String embedding, int rows, int width) {
        check(
                (long) rows * width <= MOST_FLOATS,
                "embedding %s: %,d rows of %d are more than the %,d floats of a table"
                        .formatted(embedding, rows, width, MOST_FLOATS));
    }

    private static void check(boolean good, String message) {
        if (!good) {
            throw new IllegalArgumentException(message);
        }
    }

    /**
     * The configuration for a data set.
     *
     * @throws IllegalArgumentException where its histories or fields are more than a model may have
     */
    public ModelConfig of(Manifest data) {
        Map<String, ModelConfig.EmbeddingConfig> embeddings = new LinkedHashMap<>();
        data.vocabularies()
                .forEach((embedding, ids) -> embeddings.put(embedding, embedding(embedding, ids)));
        hashRows.keySet()
                .forEach(
                        e -> {
                            if (!embeddings.containsKey(e)) {
                                throw new IllegalArgumentException(
                                        "no embedding '%s' to hash; there are %s"
                                                .formatted(e, embeddings.keySet()));
                            }
                        });
        List.of(data.behaviorFields(), data.adFields(), data.userFields(), data.contextFields())
                .forEach(group -> group.forEach(ModelConfigs::checkName));
        check(
                data.maxLength() <= ModelConfig.MOST_BEHAVIORS,
                "the data set's histories have up to %d behaviors, a model's at most %d: prepare it with a smaller --max-length"
                        .formatted(data.maxLength(), ModelConfig.MOST_BEHAVIORS));
        int fields =
                Math.max(
                        Math.max(data.behaviorFields().size(), data.adFields().size()),
                        Math.max(data.userFields().size(), data.contextFields().size()));
        check(
                (long) fields * embeddingWidth <= ModelConfig.MOST_UNITS,
                "embedding width: %d times %d fields is more than %d"
                        .formatted(embeddingWidth, fields, ModelConfig.MOST_UNITS));
        boolean gru = architecture.hasInterestStates();
        boolean dice = architecture.hasAttention();
        AttentionType type = architecture == Architecture.DIN ? AttentionType.MLP : attention;
        return new ModelConfig(
                name,
                version,
                architecture,
                embeddings,
                data.behaviorFields(),
                data.adFields(),
                data.userFields(),
                data.contextFields(),
                data.maxLength(),
                gru ? data.behaviorFields().size() * embeddingWidth : 0,
                architecture.hasAttention() ? type : null,
                gate,
                new ModelConfig.Mlp(
                        mlpHidden,
                        dice ? Activation.DICE : Activation.PRELU,
                        NORM_EPSILON,
                        DICE_EPSILON));
    }

    private static void checkName(ModelConfig.Field field) {
        check(
                !NEVER_KNOWN.contains(field.name()),
                "field '%s' is known only after an ad was shown: no model can have it"
                        .formatted(field.name()));
    }

    private ModelConfig.EmbeddingConfig embedding(String embedding, int ids) {
        Integer hashed = hashRows.get(embedding);
        String file = hashed == null ? "vocabulary/" + embedding + ".txt" : null;
        int rows = hashed == null ? ids + 1 : hashed;
        checkSize(embedding, rows, embeddingWidth);
        return new ModelConfig.EmbeddingConfig(
                rows, embeddingWidth, new ModelConfig.Encoding(file));
    }
}
