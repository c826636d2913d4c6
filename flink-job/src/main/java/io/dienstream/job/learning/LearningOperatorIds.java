package io.dienstream.job.learning;

/**
 * The uid of every operator of the learning job, which is also its name. State is found by these
 * after an upgrade: changing one loses state, so the list is committed in a test.
 */
final class LearningOperatorIds {
    static final String SERVED_SOURCE = "served-source";
    static final String IMPRESSIONS_SOURCE = "impressions-source";
    static final String CLICKS_SOURCE = "ad-clicks-source";
    static final String ADMIT_SERVED = "admit-served";
    static final String ADMIT_IMPRESSIONS = "admit-impressions";
    static final String ADMIT_CLICKS = "admit-ad-clicks";
    static final String LABEL_JOIN = "label-join";
    static final String EXAMPLES = "examples";
    static final String CORRECTIONS = "corrections";
    static final String SCORED_EXAMPLES = "quality-examples";
    static final String COMMANDS_SOURCE = "model-commands-source";
    static final String SHADOWS = "shadows";
    static final String SCORED_CORRECTIONS = "quality-corrections";
    static final String EXAMPLES_SINK = "training-examples-sink";
    static final String CORRECTIONS_SINK = "label-corrections-sink";
    static final String EXAMPLE_FILES_SINK = "example-files-sink";
    static final String CORRECTION_FILES_SINK = "correction-files-sink";
    static final String QUALITY_SINK = "model-quality-sink";
    static final String DEAD_LETTERS_SINK = "learning-dead-letters-sink";

    private LearningOperatorIds() {}
}
