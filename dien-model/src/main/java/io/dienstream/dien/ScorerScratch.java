package io.dienstream.dien;

import io.dienstream.dien.kernel.Facts;
import io.dienstream.dien.kernel.Kernels;
import io.dienstream.dien.kernel.Tile;
import io.dienstream.dien.layer.Attention;
import io.dienstream.dien.layer.InterestEvolution;
import io.dienstream.dien.layer.Mlp;
import io.dienstream.dien.model.ModelConfig;
import java.util.Arrays;

/**
 * All that scoring writes to, allocated once a thread; the only mutable part of scoring. Also
 * carries the results of the last {@link Scorer#score}. Not thread safe.
 */
public final class ScorerScratch {
    final InterestEvolution.Scratch evolution;
    final Attention.Scratch attention;
    final Mlp.Scratch mlp;

    /** x_t, [L, D_b]. */
    final Facts embedded;

    /** p, [stride of D_b]. */
    final float[] pooled;

    /** user | p | context, [D_u + D_b + D_c]. */
    final float[] requestInput;

    /** h_t, [L, H]. */
    final Facts states;

    /** W h_t, of {@link InterestEvolution#project}; null without. */
    final float[] projections;

    /** g_t of gru_attention, [L, H]. */
    final Facts evolved;

    /** What attention looks at: one of those above. */
    Facts facts;

    /** e of one ad, [D_a]. */
    final float[] ad;

    /** e, D_a features. */
    final float[] ads;

    /** e * p, D_a features. */
    final float[] product;

    /** a_t, T features. */
    final float[] weights;

    /** Interest width features. */
    final float[] interest;

    /** e | e * p | interest, candidate width features. */
    final float[] input;

    /** One feature. */
    final float[] tileLogits;

    /** Which candidates the numbers below are of. */
    final DistinctCandidates distinct = new DistinctCandidates();

    float attentionTail;
    float[] logits = new float[0];
    float[] pctrs = new float[0];

    private float[] keptAttention;
    private boolean keepAttention;
    private int steps;

    ScorerScratch(
            ModelConfig c,
            Kernels kernels,
            InterestEvolution evolution,
            Attention attention,
            Mlp mlp) {
        int max = c.maxLength();
        int tile = kernels.largestTile();
        this.evolution = evolution == null ? null : evolution.newScratch(max);
        this.attention = attention == null ? null : attention.newScratch(max);
        this.mlp = mlp.newScratch();
        embedded = new Facts(max, c.behaviorWidth(), kernels);
        pooled = new float[kernels.stride(c.behaviorWidth())];
        requestInput = new float[c.userWidth() + c.behaviorWidth() + c.contextWidth()];
        states = new Facts(max, c.hidden(), kernels);
        projections = evolution == null ? null : new float[evolution.projectionsOf(max)];
        evolved = new Facts(max, c.hidden(), kernels);
        ad = new float[c.adWidth()];
        ads = new float[kernels.stride(c.adWidth()) * tile];
        product = new float[kernels.stride(c.adWidth()) * tile];
        weights = new float[kernels.stride(max) * tile];
        interest = new float[kernels.stride(c.interestWidth()) * tile];
        input = new float[kernels.stride(mlp.candidateWidth()) * tile];
        tileLogits = new float[kernels.stride(1) * tile];
    }

    /** Copies h_t, [T, H], to rows padded by zeros. */
    void keepStates(float[] from, int t, int hidden) {
        for (int i = 0; i < t; i++) {
            System.arraycopy(from, i * hidden, states.rows, i * states.stride, hidden);
        }
    }

    /** Asks the following scorings to keep their attention weights for {@link #attention}. */
    public void setKeepAttention(boolean keep) {
        keepAttention = keep;
    }

    /**
     * Lets the following scorings leave out evolution steps to which a candidate gives at most
     * {@code tail} of its attention in all; 0, the default, is exact. Only gates that the attention
     * multiplies (agru, and augru and dien with the paper's gate) have such steps.
     *
     * @throws IllegalArgumentException unless it is in [0, 1)
     */
    public void setAttentionTail(double tail) {
        if (!(tail >= 0 && tail < 1)) {
            throw new IllegalArgumentException("attention tail=" + tail + " is not in [0, 1)");
        }
        attentionTail = (float) tail;
    }

    /** Evolution steps of tiles that were left out since the scratch was made. */
    public long skippedSteps() {
        return evolution == null ? 0 : evolution.skippedSteps();
    }

    /** The logit of candidate {@code n}. */
    public float logit(int n) {
        return logits[distinct.of(n)];
    }

    /** The predicted click probability of candidate {@code n}. */
    public float pctr(int n) {
        return pctrs[distinct.of(n)];
    }

    /** a_t of candidate {@code n}, [T]; needs {@link #setKeepAttention}. */
    public float[] attention(int n) {
        int at = distinct.of(n) * steps;
        return Arrays.copyOfRange(keptAttention, at, at + steps);
    }

    void begin(EncodedRequest request, int t) {
        int candidates = request.candidates();
        distinct.find(request);
        steps = t;
        embedded.setSteps(t);
        states.setSteps(t);
        evolved.setSteps(t);
        if (logits.length < candidates) {
            logits = new float[candidates];
            pctrs = new float[candidates];
        }
        if (keepAttention) {
            keptAttention = new float[candidates * t];
        }
    }

    void keepAttention(int from, int real, Tile tile, int stride) {
        if (!keepAttention) {
            return;
        }
        for (int n = 0; n < real; n++) {
            for (int t = 0; t < steps; t++) {
                keptAttention[(from + n) * steps + t] = weights[tile.at(t, n, stride)];
            }
        }
    }
}
