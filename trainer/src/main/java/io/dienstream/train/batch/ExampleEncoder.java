package io.dienstream.train.batch;

import io.dienstream.datasets.format.SeenBehaviors;
import io.dienstream.dien.artifact.HashEncoding;
import io.dienstream.dien.artifact.Vocabulary;
import io.dienstream.dien.model.IdEncoding;
import io.dienstream.dien.model.ModelConfig;
import io.dienstream.schema.LabeledCandidate;
import io.dienstream.schema.ServedBehavior;
import io.dienstream.schema.TrainingExample;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Looks up the row ids of examples as the scorer would. Immutable. */
public final class ExampleEncoder {
    private final ModelConfig config;
    private final IdEncoding[] user;
    private final IdEncoding[] context;
    private final IdEncoding[] behavior;
    private final IdEncoding[] ad;

    /**
     * @param vocabularies ids by embedding, for those with a vocabulary
     */
    public ExampleEncoder(ModelConfig config, Map<String, List<String>> vocabularies) {
        this.config = config;
        Map<String, IdEncoding> encodings = new HashMap<>();
        config.embeddings()
                .forEach(
                        (name, e) ->
                                encodings.put(
                                        name,
                                        e.encoding().isHash()
                                                ? new HashEncoding(e.rows())
                                                : Vocabulary.of(vocabularies.get(name))));
        user = of(config.userFields(), encodings);
        context = of(config.contextFields(), encodings);
        behavior = of(config.behaviorFields(), encodings);
        ad = of(config.adFields(), encodings);
    }

    private static IdEncoding[] of(
            List<ModelConfig.Field> fields, Map<String, IdEncoding> encodings) {
        return fields.stream().map(f -> encodings.get(f.embedding())).toArray(IdEncoding[]::new);
    }

    /** The rows of what the scorer would see of an example. */
    public EncodedExample encode(TrainingExample e) {
        int[] userRows = new int[user.length];
        encode(e.getUser(), config.userFields(), user, userRows, 0);
        int[] contextRows = new int[context.length];
        encode(e.getContext(), config.contextFields(), context, contextRows, 0);
        List<ServedBehavior> behaviors = SeenBehaviors.of(e, config.maxLength());
        int[] behaviorRows = new int[behaviors.size() * behavior.length];
        for (int t = 0; t < behaviors.size(); t++) {
            encode(
                    behaviors.get(t).getFields(),
                    config.behaviorFields(),
                    behavior,
                    behaviorRows,
                    t * behavior.length);
        }
        List<LabeledCandidate> candidates = e.getCandidates();
        int[] adRows = new int[candidates.size() * ad.length];
        boolean[] clicked = new boolean[candidates.size()];
        boolean[] sampled = new boolean[candidates.size()];
        for (int n = 0; n < candidates.size(); n++) {
            LabeledCandidate c = candidates.get(n);
            encode(c.getFields(), config.adFields(), ad, adRows, n * ad.length);
            clicked[n] = c.getClicked();
            sampled[n] = c.getSampled();
        }
        return new EncodedExample(
                userRows,
                contextRows,
                behaviorRows,
                adRows,
                clicked,
                sampled,
                e.getNegativeRate() == null ? 0 : EncodedExample.offset(e.getNegativeRate()),
                importance(candidates),
                weights(candidates));
    }

    private static float[] importance(List<LabeledCandidate> candidates) {
        if (candidates.stream().allMatch(c -> c.getSamplingRate() == null)) {
            return null;
        }
        float[] importance = new float[candidates.size()];
        for (int n = 0; n < importance.length; n++) {
            Double rate = candidates.get(n).getSamplingRate();
            importance[n] = rate == null ? 1 : (float) (1 / rate);
        }
        return importance;
    }

    private static float[] weights(List<LabeledCandidate> candidates) {
        if (candidates.stream().allMatch(c -> c.getWeight() == null)) {
            return null;
        }
        float[] weights = new float[candidates.size()];
        for (int n = 0; n < weights.length; n++) {
            Double weight = candidates.get(n).getWeight();
            weights[n] = weight == null ? 1 : (float) (double) weight;
        }
        return weights;
    }

    /** The rows of an ad's fields, [ad fields]. */
    public int[] ad(Map<String, String> fields) {
        int[] rows = new int[ad.length];
        encode(fields, config.adFields(), ad, rows, 0);
        return rows;
    }

    /** The rows of the same ad as a behavior, [behavior fields]. */
    public int[] behavior(Map<String, String> fields) {
        int[] rows = new int[behavior.length];
        encode(fields, config.behaviorFields(), behavior, rows, 0);
        return rows;
    }

    private static void encode(
            Map<String, String> values,
            List<ModelConfig.Field> fields,
            IdEncoding[] encodings,
            int[] rows,
            int offset) {
        for (int f = 0; f < encodings.length; f++) {
            rows[offset + f] = encodings[f].row(values.get(fields.get(f).name()));
        }
    }
}
