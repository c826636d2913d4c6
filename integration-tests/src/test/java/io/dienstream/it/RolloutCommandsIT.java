package io.dienstream.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.dienstream.cli.CommandRun;
import io.dienstream.operate.kafka.Topics;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** A model's day by the commands of an operator. */
class RolloutCommandsIT extends RolloutScenario {
    private static final ObjectMapper JSON = new ObjectMapper();

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
        CommandRun published = model("publish", b.toString(), "--as", "b", "--wait");
        assertThat(published.exitCode()).as(published.err()).isZero();
        assertThat(published.out()).contains("revision 1");
        assertThat(published.err().lines())
                .as("how far it is, and in the end that it is there")
                .allMatch(line -> line.matches("version b is ready in \\d of \\d tasks"))
                .last()
                .asString()
                .matches("version b is ready in (\\d) of \\1 tasks");
        awaitUpToDate();
        assertThat(done("status")).contains("configured", "live", "candidate", "READY", of(a));
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
                .contains("live configured", "no promotion or rollback was in effect");
        assertHistoryIsJson();
        assertStatusIsJson();
        assertAllRight(a, b);
        job.cancel();
    }

    /** Commands that nobody waits for reach tasks a moment later. */
    private void awaitUpToDate() throws Exception {
        CommandProcess.await("all tasks know the plan", () -> model("status").exitCode() == 0);
    }

    private void assertHistoryIsJson() throws Exception {
        List<JsonNode> lines = new ArrayList<>();
        for (String line : done("history", "--json").lines().toList()) {
            lines.add(JSON.readTree(line));
        }
        assertThat(lines)
                .extracting(line -> line.get("kind").asText())
                .startsWith("PUBLISH", "RAMP", "PROMOTE", "PROMOTE", "RAMP");
        JsonNode publish = lines.get(0);
        assertThat(publish.get("uri").asText()).isEqualTo(b.toUri().toString());
        assertThat(publish.get("sha256").asText()).startsWith(of(b));
        assertThat(publish.get("live").asText()).isEqualTo("configured");
        assertThat(lines.get(1).get("reason").asText()).isEqualTo("first users");
        assertThat(lines.get(2).get("live_sha256").asText()).startsWith(of(b));
        assertThat(lines.get(3).get("outcome").asText()).isEqualTo("refused, already_live");

        String then = lines.get(2).get("effective_at").asText();
        JsonNode live = JSON.readTree(done("history", "--json", "--at", then));
        assertThat(live.get("live").asText()).isEqualTo("b");
        assertThat(live.get("live_uri").asText()).isEqualTo(b.toUri().toString());
        assertThat(live.get("kind").asText()).isEqualTo("PROMOTE");
        assertThat(live.get("since").asText()).isEqualTo(then);
        assertThat(live.get("actor").asText()).isEqualTo(System.getProperty("user.name"));
        JsonNode now = JSON.readTree(done("history", "--json", "--at", "2100-01-01T00:00:00Z"));
        assertThat(now.get("kind").asText()).isEqualTo("ROLLBACK");
        assertThat(now.get("reason").asText()).isEqualTo("calibration off");
    }

    private void assertStatusIsJson() throws Exception {
        awaitUpToDate();
        JsonNode status = JSON.readTree(done("status", "--json"));
        assertThat(status.get("revision").asInt()).isEqualTo(4);
        assertThat(status.get("oldest_revision").asInt()).isEqualTo(4);
        assertThat(status.get("longest_silence_ms").asLong()).isNotNegative();
        assertThat(status.get("behind").asBoolean()).isFalse();
        int tasks = status.get("tasks").asInt();
        assertThat(tasks).isPositive();
        assertThat(status.get("versions")).hasSize(1);
        JsonNode live = status.at("/versions/0");
        assertThat(live.get("version").asText()).isEqualTo("configured");
        assertThat(live.get("role").asText()).isEqualTo("live");
        assertThat(live.get("percent").asDouble()).isEqualTo(100);
        assertThat(live.at("/tasks/SERVING").asInt()).isEqualTo(tasks);
        assertThat(live.at("/fingerprints/0").asText()).as("of model.path").isEqualTo(of(a));
    }

    /**
     * As the options topics.models and topics.model-status of a job, and a chart's ACLs, may say.
     */
    @Test
    void topicsMayHaveOtherNames() throws Exception {
        List<String> names = List.of("ctr-models", "ctr-status");
        Topics.create(cluster.client(), names, 1, (short) 1, Map.of());
        submit("topics.models", names.get(0), "topics.model-status", names.get(1));
        assertThat(traffic(10)).containsExactly(of(a));
        String[] topics = {"--models-topic", names.get(0), "--status-topic", names.get(1)};
        done(topics, "publish", b.toString(), "--as", "b", "--percent", "100", "--wait");
        assertThat(traffic(10)).containsExactly(of(b));
        done(topics, "promote", "b", "--wait");
        assertThat(done(topics, "status")).contains("revision 2");
        assertThat(done(topics, "history")).contains("PROMOTE");
        refused("already_live", with(topics, "promote", "b"));
        assertThat(model(with(topics, "gate", "--candidate", "c")).err())
                .contains("version c is neither a shadow nor a candidate of plan 2");
        assertThat(client.log().entries()).as("of the other name").isEmpty();
        refused(
                "has no topic 'ctr-modles'; did you mean 'ctr-models'",
                "history",
                "--models-topic",
                "ctr-modles");
        assertAllRight(a, b);
        job.cancel();
    }

    private static String[] with(String[] topics, String... arguments) {
        return Stream.concat(Stream.of(arguments), Stream.of(topics)).toArray(String[]::new);
    }

    private String done(String[] topics, String... arguments) {
        return done(with(topics, arguments));
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
        assertForced();
        awaitUpToDate();
        assertThat(model("publish", "s3://nowhere/model").exitCode()).isEqualTo(2);
        done("status", "--json");
        assertThat(traffic(10)).containsExactly(of(a));
        assertAllRight(a);
        job.cancel();
    }

    /**
     * By force it is live by plan, answers nobody, and is no version that a rollback would find.
     */
    private void assertForced() throws Exception {
        done("promote", "half", "--force");
        assertThat(model("status").out()).contains("half was promoted by force");
        assertThat(traffic(10)).containsExactly(of(a));
        refused("ready in 0 of", "promote", "half");
        refused("already_live", "promote", "half", "--force");
        done("publish", b.toString(), "--as", "b", "--wait");
        done("promote", "b", "--wait");
        assertThat(client.log().plan().previousGood().name()).isEqualTo("configured");
        done("rollback", "--wait");
        assertThat(traffic(10)).containsExactly(of(a));
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
