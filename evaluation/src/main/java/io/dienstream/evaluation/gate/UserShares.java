package io.dienstream.evaluation.gate;

import java.util.Locale;
import org.apache.commons.math3.special.Erf;

/**
 * How many users either version had, in one window: over several windows the same users come again,
 * and numbers of them are no independent draws.
 *
 * @param live users
 * @param candidate users
 * @param expected share of the candidate by the plan, in (0, 1)
 */
public record UserShares(long live, long candidate, double expected) {
    /** Below that the statistic is not what its distribution says (Cochran 1954). */
    private static final double LEAST_EXPECTED = 5;

    /** Probability of shares as unequal as these, or more, if users were drawn by the plan. */
    public double probability() {
        double users = live + candidate;
        double ofCandidate = users * expected;
        double ofLive = users - ofCandidate;
        double off = candidate - ofCandidate;
        double statistic = off * off / ofCandidate + off * off / ofLive;
        return Erf.erfc(Math.sqrt(statistic / 2));
    }

    /** Why there can be no verdict, or null. */
    String refusal(GateRules rules) {
        double users = live + candidate;
        if (users * Math.min(expected, 1 - expected) < LEAST_EXPECTED) {
            return "%d users in the largest window: too few to know the shares"
                    .formatted(live + candidate);
        }
        double probability = probability();
        return probability < rules.usersProbability()
                ? String.format(
                        Locale.ROOT,
                        "users are not split as planned: %d and %d where %.2f%% were to be the"
                                + " candidate's (p = %.1e)",
                        live,
                        candidate,
                        100 * expected,
                        probability)
                : null;
    }
}
