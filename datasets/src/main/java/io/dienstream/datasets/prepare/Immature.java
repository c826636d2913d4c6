package io.dienstream.datasets.prepare;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;

/**
 * What labels count that are younger than the wait for corrections: clicks on them may still come.
 *
 * @param weighting by which formula
 * @param correctionWaitMs W2 of the learning job, ms; null for what the files tell, else a day
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record Immature(
        Weighting weighting, @JsonProperty("correction_wait_ms") Long correctionWaitMs) {
    private static final long DAY_MS = 86_400_000;

    /** They count as they are. */
    public static final Immature AS_IT_IS = new Immature(Weighting.NONE, null);

    /** The formulas. */
    public enum Weighting {
        /** Each label counts 1. */
        @JsonProperty("none")
        NONE,
        /** Importance weights for a shift by feedback that is yet to come, arXiv 2002.02068. */
        @JsonProperty("fsiw")
        FSIW
    }

    /**
     * @throws IllegalArgumentException naming what is impossible
     */
    public Immature {
        if (correctionWaitMs != null && correctionWaitMs <= 0) {
            throw new IllegalArgumentException("the wait for corrections must be positive");
        }
    }

    /** The same with the wait that holds: as given, else as {@code told}, else a day. */
    public Immature known(Long told) {
        if (correctionWaitMs != null) {
            return this;
        }
        return new Immature(weighting, told == null ? (Long) DAY_MS : told);
    }

    /** Whether labels have weights. */
    public boolean hasWeights() {
        return weighting == Weighting.FSIW;
    }
}
