package io.dienstream.job;

/**
 * The uid of every operator, which is also its name. State is found by these after an upgrade:
 * changing one loses state, so the list is committed in a test.
 */
public final class OperatorIds {
    public static final String BEHAVIORS_SOURCE = "behaviors-source";
    public static final String REQUESTS_SOURCE = "ad-requests-source";
    public static final String CONTROL_SOURCE = "control-source";
    public static final String COMMANDS_SOURCE = "model-commands-source";
    public static final String ADMIT_BEHAVIORS = "admit-behaviors";
    public static final String ADMIT_REQUESTS = "admit-ad-requests";
    public static final String ADMIT_CONTROL = "admit-control";
    public static final String INTEREST = "interest";
    public static final String SCORING = "scoring";
    public static final String SCORES_SINK = "scores-sink";
    public static final String SERVED_SINK = "served-sink";
    public static final String DEAD_LETTERS_SINK = "dead-letters-sink";
    public static final String MODEL_STATUS_SINK = "model-status-sink";

    private OperatorIds() {}
}
