package io.dienstream.dien.model;

import java.util.List;
import java.util.Map;

/**
 * {@code model.json}, immutable. Letters as in MODEL_FORMAT.md: D_b, D_a, D_u, D_c are the widths
 * of the concatenated behavior, ad, user and context fields, H the hidden size.
 *
 * @param name of the model
 * @param version what states and answers are stamped with
 * @param embeddings by name, in file order
 * @param behaviorFields fields of a behavior, in concatenation order
 * @param adFields fields of a candidate
 * @param userFields fields of the user
 * @param contextFields fields of the context
 * @param maxLength most behaviors retained, at least 1
 * @param hidden H; 0 where the architecture has no GRU
 * @param attention null where the architecture has none
 * @param gate of AUGRU
 * @param mlp sizes of the MLP
 * @param logitOffset added to every logit before the sigmoid; finite
 */
public record ModelConfig(
        String name,
        String version,
        Architecture architecture,
        Map<String, EmbeddingConfig> embeddings,
        List<Field> behaviorFields,
        List<Field> adFields,
        List<Field> userFields,
        List<Field> contextFields,
        int maxLength,
        int hidden,
        AttentionType attention,
        GateForm gate,
        Mlp mlp,
        double logitOffset) {

    /** Most that an offset may be, in either direction: a probability of 10^-43. */
    public static final double MOST_OFFSET = 100;

    /** Without an offset. */
    public ModelConfig(
            String name,
            String version,
            Architecture architecture,
            Map<String, EmbeddingConfig> embeddings,
            List<Field> behaviorFields,
            List<Field> adFields,
            List<Field> userFields,
            List<Field> contextFields,
            int maxLength,
            int hidden,
            AttentionType attention,
            GateForm gate,
            Mlp mlp) {
        this(
                name,
                version,
                architecture,
                embeddings,
                behaviorFields,
                adFields,
                userFields,
                contextFields,
                maxLength,
                hidden,
                attention,
                gate,
                mlp,
                0);
    }

    /** Behaviors that a model may retain. */
    public static final int MOST_BEHAVIORS = 1 << 16;

    /** Units that any width may have. */
    public static final int MOST_UNITS = 1 << 16;

    /** Layers that the MLP may have. */
    public static final int MOST_LAYERS = 100;

    /** Hidden units of the first layer of the {@code mlp} attention. */
    public static final int ATTENTION_HIDDEN_1 = 80;

    /** Hidden units of the second layer of the {@code mlp} attention. */
    public static final int ATTENTION_HIDDEN_2 = 40;

    /**
     * @param rows embedding rows, row 0 included
     * @param dim columns
     * @param encoding how ids become rows
     */
    public record EmbeddingConfig(int rows, int dim, Encoding encoding) {}

    /**
     * @param vocabularyFile path inside the artifact, or null for the hash encoding
     */
    public record Encoding(String vocabularyFile) {
        public boolean isHash() {
            return vocabularyFile == null;
        }
    }

    /** A raw field and the embedding it is looked up in. */
    public record Field(String name, String embedding) {}

    /**
     * @param hidden widths of the hidden layers
     * @param activation of each hidden layer
     * @param normEpsilon added to the variance of the input's batch norm
     * @param diceEpsilon added to the variance inside Dice
     */
    public record Mlp(
            List<Integer> hidden, Activation activation, double normEpsilon, double diceEpsilon) {}

    /** D_b. */
    public int behaviorWidth() {
        return width(behaviorFields);
    }

    /** D_a. */
    public int adWidth() {
        return width(adFields);
    }

    /** D_u. */
    public int userWidth() {
        return width(userFields);
    }

    /** D_c. */
    public int contextWidth() {
        return width(contextFields);
    }

    /**
     * F, the width of the facts that attention looks at: x_t for DIN, h_t or g_t for the others.
     */
    public int factWidth() {
        return architecture == Architecture.DIN ? behaviorWidth() : hidden;
    }

    /** Width of the interest vector in the MLP's input: D_b for DIN, H for GRU kinds, else 0. */
    public int interestWidth() {
        return architecture.hasAttention() ? factWidth() : 0;
    }

    /** n, the width of the MLP's input: user | e | p | e * p | interest | context. */
    public int mlpInputWidth() {
        int product = architecture.hasProductInput() ? adWidth() : 0;
        return userWidth()
                + adWidth()
                + behaviorWidth()
                + product
                + interestWidth()
                + contextWidth();
    }

    private int width(List<Field> fields) {
        return fields.stream().mapToInt(f -> embeddings.get(f.embedding()).dim()).sum();
    }
}
