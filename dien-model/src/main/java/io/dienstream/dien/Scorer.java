package io.dienstream.dien;

import io.dienstream.dien.history.HistoryModel;
import io.dienstream.dien.history.InterestHistory;
import io.dienstream.dien.kernel.Kernels;
import io.dienstream.dien.kernel.Tile;
import io.dienstream.dien.layer.Attention;
import io.dienstream.dien.layer.Embedding;
import io.dienstream.dien.layer.InterestEvolution;
import io.dienstream.dien.layer.InterestExtractor;
import io.dienstream.dien.layer.Mlp;
import io.dienstream.dien.model.Architecture;
import io.dienstream.dien.model.Model;
import io.dienstream.dien.model.ModelConfig;
import io.dienstream.dien.model.Weights;
import java.util.Arrays;

/**
 * Scores the candidates of a request against a prefix of a history. Immutable and shared by all
 * threads; each thread brings a {@link ScorerScratch}. Candidates are worked on in tiles; the
 * equations are in the package comment.
 */
public final class Scorer {
    private final Kernels kernels;
    private final Model model;
    private final Architecture architecture;
    private final HistoryModel historyModel;
    private final RequestEncoder encoder;
    private final Embedding behaviorEmbedding;
    private final Embedding adEmbedding;
    private final Embedding userEmbedding;
    private final Embedding contextEmbedding;
    private final InterestEvolution evolution;
    private final Attention attention;
    private final Mlp mlp;
    private final int interestWidth;
    private final int hidden;
    private final float logitOffset;

    public Scorer(Model model, Kernels kernels) {
        this.kernels = kernels;
        this.model = model;
        ModelConfig config = model.config();
        Weights w = model.weights();
        architecture = config.architecture();
        behaviorEmbedding = new Embedding(w.behavior());
        adEmbedding = new Embedding(w.ad());
        userEmbedding = new Embedding(w.user());
        contextEmbedding = new Embedding(w.context());
        boolean gru = architecture.hasInterestStates();
        evolution = gru ? new InterestEvolution(config, w.evolution(), kernels) : null;
        attention =
                architecture.hasAttention() ? Attention.of(config, w.attention(), kernels) : null;
        mlp = new Mlp(config, w.mlp(), kernels);
        interestWidth = config.interestWidth();
        hidden = config.hidden();
        logitOffset = (float) config.logitOffset();
        encoder = new RequestEncoder(model);
        historyModel =
                new HistoryModel(
                        model.fingerprint(),
                        config,
                        model.encodingsOf(config.behaviorFields()),
                        new InterestExtractor(behaviorEmbedding, w.extractor(), kernels));
    }

    public Model model() {
        return model;
    }

    /** How behaviors become histories under this model. */
    public HistoryModel historyModel() {
        return historyModel;
    }

    /** How requests become row ids under this model. */
    public RequestEncoder encoder() {
        return encoder;
    }

    public ScorerScratch newScratch() {
        return new ScorerScratch(model.config(), kernels, evolution, attention, mlp);
    }

    /**
     * Scores every candidate of {@code request} against the oldest {@code prefix} behaviors.
     *
     * @param history of this scorer's {@link #historyModel}
     * @param prefix T, 0 for a cold user
     * @param s results are left in {@link ScorerScratch#logit} and {@link ScorerScratch#pctr}
     * @throws IllegalArgumentException where the prefix or the history's shape does not fit
     */
    public void score(
            InterestHistory history, int prefix, EncodedRequest request, ScorerScratch s) {
        if (prefix < 0 || prefix > history.size() || prefix > model.config().maxLength()) {
            throw new IllegalArgumentException(
                    "prefix=" + prefix + " of history size=" + history.size());
        }
        if (history.hidden() != hidden && architecture.hasInterestStates()) {
            throw new IllegalArgumentException(
                    "history hidden=" + history.hidden() + " model=" + hidden);
        }
        s.begin(request, prefix);
        prepareRequest(history, prefix, request, s);
        int count = s.distinct.count();
        int from = 0;
        while (from < count) {
            Tile tile = kernels.tile(count - from);
            int real = Math.min(tile.candidates(), count - from);
            scoreTile(request, from, real, tile, prefix, s);
            from += real;
        }
    }

