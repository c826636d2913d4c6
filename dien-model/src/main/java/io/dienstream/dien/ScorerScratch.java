package io.dienstream.dien;

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
    /** Candidates worked on together. */
    static final int MAX_LANES = 32;

    final InterestEvolution.Scratch evolution;
    final Attention.Scratch attention;
    final Mlp.Scratch mlp;

    /** x_t, [L, D_b]. */
    final float[] embedded;

    /** p, [D_b]. */
    final float[] pooled;

    /** user | p | context, [D_u + D_b + D_c]. */
    final float[] requestInput;

    /** W h_t, [L, 3H]. */
    final float[] projections;

    /** g_t of gru_attention, [L, H]. */
    final float[] evolved;

    /** What attention looks at, [T, F]: one of the arrays above, or the history's states. */
    float[] facts;

    /** e of one ad, [D_a]. */
    final float[] ad;

    /** e, [D_a, lanes]. */
    final float[] ads;

    /** e * p, [D_a, lanes]. */
    final float[] product;

    /** a_t, [L, lanes]. */
    final float[] weights;

    /** [interest width, lanes]. */
    final float[] interest;

    /** e | e * p | interest, [candidate width, lanes]. */
    final float[] input;

    float[] logits = new float[MAX_LANES];
    float[] pctrs = new float[MAX_LANES];

    private float[] keptAttention;
    private boolean keepAttention;
    private int steps;

    ScorerScratch(ModelConfig c, InterestEvolution evolution, Attention attention, Mlp mlp) {
        int max = c.maxLength();
        this.evolution = evolution == null ? null : evolution.newScratch(MAX_LANES);
        this.attention = attention == null ? null : attention.newScratch(max, MAX_LANES);
        this.mlp = mlp.newScratch(MAX_LANES);
        embedded = new float[max * c.behaviorWidth()];
        pooled = new float[c.behaviorWidth()];
        requestInput = new float[c.userWidth() + c.behaviorWidth() + c.contextWidth()];
        projections = new float[max * 3 * c.hidden()];
        evolved = new float[max * c.hidden()];
        ad = new float[c.adWidth()];
        ads = new float[c.adWidth() * MAX_LANES];
        product = new float[c.adWidth() * MAX_LANES];
        weights = new float[max * MAX_LANES];
        interest = new float[c.interestWidth() * MAX_LANES];
        input = new float[mlp.candidateWidth() * MAX_LANES];
    }

    /** Asks the following scorings to keep their attention weights for {@link #attention}. */
    public void setKeepAttention(boolean keep) {
        keepAttention = keep;
    }

    /** The logit of candidate {@code n}. */
    public float logit(int n) {
        return logits[n];
    }

    /** The predicted click probability of candidate {@code n}. */
    public float pctr(int n) {
        return pctrs[n];
    }

    /** a_t of candidate {@code n}, [T]; needs {@link #setKeepAttention}. */
    public float[] attention(int n) {
        return Arrays.copyOfRange(keptAttention, n * steps, (n + 1) * steps);
    }

    void begin(int candidates, int t) {
        steps = t;
        if (logits.length < candidates) {
            logits = new float[candidates];
            pctrs = new float[candidates];
        }
        if (keepAttention) {
            keptAttention = new float[candidates * t];
        }
    }

    void keepAttention(int from, int lanes, int t) {
        if (!keepAttention) {
            return;
        }
        for (int l = 0; l < lanes; l++) {
            for (int i = 0; i < t; i++) {
                keptAttention[(from + l) * t + i] = weights[i * lanes + l];
            }
        }
    }
}
