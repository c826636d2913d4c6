package io.dienstream.dien.model;

/**
 * The two AUGRU update gates in circulation. They are different functions, not a change of sign.
 */
public enum GateForm {
    /** a_t * u: weight 0 freezes the state, weight 1 is a plain GRU step. */
    PAPER,
    /** 1 - (1 - a_t)(1 - u), the authors' published code: weight 0 is a plain GRU step. */
    OFFICIAL
}
