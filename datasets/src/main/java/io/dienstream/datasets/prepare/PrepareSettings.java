package io.dienstream.datasets.prepare;

import io.dienstream.datasets.log.LogTimes;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * How a log becomes a data set.
 *
 * @param allPositions whether every position of a training user is an example, or the last alone
 * @param byTime whether splits are by time, or by user
 * @param testShare of users, or of time's end
 * @param validationShare likewise, before the test
 * @param negatives drawn for each click
 * @param uniform whether negatives are drawn regardless of popularity
 * @param contemporary whether negatives of validation and test are drawn from their own time,
 *     whoever clicked there, rather than from what training saw
 * @param maxLength L of the retention rule
 * @param minCount ids seen less often in training are unknown to the vocabulary
 * @param maxBadLines share of lines that may be refused
 * @param seed of splits and draws
 * @param times that a log may have
 */
record PrepareSettings(
        boolean allPositions,
        boolean byTime,
        double testShare,
        double validationShare,
        int negatives,
        boolean uniform,
        boolean contemporary,
        int maxLength,
        int minCount,
        double maxBadLines,
        long seed,
        LogTimes times) {

    /** For the manifest. */
    Map<String, String> describe() {
        Map<String, String> settings = new LinkedHashMap<>();
        settings.put("positions", allPositions ? "all" : "last");
        settings.put("split", byTime ? "time" : "user");
        settings.put("test_share", Double.toString(testShare));
        settings.put("validation_share", Double.toString(validationShare));
        settings.put("negatives", negatives + (uniform ? " uniform" : " by popularity"));
        if (contemporary) {
            settings.put("test_negatives", "contemporary");
        }
        settings.put("min_count", Integer.toString(minCount));
        settings.put("seed", Long.toString(seed));
        return settings;
    }
}