    /** Everything that is the same for all candidates. */
    private void prepareRequest(
            InterestHistory history, int steps, EncodedRequest request, ScorerScratch s) {
        pool(history, steps, s);
        userEmbedding.lookup(request.user, 0, s.requestInput, 0);
        int width = behaviorEmbedding.width();
        System.arraycopy(s.pooled, 0, s.requestInput, userEmbedding.width(), width);
        contextEmbedding.lookup(request.context, 0, s.requestInput, userEmbedding.width() + width);
        mlp.prepare(s.requestInput, s.mlp);
        if (architecture == Architecture.DIN) {
            s.facts = s.embedded;
        } else if (evolution != null) {
            s.keepStates(history.states(), steps, history.hidden());
            evolution.project(s.states, s.projections);
            s.facts = s.states;
        }
        if (architecture == Architecture.GRU_ATTENTION) {
            evolution.run(s.projections, s.evolved, s.evolution);
            s.facts = s.evolved;
        }
        if (attention != null) {
            attention.prepare(s.facts, s.attention);
        }
    }

    /** p = sum over t of x_t; DIN keeps the x_t as its facts. */
    private void pool(InterestHistory history, int steps, ScorerScratch s) {
        float[] embedded = s.embedded.rows;
        int width = behaviorEmbedding.width();
        Arrays.fill(s.pooled, 0);
        for (int t = 0; t < steps; t++) {
            int at = t * s.embedded.stride;
            behaviorEmbedding.lookup(history.rows(), history.row(t), embedded, at);
            for (int d = 0; d < width; d++) {
                s.pooled[d] += embedded[at + d];
            }
        }
    }

    private void scoreTile(
            EncodedRequest request, int from, int real, Tile tile, int steps, ScorerScratch s) {
        int ad = adEmbedding.width();
        int stride = kernels.stride(ad);
        int inputStride = kernels.stride(mlp.candidateWidth());
        embedAds(request, from, real, tile, s);
        tile.copy(s.ads, stride, ad, s.input, 0, inputStride);
        int filled = ad;
        if (architecture.multipliesPooled()) {
            kernels.multiply(s.ads, s.pooled, 0, ad, tile, s.product);
        }
        if (architecture.hasProductInput()) {
            tile.copy(s.product, stride, ad, s.input, filled, inputStride);
            filled += ad;
        }
        if (attention != null) {
            float[] interest = interest(steps, tile, real, s);
            tile.copy(
                    interest,
                    kernels.stride(interestWidth),
                    interestWidth,
                    s.input,
                    filled,
                    inputStride);
            s.keepAttention(from, real, tile, kernels.stride(steps));
        }
        mlp.logits(tile, s.input, s.tileLogits, s.mlp);
        for (int n = 0; n < real; n++) {
            float logit = s.tileLogits[tile.at(0, n, kernels.stride(1))];
            if (model.weights().wide() != null) {
                logit += wide(tile, n, s);
            }
            logit += logitOffset;
            s.logits[from + n] = logit;
            s.pctrs[from + n] = (float) (1 / (1 + Math.exp(-logit)));
        }
    }

    /** e of each candidate; lanes that no candidate needs repeat the last. */
    private void embedAds(EncodedRequest request, int from, int real, Tile tile, ScorerScratch s) {
        int width = adEmbedding.width();
        int stride = kernels.stride(width);
        for (int n = 0; n < tile.candidates(); n++) {
            int candidate = s.distinct.candidate(from + Math.min(n, real - 1));
            int row = candidate * adEmbedding.fields();
            if (!tile.isLanes()) {
                adEmbedding.lookup(request.ads, row, s.ads, n * stride);
                continue;
            }
            adEmbedding.lookup(request.ads, row, s.ad, 0);
            for (int d = 0; d < width; d++) {
                s.ads[tile.at(d, n, stride)] = s.ad[d];
            }
        }
    }

    private float[] interest(int steps, Tile tile, int real, ScorerScratch s) {
        if (steps == 0) {
            Arrays.fill(s.interest, 0);
            return s.interest;
        }
        attention.weights(s.facts, tile, real, s.ads, s.weights, s.attention);
        if (architecture == Architecture.DIN || architecture == Architecture.GRU_ATTENTION) {
            kernels.weightedSum(s.facts, tile, s.weights, s.interest);
            return s.interest;
        }
        return evolution.evolve(
                s.projections, steps, tile, s.weights, s.attentionTail, s.evolution);
    }

    /** wide_deep's part of a logit: w [e, p, e * p] + b. */
    private float wide(Tile tile, int n, ScorerScratch s) {
        Weights.Dense wide = model.weights().wide();
        float[] w = wide.weight().data();
        int ad = adEmbedding.width();
        int stride = kernels.stride(ad);
        float sum = wide.bias()[0];
        for (int d = 0; d < ad; d++) {
            int at = tile.at(d, n, stride);
            sum += w[d] * s.ads[at] + w[ad + d] * s.pooled[d] + w[2 * ad + d] * s.product[at];
        }
        return sum;
    }
}
