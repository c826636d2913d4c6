package io.dienstream.job.learning.quality;

import java.io.Serializable;
import java.time.Duration;

/**
 * When windows begin, are told and are forgotten; all of event time, ms.
 *
 * @param window length
 * @param labelWait from an impression until its label is final
 * @param correctionWait from an impression until a click on it no longer changes anything
 */
public record QualitySettings(long window, long labelWait, long correctionWait)
        implements Serializable {
    private static final long serialVersionUID = 1;

    /** Likewise. */
    public static QualitySettings of(Duration window, Duration labelWait, Duration correctionWait) {
        return new QualitySettings(
                window.toMillis(), labelWait.toMillis(), correctionWait.toMillis());
    }

    /**
     * @throws IllegalArgumentException where a length is not above 0
     */
    public QualitySettings {
        if (window <= 0 || labelWait <= 0 || correctionWait < labelWait) {
            throw new IllegalArgumentException(
                    ("window=%d labelWait=%d correctionWait=%d: each must be above 0, and a"
                                    + " correction comes no sooner than a label")
                            .formatted(window, labelWait, correctionWait));
        }
    }

    /** Start of the window of an impression at {@code time}. */
    long start(long time) {
        return Math.floorDiv(time, window) * window;
    }

    /** The last moment at which a label of the window that begins at {@code start} is final. */
    long closes(long start) {
        return start + window + labelWait - 1;
    }

    /** The moment after which nothing more is known of that window's examples. */
    long forgets(long start) {
        return start + 2 * window + correctionWait - 1;
    }

    /** When a window that has changed after it was told is told again: after {@code watermark}. */
    long tellsAgain(long watermark) {
        return start(watermark + 1) + window - 1;
    }
}
