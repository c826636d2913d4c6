package io.dienstream.evaluation.gate;

/** What is compared; each is better the greater it is, but for calibration. */
public enum Measure {
    /** Log loss of the live version less that of the candidate, as a share of the former. */
    LOG_LOSS("log loss, improvement"),
    /** AUC of the candidate less that of the live version. */
    AUC("AUC, difference"),
    /** Sum of predictions over clicks on the candidate's own traffic. */
    CALIBRATION("calibration"),
    /** Revenue of an impression of the candidate, over that of the live version, less 1. */
    REVENUE("revenue, relative");

    private final String title;

    Measure(String title) {
        this.title = title;
    }

    /** For people. */
    public String title() {
        return title;
    }
}
