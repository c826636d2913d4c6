package io.dienstream.dien.kernel;

/**
 * What the attention weight a_t does to one recurrent step. Its update gate is base * a + (constant
 * + factor * a) * u.
 */
public enum Gate {
    /** Nothing: a plain GRU step. */
    PLAIN(0, 1, 0),
    /** AIGRU: the input is a_t * y_t. */
    SCALED_INPUT(0, 1, 0),
    /** AGRU: the update gate is the scalar a_t. */
    REPLACED(1, 0, 0),
    /** AUGRU as the paper prints it: the update gate is a_t * u. */
    PAPER(0, 0, 1),
    /** AUGRU as the authors published it: the update gate is 1 - (1 - a_t)(1 - u). */
    OFFICIAL(1, 1, -1);

    /** The update gate's part that is a_t alone. */
    public final float base;

    /** What u is multiplied by, whatever a_t is. */
    public final float constant;

    /** What u is multiplied by, times a_t. */
    public final float factor;

    Gate(float base, float constant, float factor) {
        this.base = base;
        this.constant = constant;
        this.factor = factor;
    }
}
