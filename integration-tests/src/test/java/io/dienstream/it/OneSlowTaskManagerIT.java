package io.dienstream.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.dienstream.datasets.simulate.Simulator;
import io.dienstream.dien.RandomModels;
import io.dienstream.dien.artifact.ModelReader;
import io.dienstream.dien.model.Architecture;
import io.dienstream.dien.model.AttentionType;
import io.dienstream.dien.model.GateForm;
import io.dienstream.job.option.JobOptions;
import io.dienstream.job.rollout.RolloutLog;
import io.dienstream.operate.kafka.LogPlayer;
import io.dienstream.operate.kafka.TopicTail;
import io.dienstream.operate.rollout.RolloutClient;
import io.dienstream.operate.rollout.Wait;
import io.dienstream.sandbox.AnswerLog;
import io.dienstream.sandbox.broker.EmbeddedBroker;
import io.dienstream.schema.ModelCommand;
import io.dienstream.schema.ModelCommandKind;
import io.dienstream.schema.ScoredRequest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Scenario 3 of a rollout, with two machines of which one has the artifact later: promoted at once,
 * each user is answered by what is ready where the user's task is.
 */
class OneSlowTaskManagerIT {
    private static final Duration PATIENCE = Duration.ofMinutes(5);
    private static final int USERS = 60;
    private static final int REQUESTS = 200;

    @TempDir private Path directory;
    private final AnswerLog answers = new AnswerLog(JobOptions.SCORES.defaultText());
    private final Simulator simulator = new Simulator(11, USERS);
    private int sent;

    private Path model(String name, long seed) throws IOException {
        Path path = directory.resolve(name);
        RandomModels.write(
                path,
                RandomModels.config(Architecture.DIEN, AttentionType.BILINEAR, GateForm.PAPER, 10),
                seed);
        return path;
    }

    @Test
    void whereAVersionIsNotReadyTheOneBeforeAnswers() throws Exception {
        Path a = model("a", 1);
        Path b = model("b", 2);
        try (EmbeddedBroker broker = EmbeddedBroker.start();
                FlinkProcesses flink = new FlinkProcesses(directory.resolve("flink"));
                TopicTail tail = JobProcessesIT.tail(broker);
                LogPlayer player = JobProcessesIT.player(broker)) {
            copy(b, flink.work("taskmanager-1").resolve("b"));
            Path late = flink.work("taskmanager-2").resolve("b");
            Path weights = Files.createDirectories(late).resolve(ModelReader.WEIGHTS_FILE);
            // whoever reads a pipe waits for who writes it
            assertThat(new ProcessBuilder("mkfifo", weights.toString()).start().waitFor()).isZero();
            copy(b, late);
            flink.start(null, List.of("--options-file", options(broker, flink, a).toString()));
            JobProcessesIT.running(flink);
            assertThat(by(requests(player, tail, flink))).containsExactly(hex(a));

            RolloutClient client = client(broker);
            send(client, publish(client, b));
            RolloutLog.Entry promoted =
                    send(client, client.command(ModelCommandKind.PROMOTE, "b", 1, "test"));
            JobProcessesIT.await(
                    "one of two is ready", () -> client.states().ready("b", 2) == 1, flink);
            Map<String, Set<String>> byUser = requests(player, tail, flink);
            assertThat(by(byUser)).containsExactlyInAnyOrder(hex(a), hex(b));
            assertThat(byUser.values()).as("a user has one task").allMatch(s -> s.size() == 1);
            assertThat(client.states().ready("b", 2)).isEqualTo(1);

            Files.write(weights, Files.readAllBytes(b.resolve(ModelReader.WEIGHTS_FILE)));
            new Wait(client).ready("b", promoted.plan().revision(), PATIENCE);
            assertThat(by(requests(player, tail, flink))).containsExactly(hex(b));
            assertThat(answers.doubled()).isZero();
            assertThat(answers.deadLetters()).isEmpty();
            assertThat(flink.alive()).isTrue();
        }
    }

    /** Each process finds what it calls its working directory, so one URI is two places. */
    private ModelCommand publish(RolloutClient client, Path model) throws IOException {
        ModelCommand c = client.command(ModelCommandKind.PUBLISH, "b", 0, "test");
        c.setUri("file:///proc/self/cwd/b");
        c.setSha256(ModelReader.read(model).checksum());
        return c;
    }

    private static RolloutLog.Entry send(RolloutClient client, ModelCommand command)
            throws Exception {
        RolloutLog.Entry entry = client.send(command);
        assertThat(entry.refusal()).isNull();
        return entry;
    }

    private static RolloutClient client(EmbeddedBroker broker) {
        Properties client = new Properties();
        client.put("bootstrap.servers", broker.bootstrapServers());
        return new RolloutClient(client, RolloutScenario.MODEL);
    }

    private Path options(EmbeddedBroker broker, FlinkProcesses flink, Path model)
            throws IOException {
        String options =
                Files.readString(Path.of("../compose/options.properties"))
                        .replace("kafka:9092", broker.bootstrapServers())
                        .replace("/models/current", model.toAbsolutePath().toString())
                        .replace("s3://dien-stream/checkpoints", flink.state());
        return Files.writeString(
                directory.resolve("options.properties"),
                options
                        + """
                        rollout.enabled = true
                        scoring.warm-up = 0s
                        model.cache-directory = /proc/self/cwd/cache
                        """);
    }

    /** Fingerprints that answered each user, of requests that are all answered. */
    private Map<String, Set<String>> requests(
            LogPlayer player, TopicTail tail, FlinkProcesses flink) throws Exception {
        Set<String> before = answers.answers().keySet();
        for (int n = 0; n < REQUESTS; n++) {
            long now = System.currentTimeMillis();
            player.send(simulator.behavior(now));
            player.send(simulator.request(now, 3).request());
        }
        player.flush();
        sent += REQUESTS;
        JobProcessesIT.await(
                sent + " answers", () -> JobProcessesIT.poll(tail, answers) == sent, flink);
        Map<String, Set<String>> byUser = new HashMap<>();
        for (ScoredRequest answer : answers.answers().values()) {
            if (!before.contains(answer.getRequestId())) {
                byUser.computeIfAbsent(answer.getUserId(), u -> new HashSet<>())
                        .add(answer.getModelFingerprint());
            }
        }
        return byUser;
    }

    private static Set<String> by(Map<String, Set<String>> byUser) {
        Set<String> all = new HashSet<>();
        byUser.values().forEach(all::addAll);
        return all;
    }

    private static String hex(Path model) throws Exception {
        return ServedTruth.fingerprint(model);
    }

    private static void copy(Path from, Path to) throws IOException {
        try (var files = Files.walk(from)) {
            for (Path file : files.toList()) {
                Path target = to.resolve(from.relativize(file).toString());
                if (!Files.exists(target)) {
                    Files.copy(file, target);
                }
            }
        }
    }
}
