package io.dienstream.evaluation.online;

/**
 * An impression as it was scored, and what became of it.
 *
 * @param pctr what the model said, in [0, 1]
 * @param weight one over the rate at which such examples are kept; 1 where all are
 * @param worthMicros of a click (CPC, CPA) or of the impression (CPM), millionths of the currency
 * @param paidByClick whether {@code worthMicros} is due for a click, else for the impression
 * @param currency ISO 4217 code; null where there is no bid
 */
public record Outcome(
        double pctr,
        boolean clicked,
        double weight,
        double worthMicros,
        boolean paidByClick,
        String currency) {
    /**
     * @throws IllegalArgumentException where {@code pctr} is no probability, or {@code weight} not
     *     a positive number
     */
    public Outcome {
        if (!(pctr >= 0 && pctr <= 1)) {
            throw new IllegalArgumentException("pctr=" + pctr);
        }
        if (!(weight > 0) || Double.isInfinite(weight)) {
            throw new IllegalArgumentException("weight=" + weight);
        }
    }

    /** One without a bid. */
    public static Outcome of(double pctr, boolean clicked) {
        return new Outcome(pctr, clicked, 1, 0, true, null);
    }

    /** The same impression with another label. */
    public Outcome withClick(boolean isClicked) {
        return new Outcome(pctr, isClicked, weight, worthMicros, paidByClick, currency);
    }

    double revenueMicros() {
        return clicked || !paidByClick ? worthMicros : 0;
    }

    double expectedMicros() {
        return paidByClick ? worthMicros * pctr : worthMicros;
    }
}
