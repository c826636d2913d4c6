package io.dienstream.chaos;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.List;

/**
 * What the learning job gave, beside what was reported to it.
 *
 * @param shown ads that were shown, by an impression or by a click alone
 * @param labels of them that are right
 * @param clicked of these with a click
 * @param corrected labels that a late click has corrected, rightly
 * @param repeated labels and corrections that stand again, as they may at least once
 * @param lost ads without a label, late clicks without a correction
 * @param doubled labels and corrections that stand more often than they may
 * @param wrong labels and corrections that say something else
 * @param unasked labels, corrections and dead letters that nothing has asked for
 * @param findings some of what is wrong, in words
 */
public record LabelVerdict(
        long shown,
        long labels,
        long clicked,
        long corrected,
        long repeated,
        long lost,
        long doubled,
        long wrong,
        long unasked,
        List<String> findings) {

    /** Whether every ad that was shown has its label once, and every late click its correction. */
    @JsonProperty("ok")
    public boolean ok() {
        return shown == labels && labels > 0 && lost + doubled + wrong + unasked == 0;
    }

    String text() {
        return ("learning: %,d ads shown, %,d labels right, %,d of them with a click, %,d corrected;"
                        + " %,d lost, %,d doubled, %,d wrong, %,d unasked, %,d repeated")
                .formatted(
                        shown, labels, clicked, corrected, lost, doubled, wrong, unasked, repeated);
    }
}
