package io.dienstream.datasets.prepare;

import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/**
 * How examples with a time become a data set.
 *
 * @param validationShare of the requests, before the test
 * @param testShare of the requests, the newest
 * @param maxLength L of the retention rule that cut the histories
 * @param minCount ids seen less often in training are unknown to the vocabulary
 * @param seed of the training files' draw
 * @param since examples that were shown at this time, ms, or before are left out; null: none is
 * @param immature what young labels count
 */
public record TimeOrderedSettings(
        double validationShare,
        double testShare,
        int maxLength,
        int minCount,
        long seed,
        Long since,
        Immature immature) {

    /**
     * @throws IllegalArgumentException naming what is impossible
     */
    public TimeOrderedSettings {
        // manifests of before there was a choice have none
        immature = immature == null ? Immature.AS_IT_IS : immature;
        check(validationShare >= 0 && testShare >= 0, "shares must not be negative");
        check(validationShare + testShare <= 1, "the shares are more than all there is");
        check(maxLength >= 1, "maxLength must be at least 1");
        check(minCount >= 1, "minCount must be at least 1");
    }

    /** The same with another L. */
    public TimeOrderedSettings withMaxLength(int length) {
        return new TimeOrderedSettings(
                validationShare, testShare, length, minCount, seed, since, immature);
    }

    /** The same with another word on young labels. */
    public TimeOrderedSettings withImmature(Immature other) {
        return new TimeOrderedSettings(
                validationShare, testShare, maxLength, minCount, seed, since, other);
    }

    /** Of all examples, however old. */
    public TimeOrderedSettings(
            double validationShare, double testShare, int maxLength, int minCount, long seed) {
        this(validationShare, testShare, maxLength, minCount, seed, null, null);
    }

    private static void check(boolean good, String message) {
        if (!good) {
            throw new IllegalArgumentException(message);
        }
    }

    /** For the manifest. */
    Map<String, String> describe() {
        Map<String, String> settings = new LinkedHashMap<>();
        settings.put("split", "time");
        settings.put("test_share", Double.toString(testShare));
        settings.put("validation_share", Double.toString(validationShare));
        settings.put("min_count", Integer.toString(minCount));
        settings.put("seed", Long.toString(seed));
        if (since != null) {
            settings.put("since", Long.toString(since));
        }
        if (immature.hasWeights()) {
            settings.put("immature", immature.weighting().name().toLowerCase(Locale.ROOT));
            settings.put("correction_wait_ms", String.valueOf(immature.correctionWaitMs()));
        }
        return settings;
    }
}
