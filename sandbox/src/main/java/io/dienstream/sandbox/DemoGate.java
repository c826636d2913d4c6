package io.dienstream.sandbox;

import java.util.List;

/**
 * What a version has to be in a demo, which has minutes: judged by smaller blocks than a service
 * would use, and with wider margins.
 */
public final class DemoGate {
    /** Rules of the gate, in a file's form. */
    public static final String RULES =
            """
            block.clicks=50
            blocks.least=10
            auc.margin=0.02
            log-loss.margin=0.05
            calibration.least=0.5
            calibration.most=2
            revenue.margin=0.5
            stale.after=120
            coverage.least=0
            """;

    /**
     * Options of {@code dien learn}: it compares by a few hundred requests, and the gate has more
     * to judge by.
     */
    public static final List<String> MARGINS =
            List.of(
                    "--auc-margin",
                    "0.05",
                    "--logloss-margin",
                    "0.1",
                    "--calibration-margin",
                    "0.5");

    private DemoGate() {}
}
