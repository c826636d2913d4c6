package io.dienstream.train.network;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.SparseFormat;
import io.dienstream.dien.model.Architecture;
import io.dienstream.dien.model.ModelConfig;
import io.dienstream.train.batch.Batch;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The forward pass of all nine architectures over a batch, as MODEL_FORMAT.md writes it, on the
 * engine that keeps the gradients. B examples over U histories, T steps; letters as in {@link
 * ModelConfig}. Not thread safe.
 */
public final class Network {
    private final ModelConfig config;
    private final Architecture architecture;
    private final Parameters p;
    private final Attention attention;
    private final Mlp mlp;
    private final Gru extractor;
    private final AuxiliaryLoss auxiliaryLoss;
    private final Inputs.Staging staging = new Inputs.Staging();
    private final boolean everyRow;

    /**
     * @param logits [B]
     * @param labels [B]
     * @param offsets [B], what is added to the logits before the loss; null for nothing
     * @param weights [B], of the loss; null where all are 1
     * @param auxiliary scalar, or null where the batch has no negative behaviors
     * @param rows what was taken out of each embedding's table
     */
    public record Output(
            NDArray logits,
            NDArray labels,
            NDArray offsets,
            NDArray weights,
            NDArray auxiliary,
            List<BatchRows> rows) {}

    /**
     * @param auxiliaryNetwork whether the auxiliary loss has a network of its own
     */
    public Network(ModelConfig config, Parameters parameters, boolean auxiliaryNetwork) {
        this(config, parameters, auxiliaryNetwork, false);
    }

    /**
     * @param everyRow whether every batch takes all rows out of the tables, needed or not: the same
     *     answers and gradients at a price that grows with the tables, to compare with
     */
    public Network(
            ModelConfig config, Parameters parameters, boolean auxiliaryNetwork, boolean everyRow) {
        this.everyRow = everyRow;
        this.config = config;
        this.p = parameters;
        architecture = config.architecture();
        attention = architecture.hasAttention() ? new Attention(p, config) : null;
        mlp = new Mlp(p, config.mlp());
        extractor =
                architecture.hasInterestStates() ? new Gru(p, "extractor", config.hidden()) : null;
        auxiliaryLoss = new AuxiliaryLoss(p, auxiliaryNetwork);
    }

    /**
     * @param step owns all that is computed; the parameters must have been lent to it
     * @param training whether norms use the batch's statistics, and rows are to change
     */
    public Output forward(Batch batch, NDManager step, boolean training) {
        Lookup lookup = new Lookup(batch, config, p, everyRow);
        Inputs in = new Inputs(batch, lookup, floats(lookup), step, staging);
        Map<String, NDArray> tables = new HashMap<>();
        List<BatchRows> rows = take(lookup, step, training);
        rows.forEach(r -> tables.put(r.embedding(), r.values()));
        NDArray ad = embed(in.ads, config.adFields(), tables);
        NDArray mask = in.mask.expandDims(2);
        NDArray behaviors = embed(in.behaviors, config.behaviorFields(), tables).mul(mask);
        NDArray pooled = in.toExamples(behaviors.sum(new int[] {1}));
        NDArray product = architecture.multipliesPooled() ? ad.mul(pooled) : null;
        NDArray states = extractor == null ? null : extractor.states(behaviors, training);
        NDList parts = new NDList();
        addEmbedded(in.user, config.userFields(), tables, parts);
        parts.add(ad);
        parts.add(pooled);
        if (architecture.hasProductInput()) {
            parts.add(product);
        }
        if (attention != null) {
            parts.add(interest(behaviors, states, ad, in, training));
        }
        addEmbedded(in.context, config.contextFields(), tables, parts);
        NDArray logits = mlp.logits(NDArrays.concat(parts, 1), training);
        if (architecture == Architecture.WIDE_DEEP) {
            NDArray wide = NDArrays.concat(new NDList(ad, pooled, product), 1);
            logits =
                    logits.add(wide.matMul(p.get("wide.weight").transpose()).squeeze(1))
                            .add(p.get("wide.bias"));
        }
        NDArray auxiliary = null;
        if (in.negatives != null && states != null) {
            NDArray drawn = embed(in.negatives, config.behaviorFields(), tables);
            auxiliary = auxiliaryLoss.of(states, behaviors, drawn, in.mask);
        }
        return new Output(logits, in.labels, in.offsets, in.weights, auxiliary, rows);
    }

    private NDArray interest(
            NDArray behaviors, NDArray states, NDArray ad, Inputs in, boolean training) {
        int hidden = config.hidden();
        NDArray mask = in.toExamples(in.mask);
        NDArray last = in.toExamples(in.last);
        return switch (architecture) {
            case DIN -> {
                NDArray facts = in.toExamples(behaviors);
                yield pool(facts, attention.weights(facts, ad, mask));
            }
            case GRU_ATTENTION -> {
                NDArray evolved = new Gru(p, "evolution", hidden).states(states, training);
                NDArray facts = in.toExamples(evolved);
                yield pool(facts, attention.weights(facts, ad, mask));
            }
            case AIGRU -> {
                NDArray facts = in.toExamples(states);
                NDArray weights = attention.weights(facts, ad, mask);
                NDArray weighted = facts.mul(weights.expandDims(2));
                yield pool(new Gru(p, "evolution", hidden).states(weighted, training), last);
            }
            default -> {
                NDArray facts = in.toExamples(states);
                NDArray weights = attention.weights(facts, ad, mask);
                Augru augru = new Augru(p, hidden, architecture, config.gate());
                yield augru.evolve(in.toExamples(augru.project(states)), weights, last);
            }
        };
    }

    /** sum over t of a_t f_t: [B, T, F], [B, T] to [B, F]. */
    private static NDArray pool(NDArray facts, NDArray weights) {
        return weights.expandDims(1).batchMatMul(facts).squeeze(1);
    }

    private long floats(Lookup lookup) {
        long floats = 0;
        for (Map.Entry<String, DistinctRows> e : lookup.distinct().entrySet()) {
            floats += (long) e.getValue().count() * p.table(e.getKey()).width();
        }
        return floats;
    }

    /** Takes what the batch needs out of the tables. */
    private List<BatchRows> take(Lookup lookup, NDManager step, boolean training) {
        List<BatchRows> taken = new ArrayList<>();
        lookup.distinct()
                .forEach(
                        (embedding, distinct) -> {
                            RowTable table = p.table(embedding);
                            NDArray values = Inputs.rows(table, distinct, training, step, staging);
                            values.setRequiresGradient(training);
                            taken.add(
                                    new BatchRows(
                                            embedding, distinct.rows(), distinct.count(), values));
                        });
        return taken;
    }

    private static void addEmbedded(
            NDArray[] rows,
            List<ModelConfig.Field> fields,
            Map<String, NDArray> tables,
            NDList parts) {
        if (rows.length > 0) {
            parts.add(embed(rows, fields, tables));
        }
    }

    /** The fields' embeddings side by side: places [..] each to [.., width]. */
    private static NDArray embed(
            NDArray[] rows, List<ModelConfig.Field> fields, Map<String, NDArray> tables) {
        List<NDArray> columns = new ArrayList<>();
        for (int f = 0; f < rows.length; f++) {
            NDArray table = tables.get(fields.get(f).embedding());
            columns.add(
                    rows[f].getNDArrayInternal()
                            .embedding(rows[f], table, SparseFormat.DENSE)
                            .singletonOrThrow());
        }
        int axis = rows[0].getShape().dimension();
        return columns.size() == 1 ? columns.get(0) : NDArrays.concat(new NDList(columns), axis);
    }
}
