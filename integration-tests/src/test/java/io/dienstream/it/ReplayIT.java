package io.dienstream.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.dienstream.cli.CommandRun;
import io.dienstream.job.option.JobOptions;
import io.dienstream.operate.kafka.LogPlayer;
import io.dienstream.operate.kafka.NewestEvent;
import io.dienstream.sandbox.DemoCluster;
import io.dienstream.schema.Behavior;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Map;
import java.util.Properties;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A log of before is played into topics that have come further. */
class ReplayIT {
    private static final Instant OLD = Instant.parse("2017-11-25T00:00:00Z");

    @TempDir private Path directory;

    private static long newest(DemoCluster cluster) {
        Properties client = new Properties();
        client.put("bootstrap.servers", cluster.broker().bootstrapServers());
        return NewestEvent.of(client, JobOptions.BEHAVIORS.defaultText()).orElse(0);
    }

    private CommandRun replay(DemoCluster cluster, String... more) throws Exception {
        Path log = directory.resolve("log.tsv");
        long seconds = OLD.getEpochSecond();
        Files.writeString(log, "u\tA\tx\t%d\nu\tB\tx\t%d\n".formatted(seconds, seconds + 60));
        Object[] command = new Object[5 + more.length];
        command[0] = "replay";
        command[1] = "--bootstrap-servers";
        command[2] = cluster.broker().bootstrapServers();
        command[3] = "--behaviors";
        command[4] = log;
        System.arraycopy(more, 0, command, 5, more.length);
        return CommandRun.of(command);
    }

    @Test
    void anOldLogIsWarnedOfAndShiftedWhereAsked() throws Exception {
        try (DemoCluster cluster = DemoCluster.start(1)) {
            CommandRun first = replay(cluster);
            assertThat(first.exitCode()).as(first.err()).isZero();
            assertThat(first.err()).as("nothing is there yet").doesNotContain("warning");
            assertThat(newest(cluster)).isEqualTo(OLD.plusSeconds(60).toEpochMilli());

            Instant live = Instant.parse("2020-01-01T00:00:00Z");
            try (LogPlayer player = cluster.player()) {
                player.send(new Behavior("live", "v", live.toEpochMilli(), Map.of("item", "C")));
                player.flush();
            }
            CommandRun late = replay(cluster);
            assertThat(late.err())
                    .contains("the log ends at 2017-11-25T00:01:00Z", "up to " + live)
                    .contains("--shift-to-now");

            long before = System.currentTimeMillis();
            CommandRun shifted = replay(cluster, "--shift-to-now");
            assertThat(shifted.exitCode()).as(shifted.err()).isZero();
            assertThat(shifted.err()).doesNotContain("warning");
            assertThat(newest(cluster)).isBetween(before, System.currentTimeMillis());
        }
    }
}
