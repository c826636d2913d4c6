package io.dienstream.dien.model;

/** How a fact is compared with an ad; formulas in {@code io.dienstream.dien.layer}. */
public enum AttentionType {
    BILINEAR,
    MLP
}
