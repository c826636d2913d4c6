package io.dienstream.dien;

import io.dienstream.dien.history.HistoryModel;
import io.dienstream.dien.history.InterestHistory;
import io.dienstream.dien.kernel.Kernels;
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
 * threads; each thread brings a {@link ScorerScratch}. Candidates are worked on in blocks, one lane
 * each; the equations are in the package comment.
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
        return new ScorerScratch(model.config(), evolution, attention, mlp);
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
        if (history.hidden() != model.config().hidden() && architecture.hasInterestStates()) {
            throw new IllegalArgumentException(
                    "history hidden=" + history.hidden() + " model=" + model.config().hidden());
        }
        s.begin(request.candidates(), prefix);
        prepareRequest(history, prefix, request, s);
        for (int from = 0; from < request.candidates(); from += ScorerScratch.MAX_LANES) {
            int lanes = Math.min(ScorerScratch.MAX_LANES, request.candidates() - from);
            scoreBlock(request, from, lanes, prefix, s);
        }
    }

    /** Everything that is the same for all candidates. */
    private void prepareRequest(
            InterestHistory history, int steps, EncodedRequest request, ScorerScratch s) {
        pool(history, steps, s);
        userEmbedding.lookup(request.user, 0, s.requestInput, 0);
        System.arraycopy(s.pooled, 0, s.requestInput, userEmbedding.width(), s.pooled.length);
        contextEmbedding.lookup(
                request.context, 0, s.requestInput, userEmbedding.width() + s.pooled.length);
        mlp.prepare(s.requestInput, s.mlp);
        if (evolution != null) {
            evolution.project(history.states(), steps, s.projections);
        }
        if (attention != null) {
            s.facts = facts(history, steps, s);
            attention.prepare(s.facts, steps, s.attention);
        }
    }

    /** p = sum over t of x_t; DIN keeps the x_t as its facts. */
    private void pool(InterestHistory history, int steps, ScorerScratch s) {
        int width = behaviorEmbedding.width();
        Arrays.fill(s.pooled, 0);
        for (int t = 0; t < steps; t++) {
            behaviorEmbedding.lookup(
                    history.rows(), t * behaviorEmbedding.fields(), s.embedded, t * width);
            for (int d = 0; d < width; d++) {
                s.pooled[d] += s.embedded[t * width + d];
            }
        }
    }

    private float[] facts(InterestHistory history, int steps, ScorerScratch s) {
        if (architecture == Architecture.DIN) {
            return s.embedded;
        }
        if (architecture == Architecture.GRU_ATTENTION) {
            evolution.run(s.projections, steps, s.evolved, s.evolution);
            return s.evolved;
        }
        return history.states();
    }

    private void scoreBlock(
            EncodedRequest request, int from, int lanes, int steps, ScorerScratch s) {
        int ad = adEmbedding.width();
        embedAds(request, from, lanes, s);
        System.arraycopy(s.ads, 0, s.input, 0, ad * lanes);
        int filled = ad * lanes;
        if (architecture.multipliesPooled()) {
            kernels.scaleRows(s.ads, s.pooled, 0, ad, lanes, s.product);
        }
        if (architecture.hasProductInput()) {
            System.arraycopy(s.product, 0, s.input, filled, ad * lanes);
            filled += ad * lanes;
        }
        if (attention != null) {
            interest(steps, lanes, s);
            int width = model.config().interestWidth();
            System.arraycopy(s.interest, 0, s.input, filled, width * lanes);
            s.keepAttention(from, lanes, steps);
        }
        mlp.logits(s.input, lanes, s.logits, from, s.mlp);
        if (model.weights().wide() != null) {
            addWide(from, lanes, s);
        }
        for (int l = from; l < from + lanes; l++) {
            s.pctrs[l] = (float) (1 / (1 + Math.exp(-s.logits[l])));
        }
    }

    /** e of each candidate, transposed to [D_a, lanes]. */
    private void embedAds(EncodedRequest request, int from, int lanes, ScorerScratch s) {
        int width = adEmbedding.width();
        for (int l = 0; l < lanes; l++) {
            adEmbedding.lookup(request.ads, (from + l) * adEmbedding.fields(), s.ad, 0);
            for (int d = 0; d < width; d++) {
                s.ads[d * lanes + l] = s.ad[d];
            }
        }
    }

    private void interest(int steps, int lanes, ScorerScratch s) {
        if (steps == 0) {
            Arrays.fill(s.interest, 0);
            return;
        }
        attention.weights(s.facts, steps, s.ads, lanes, s.weights, s.attention);
        if (architecture == Architecture.DIN || architecture == Architecture.GRU_ATTENTION) {
            int width = model.config().factWidth();
            kernels.weightedSum(s.facts, steps, width, s.weights, lanes, s.interest);
        } else {
            evolution.evolve(s.projections, steps, s.weights, lanes, s.interest, s.evolution);
        }
    }

    /** wide_deep: logit += w [e, p, e * p] + b. */
    private void addWide(int from, int lanes, ScorerScratch s) {
        Weights.Dense wide = model.weights().wide();
        float[] w = wide.weight().data();
        int ad = adEmbedding.width();
        float request = wide.bias()[0];
        for (int d = 0; d < ad; d++) {
            request += w[ad + d] * s.pooled[d];
        }
        for (int l = 0; l < lanes; l++) {
            float sum = request;
            for (int d = 0; d < ad; d++) {
                sum += w[d] * s.ads[d * lanes + l] + w[2 * ad + d] * s.product[d * lanes + l];
            }
            s.logits[from + l] += sum;
        }
    }
}
