package io.dienstream.dien.file;

/** How fast long work goes beside which others must not be slow. */
@FunctionalInterface
public interface Pace {
    /** As fast as it can. */
    Pace FULL = () -> {};

    /** Called between two pieces of the work, each of a few milliseconds at most; may wait. */
    void rest();
}
