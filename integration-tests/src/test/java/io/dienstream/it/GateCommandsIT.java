package io.dienstream.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.dienstream.cli.CommandRun;
import io.dienstream.dien.Needed;
import io.dienstream.job.rollout.RolloutPlan;
import io.dienstream.operate.kafka.Topics;
import io.dienstream.operate.quality.QualityLog;
import io.dienstream.operate.rollout.RolloutClient;
import io.dienstream.sandbox.broker.EmbeddedBroker;
import io.dienstream.schema.ModelCommandKind;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The commands of quality and gate through a broker: from windows to the next step of a rollout.
 */
class GateCommandsIT {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final QualityFeed.Other BETTER = new QualityFeed.Other("shadow", 0.8, 0.2, 1);

    @TempDir private Path directory;

    private EmbeddedBroker broker;
    private RolloutClient rollout;
    private QualityFeed feed;

    /** Version 1 is live; the plan is at revision 2. */
    @BeforeEach
    void start() throws Exception {
        broker = EmbeddedBroker.start();
        Properties client = new Properties();
        client.put("bootstrap.servers", broker.bootstrapServers());
        List<String> topics = List.of("models", "model-status", QualityLog.TOPIC);
        Topics.create(client, topics, 1, (short) 1, Map.of());
        rollout = new RolloutClient(client, "default");
        feed = new QualityFeed(client);
        step("model", "publish", "s3://m/1", "--as", "1", "--sha256", QualityFeed.LIVE);
        step("model", "promote", "1", "--force");
    }

    @AfterEach
    void stop() {
        broker.close();
    }

    private CommandRun run(Object... args) {
        List<Object> all = new ArrayList<>(List.of(args));
        all.addAll(List.of("--bootstrap-servers", broker.bootstrapServers()));
        return CommandRun.of(all.toArray());
    }

    private CommandRun step(Object... args) {
        CommandRun run = run(args);
        assertThat(run.exitCode()).as(run.err()).isZero();
        return run;
    }

    /** Version 2, at revision 3. */
    private void publishShadow() {
        step("model", "publish", "s3://m/2", "--as", "2", "--sha256", QualityFeed.NEXT, "--shadow");
    }

    private RolloutPlan plan() throws IOException {
        return rollout.log().plan();
    }

    @Test
    void aShadowGetsUsersWhenItPassesAndNothingWithoutData() throws Exception {
        publishShadow();
        CommandRun early = run("model", "gate", "--candidate", "2", "--auto");
        assertThat(early.exitCode()).isEqualTo(3);
        assertThat(early.out()).contains("INCONCLUSIVE: 0 of 20 blocks of 200 clicks");
        assertThat(step("quality").out()).contains("no windows");

        feed.send(40, BETTER);
        CommandRun table = step("quality", "--plots", directory);
        assertThat(table.out()).contains("shadow", "8,400");
        assertThat(Files.size(directory.resolve("auc.png"))).isPositive();
        CommandRun said = run("model", "gate", "--candidate", "2");
        assertThat(said.exitCode()).as(said.out() + said.err()).isZero();
        assertThat(said.out()).contains("PASS", "next: ./dien model ramp 2 --percent 5.0");

        CommandRun done = run("model", "gate", "--candidate", "2", "--auto", "--json");
        JsonNode json = JSON.readTree(done.out());
        assertThat(json.get("verdict").asText()).isEqualTo("PASS");
        assertThat(json.get("step").asText()).isEqualTo("RAMP");
        assertThat(json.get("revision").asLong()).isEqualTo(4);
        String history = step("model", "history").out();
        assertThat(history).contains("by gate", "PASS; log loss, improvement +0.");

        CommandRun split = run("model", "gate", "--candidate", "2", "--auto");
        assertThat(split.exitCode()).as("its own users are new").isEqualTo(3);
        CommandRun unknown = run("model", "gate", "--candidate", "3");
        assertThat(unknown.err())
                .contains("version 3 is neither a shadow nor a candidate of plan 4");
        unwrittenPlotsAreSaid();
    }

    private void unwrittenPlotsAreSaid() throws IOException {
        Path full = Path.of("/dev/full");
        Needed.here("linux", Files.exists(full), "this system has no /dev/full");
        Path plots = Files.createDirectory(directory.resolve("full"));
        Path picture = Files.createSymbolicLink(plots.resolve("auc.png"), full);
        CommandRun unwritten = run("quality", "--plots", plots);
        assertThat(unwritten.exitCode()).isEqualTo(1);
        assertThat(unwritten.out()).as("it is said first").contains("shadow", "8,400");
        assertThat(unwritten.err())
                .isEqualTo("dien: " + picture + " cannot be written: No space left on device\n");
    }

    @Test
    void aWorseShadowIsRetired() throws Exception {
        publishShadow();
        feed.send(40, new QualityFeed.Other("shadow", 0.2, 0.8, 1));
        CommandRun done = run("model", "gate", "--candidate", "2", "--auto");
        assertThat(done.exitCode()).isEqualTo(1);
        assertThat(done.out()).contains("FAIL", "revision 4: RETIRE 2");
        assertThat(plan().shadows()).isEmpty();
    }

