package io.dienstream.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.dienstream.cli.CommandRun;
import io.dienstream.sandbox.DemoModel;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What {@code demo} is told by {@code --option} is what its job does, with a log as well. */
class DemoOptionsIT {
    @TempDir private Path directory;

    @Test
    void aLogIsPlayedWithTheJobsOptions() throws Exception {
        Path behaviors = directory.resolve("behaviors.tsv");
        Files.writeString(behaviors, "u1\ti339\tc8\t1700000000\nu1\ti9\tc0\t1700000600\n");
        Path requests = directory.resolve("requests.jsonl");
        Files.writeString(
                requests, request("early", 1_700_000_300) + request("late", 1_700_000_900));
        CommandRun run =
                CommandRun.of(
                        "demo",
                        "--model",
                        DemoModel.extract(),
                        "--behaviors",
                        behaviors,
                        "--requests",
                        requests,
                        "--parallelism",
                        "1",
                        "--option",
                        "delivery.guarantee=exactly-once",
                        "--option",
                        "time.earliest=2023-11-14T22:20:00Z"); // between the behaviors
        assertThat(run.exitCode()).as(run.out() + run.err()).isZero();
        assertThat(run.out())
                .contains("requests 2, answered 1, missing 0, doubled 0, dead letters {")
                .contains("=2}", "parity: ");
    }

    private static String request(String id, long seconds) {
        return """
        {"request_id": "%s", "user_id": "u1", "timestamp": %d, "candidates": [{"ad_id": "a", "item": "i9", "category": "c0"}]}
        """
                .formatted(id, seconds * 1000);
    }
}
