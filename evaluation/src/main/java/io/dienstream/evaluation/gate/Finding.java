package io.dienstream.evaluation.gate;

import java.util.Locale;

/**
 * One measure.
 *
 * @param interval what is known of it
 * @param least that it may be
 * @param most that it may be; infinite where more is only better
 */
public record Finding(Measure measure, Interval interval, double least, double most) {
    /** PASS where the whole interval is in bounds, FAIL where it is outside as a whole. */
    public Verdict verdict() {
        if (!interval.isKnown()) {
            return Verdict.INCONCLUSIVE;
        }
        if (interval.high() < least || interval.low() > most) {
            return Verdict.FAIL;
        }
        return interval.low() > least && interval.high() < most
                ? Verdict.PASS
                : Verdict.INCONCLUSIVE;
    }

    /** One line of figures. */
    public String describe() {
        String bound =
                Double.isInfinite(most)
                        ? String.format(Locale.ROOT, "above %+.4f", least)
                        : String.format(Locale.ROOT, "in %.3f to %.3f", least, most);
        return String.format(
                Locale.ROOT,
                "%s %+.5f [%+.5f, %+.5f], wanted %s: %s",
                measure.title(),
                interval.estimate(),
                interval.low(),
                interval.high(),
                bound,
                verdict());
    }
}
