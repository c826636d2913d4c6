package io.dienstream.dien.model;

/** The activation of the MLP's hidden layers. */
public enum Activation {
    DICE,
    PRELU
}
