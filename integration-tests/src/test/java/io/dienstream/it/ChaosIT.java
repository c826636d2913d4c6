package io.dienstream.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.dienstream.chaos.ChaosReport;
import io.dienstream.chaos.ChaosRun;
import io.dienstream.chaos.Conditions;
import io.dienstream.chaos.Fault;
import io.dienstream.chaos.LabelVerdict;
import io.dienstream.chaos.Load;
import io.dienstream.job.option.Delivery;
import io.dienstream.job.option.JobOptions;
import io.dienstream.job.option.TimeMode;
import io.dienstream.sandbox.DemoModel;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * {@code ./dien chaos} in short: so many faults, each followed by its recovery, however long a slow
 * machine takes for them. Other conditions, at least once and latest mode among them, take minutes
 * more each: docs/operate/reliability.md has their commands and reports longer runs.
 */
class ChaosIT {
    private static final long SEED = 1;
    private static final int USERS = 300;

    /** What four JVMs on two slow and shared cores keep up with; ./dien chaos sends more. */
    private static final int RATE = 150;

    private static final Duration WARM_UP = Duration.ofSeconds(3);
    private static final Duration GAP = Duration.ofMillis(500);

    @TempDir private static Path directory;

    private static ChaosReport run(
            String name, Conditions conditions, List<Fault> faults, boolean learning)
            throws Exception {
        StringWriter progress = new StringWriter();
        var settings =
                new ChaosRun.Settings(
                        DemoModel.extract(),
                        directory.resolve(name),
                        CommandProcess.classes(),
                        SEED,
                        conditions,
                        Duration.ZERO, // each fault once, in this order
                        WARM_UP,
                        USERS,
                        Load.ofRate(RATE),
                        GAP,
                        faults,
                        learning,
                        false,
                        Map.of(),
                        // each process that starts would score made-up requests for seconds
                        Map.of(JobOptions.WARM_UP.key(), "0s"));
        ChaosReport report;
        try (Sockets.Watch sockets = Sockets.watchDescendants()) {
            report = new ChaosRun(settings, new PrintWriter(progress)).run();
            assertThat(sockets.seen()).isNotEmpty().noneMatch(InetAddress::isAnyLocalAddress);
        }
        assertThat(report.findings()).as(progress.toString()).isEmpty();
        assertThat(report.ok()).as(report.toString()).isTrue();
        assertThat(report.faults().keySet())
                .containsExactlyInAnyOrderElementsOf(faults.stream().map(Fault::label).toList());
        assertThat(report.deadLetters()).containsKeys("undecodable", "unknown_field");
        return report;
    }

    /** Nothing comes out twice here, so nothing may be repeated. */
    @Test
    void nothingIsLostDoubledOrWrongUnderFaults() throws Exception {
        ChaosReport report =
                run(
                        "exactly-once",
                        new Conditions(
                                Delivery.EXACTLY_ONCE,
                                TimeMode.EVENT_TIME,
                                Duration.ofSeconds(10),
                                Duration.ZERO,
                                2,
                                true),
                        List.of(
                                Fault.PUBLISH_MODEL,
                                Fault.PROMOTE_MODEL,
                                Fault.ROLL_BACK_MODEL,
                                Fault.KILL_TASKMANAGER,
                                Fault.KILL_JOBMANAGER,
                                Fault.KILL_BROKER),
                        false);
        assertThat(report.kills()).isEqualTo(3);
        assertThat(report.repeated()).isZero();
        assertThat(report.deadLetters()).containsKey("late");
        assertThat(report.answeredBy())
                .as("a command goes before each kill")
                .hasSizeGreaterThan(1)
                .containsKey("1");
        assertThat(report.stoodIn()).as("by event time nobody stands in").isZero();
    }

    /**
     * What was shown and clicked is reported as answers come, while both jobs are killed, and
     * models change by the clock.
     */
    @Test
    void everyLabelComesOnceThoughTheLearningJobIsKilled() throws Exception {
        ChaosReport report =
                run(
                        "learning",
                        new Conditions(
                                Delivery.EXACTLY_ONCE,
                                TimeMode.LATEST,
                                Duration.ZERO,
                                Duration.ZERO,
                                0,
                                true),
                        List.of(
                                Fault.PROMOTE_MODEL,
                                Fault.ROLL_BACK_MODEL,
                                Fault.KILL_LEARNING_TASKMANAGER,
                                Fault.KILL_LEARNING_JOBMANAGER,
                                Fault.KILL_TASKMANAGER),
                        true);
        assertThat(report.kills()).isEqualTo(3);
        assertThat(report.answeredBy()).hasSizeGreaterThan(1);
        LabelVerdict labels = report.learning();
        assertThat(labels.ok()).as(labels.toString()).isTrue();
        assertThat(labels.clicked()).isPositive().isLessThan(labels.labels());
        assertThat(labels.corrected()).isPositive();
        assertThat(labels.repeated()).isZero();
    }
}
