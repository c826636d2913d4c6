package io.dienstream.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.dienstream.chaos.ChaosReport;
import io.dienstream.chaos.ChaosRun;
import io.dienstream.sandbox.DemoModel;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Two minutes of {@code ./dien chaos}: docs/operate/reliability.md reports longer runs. */
class ChaosIT {
    private static final Duration FAULTS = Duration.ofMinutes(2);

    /** Kills a TaskManager, the JobManager and the broker first, then more. */
    private static final long SEED = 1;

    private static final int KILLS = 3;
    private static final int USERS = 300;

    /** What four JVMs on two slow and shared cores keep up with; ./dien chaos sends more. */
    private static final int RATE = 150;

    @TempDir private Path directory;

    @Test
    void nothingIsLostDoubledOrWrongUnderFaults() throws Exception {
        StringWriter progress = new StringWriter();
        var settings =
                new ChaosRun.Settings(
                        DemoModel.extract(),
                        directory,
                        SEED,
                        FAULTS,
                        USERS,
                        RATE,
                        Duration.ofMillis(500),
                        Map.of());
        ChaosReport report;
        try (Sockets.Watch sockets = Sockets.watchDescendants()) {
            report = new ChaosRun(settings, new PrintWriter(progress)).run();
            assertThat(sockets.seen()).isNotEmpty().noneMatch(InetAddress::isAnyLocalAddress);
        }
        assertThat(report.findings()).as(progress.toString()).isEmpty();
        assertThat(report.ok()).as(report.toString()).isTrue();
        assertThat(report.kills()).isGreaterThanOrEqualTo(KILLS);
        assertThat(report.faults())
                .containsKeys("kill-taskmanager", "kill-jobmanager", "kill-broker");
        assertThat(report.deadLetters()).containsKeys("late", "undecodable", "unknown_field");
    }
}