    /** Half of the users get it; it predicts 1.5 times the clicks that come of them. */
    @Test
    void aCandidateThatIsWrongOnAverageIsRolledBack() throws Exception {
        step(
                "model",
                "publish",
                "s3://m/2",
                "--as",
                "2",
                "--sha256",
                QualityFeed.NEXT,
                "--percent",
                "50");
        feed.send(40, new QualityFeed.Other("candidate", 0.1, 0.1, 1.5));
        CommandRun said = run("model", "gate", "--candidate", "2");
        assertThat(said.exitCode()).as(said.out() + said.err()).isEqualTo(1);
        assertThat(said.out()).contains("FAIL: calibration", "next: ./dien model rollback 2");
        assertThat(plan().candidate("2")).isNotNull();

        CommandRun done = run("model", "gate", "--candidate", "2", "--auto", "--json");
        assertThat(done.exitCode()).isEqualTo(1);
        JsonNode json = JSON.readTree(done.out());
        assertThat(json.get("verdict").asText()).isEqualTo("FAIL");
        assertThat(json.get("step").asText()).isEqualTo("ROLLBACK");
        assertThat(json.get("revision").asLong()).isEqualTo(4);
        assertThat(plan().candidates()).isEmpty();
        assertThat(plan().live().name()).isEqualTo("1");
        assertThat(step("model", "history").out()).contains("by gate", "FAIL; calibration");
    }

    /** Between its look at the plan and its command somebody else writes one. */
    @Test
    void aPlanThatMovesOnWhileTheGateDecidesRefusesAndIsSaid() throws Exception {
        publishShadow();
        feed.send(40, BETTER);
        CommandRun text = gateWhileAnotherWrites(ModelCommandKind.PAUSE, 3);
        assertThat(text.exitCode()).as(text.out() + text.err()).isEqualTo(3);
        assertThat(text.out())
                .contains("PASS", "refused, the plan has moved on: stale_revision: ")
                .doesNotContain("revision 5", "next: ");
        assertThat(plan().revision()).isEqualTo(4);

        CommandRun json = gateWhileAnotherWrites(ModelCommandKind.RESUME, 4, "--json");
        assertThat(json.exitCode()).isEqualTo(3);
        JsonNode said = JSON.readTree(json.out());
        assertThat(said.get("verdict").asText()).isEqualTo("PASS");
        assertThat(said.get("step").asText()).isEqualTo("RAMP");
        assertThat(said.get("refused").asText()).startsWith("stale_revision: ");
        assertThat(said.has("revision")).isFalse();
        assertThat(plan().revision()).isEqualTo(5);
        assertThat(plan().shadows()).as("it got no users").hasSize(1);
        assertThat(plan().candidates()).isEmpty();

        CommandRun again = run("model", "gate", "--candidate", "2", "--auto");
        assertThat(again.exitCode()).as("it judges the plan that is there now").isZero();
        assertThat(again.out()).contains("revision 6: RAMP 2");
    }

    private CommandRun gateWhileAnotherWrites(
            ModelCommandKind kind, long revision, Object... more) {
        SecondWriter.beforeTheNextRecord(
                () -> rollout.send(rollout.command(kind, "", revision, "another")));
        List<Object> args = new ArrayList<>(List.of("model", "gate", "--candidate", "2", "--auto"));
        args.addAll(List.of("--kafka-property", SecondWriter.PROPERTY));
        args.addAll(List.of(more));
        CommandRun run = run(args.toArray());
        assertThat(SecondWriter.hasWritten()).isTrue();
        return run;
    }

    @Test
    void windowsWithoutClicksDecideNothing() throws Exception {
        publishShadow();
        feed.sendWithoutClicks(40, BETTER);
        CommandRun look = run("model", "gate", "--candidate", "2", "--auto", "--json");
        assertThat(look.exitCode()).isEqualTo(3);
        JsonNode said = JSON.readTree(look.out());
        assertThat(said.get("verdict").asText()).isEqualTo("INCONCLUSIVE");
        assertThat(said.get("reason").asText()).startsWith("0 of 20 blocks of 200 clicks");
        assertThat(said.get("clicks").asDouble()).isZero();
        assertThat(said.get("step").isNull()).isTrue();
        assertThat(plan().revision()).isEqualTo(3);
    }

    @Test
    void withoutABrokerThereIsNoVerdict() {
        String nobody = "localhost:1";
        CommandRun look =
                CommandRun.of(
                        "model",
                        "gate",
                        "--candidate",
                        "2",
                        "--auto",
                        "--json",
                        "--bootstrap-servers",
                        nobody);
        assertThat(look.exitCode()).isEqualTo(1);
        assertThat(look.out()).isEmpty();
        assertThat(look.err()).startsWith("dien: ").contains(nobody);
        assertThat(look.err().lines()).hasSize(1);
    }
}
