package io.dienstream.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.dienstream.cli.CommandRun;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A model's day by the commands of an operator. */
class RolloutCommandsIT extends RolloutScenario {
    private CommandRun model(String... arguments) {
        List<String> all = new ArrayList<>(List.of("model"));
        all.addAll(List.of(arguments));
        all.addAll(List.of("--bootstrap-servers", cluster.broker().bootstrapServers()));
        return CommandRun.of(all.toArray());
    }

    private String done(String... arguments) {
        CommandRun run = model(arguments);
        assertThat(run.exitCode()).as(run.out() + run.err()).isZero();
        return run.out();
    }

    private void refused(String reason, String... arguments) {
        CommandRun run = model(arguments);
        assertThat(run.exitCode()).as(run.out()).isEqualTo(1);
        assertThat(run.err()).contains(reason);
    }

    @Test
    void publishRampPromoteAndRollBack() throws Exception {
        submit();
        assertThat(traffic(30)).containsExactly(of(a));
        assertThat(done("publish", b.toString(), "--as", "b", "--wait")).contains("revision 1");
        assertThat(done("status")).contains("configured", "live", "candidate", "READY");
        done("ramp", "b", "--percent", "100", "--reason", "first users", "--wait");
        assertThat(traffic(30)).containsExactly(of(b));
        done("promote", "b", "--wait");
        refused("already_live", "promote", "b");
        refused("unknown_version", "ramp", "no", "--percent", "5");
        refused("stale_revision", "rollback", "--expected-revision", "1");
        assertThat(done("rollback", "--json", "--wait", "--reason", "calibration off"))
                .contains("\"live\":\"configured\"");
        assertThat(traffic(30)).containsExactly(of(a));
        refused("nothing_to_roll_back_to", "rollback");
        assertThat(done("history"))
                .contains("PROMOTE", "calibration off", "refused, already_live", "first users");
        assertThat(done("history", "--at", "2020-01-01T00:00:00Z"))
                .contains("no command was in effect");
        assertAllRight(a, b);
        job.cancel();
    }

    /** What no task can load is not promoted, and the reason is where an operator looks. */
    @Test
    void whatIsNotReadyIsNotPromoted() throws Exception {
        submit();
        assertThat(traffic(10)).containsExactly(of(a));
        Path half = Files.createDirectories(directory.resolve("half"));
        Files.copy(b.resolve("model.json"), half.resolve("model.json"));
        String sha256 = "0".repeat(64);
        refused(
                "is missing",
                "publish",
                half.toUri().toString(),
                "--as",
                "half",
                "--sha256",
                sha256,
                "--wait");
        refused("ready in 0 of", "promote", "half");
        CommandRun status = model("status");
        assertThat(status.exitCode()).isEqualTo(1);
        assertThat(status.out()).contains("REFUSED half", "is missing");
        done("retire", "half");
        assertThat(model("publish", "s3://nowhere/model").exitCode()).isEqualTo(2);
        done("status", "--json");
        assertThat(traffic(10)).containsExactly(of(a));
        assertAllRight(a);
        job.cancel();
    }

    @Test
    void theDemoSwapsItsModelInMidRun() {
        CommandRun run =
                CommandRun.of(
                        "demo",
                        "--swap",
                        "--seconds",
                        "15",
                        "--past",
                        "3000",
                        "--users",
                        "300",
                        "--option",
                        "scoring.warm-up=0s");
        assertThat(run.exitCode()).as(run.out() + run.err()).isZero();
        assertThat(run.out())
                .contains(
                        "published version 2",
                        "answers 20 % of users",
                        "promoted version 2",
                        "version 1 of model dien-demo answered",
                        "version 2 of model dien-demo answered");
    }
}
