package io.dienstream.dien.kernel;

/** What the attention weight a_t does to one recurrent step. */
public enum Gate {
    /** Nothing: a plain GRU step. */
    PLAIN,
    /** AIGRU: the input is a_t * y_t. */
    SCALED_INPUT,
    /** AGRU: the update gate is the scalar a_t. */
    REPLACED,
    /** AUGRU as the paper prints it: the update gate is a_t * u. */
    PAPER,
    /** AUGRU as the authors published it: the update gate is 1 - (1 - a_t)(1 - u). */
    OFFICIAL
}
