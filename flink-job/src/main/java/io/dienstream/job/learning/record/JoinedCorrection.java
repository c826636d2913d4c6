package io.dienstream.job.learning.record;

import io.dienstream.schema.LabelCorrection;

/**
 * A click that came after its candidate's label was final, with what the example said of it: enough
 * to take an impression without a click from a sum, and to put one with a click into it.
 *
 * @param pctr what the model said
 * @param modelName of the model that ranked the request
 * @param modelVersion of it
 * @param fingerprint of it, null where nobody told
 * @param arm live or candidate, null where nobody told
 * @param position on the page, null where nobody told
 * @param pricing CPM, CPC or CPA
 * @param cold whether the user had no behaviors
 */
public record JoinedCorrection(
        LabelCorrection correction,
        float pctr,
        String modelName,
        String modelVersion,
        String fingerprint,
        String arm,
        Integer position,
        String pricing,
        boolean cold) {}
