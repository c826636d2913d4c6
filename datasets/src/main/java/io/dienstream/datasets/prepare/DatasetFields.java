package io.dienstream.datasets.prepare;

import java.util.List;

/**
 * Names of the fields that a data set has.
 *
 * @param ads of candidates and behaviors alike
 * @param user of the user
 * @param context of the context
 */
record DatasetFields(List<String> ads, List<String> user, List<String> context) {}
