package io.dienstream.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.dienstream.job.option.JobOptions;
import io.dienstream.operate.kafka.LogPlayer;
import io.dienstream.operate.kafka.TopicTail;
import io.dienstream.operate.kafka.Topics;
import io.dienstream.sandbox.AnswerLog;
import io.dienstream.sandbox.broker.EmbeddedBroker;
import io.dienstream.schema.AdRequest;
import io.dienstream.schema.ScoredRequest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The packaged job on Flink alone, JobManager and TaskManagers as processes, with the configuration
 * that docker-compose.yml mounts; then upgraded through a savepoint by the calls of
 * docs/operate/upgrade.md.
 */
class JobProcessesIT {
    private static final Duration PATIENCE = Duration.ofMinutes(5);
    private static final long POLL_MS = 100;

    @TempDir private Path directory;

    @Test
    void runsFromItsJarAndGoesOnAfterAnUpgrade() throws Exception {
        Dataset log = Dataset.simulated(directory);
        AnswerLog answers = new AnswerLog(JobOptions.SCORES.defaultText());
        try (EmbeddedBroker broker = EmbeddedBroker.start();
                FlinkProcesses flink = new FlinkProcesses(directory.resolve("flink"));
                TopicTail tail = tail(broker);
                LogPlayer player = player(broker)) {
            List<String> job =
                    List.of("--options-file", options(broker, flink, log.model()).toString());
            flink.start(null, job);
            String before = running(flink);
            log.behaviors().forEach(player::send);
            send(log, player, 1_900, 1_920);
            await("answers of the first version", () -> poll(tail, answers) == 20, flink);

            String savepoint = stop(flink, before, flink.state());
            flink.stop();
            flink.start(savepoint, job);
            running(flink);
            send(log, player, 1_920, 1_940);
            await("answers of the second version", () -> poll(tail, answers) == 40, flink);
        }
        assertThat(answers.doubled()).isZero();
        // every behavior was sent to the first version: what the second one saw was in the
        // savepoint
        for (AdRequest request : log.requests().subList(1_920, 1_940)) {
            ScoredRequest answer = answers.answers().get(request.getRequestId());
            assertThat(answer.getSequenceLength()).isGreaterThan(1);
        }
    }

    private Path options(EmbeddedBroker broker, FlinkProcesses flink, Path model)
            throws IOException {
        String options =
                Files.readString(Path.of("../compose/options.properties"))
                        .replace("kafka:9092", broker.bootstrapServers())
                        .replace("/models/current", model.toAbsolutePath().toString())
                        .replace("s3://dien-stream/checkpoints", flink.state());
        return Files.writeString(directory.resolve("options.properties"), options);
    }

    /** Requests long after every behavior, so that each sees its user's whole history. */
    private static void send(Dataset log, LogPlayer player, int from, int to) {
        log.requests().subList(from, to).forEach(player::send);
        player.flush();
    }

    static String running(FlinkProcesses flink) throws Exception {
        String[] id = new String[1];
        await(
                "a running job",
                () -> {
                    for (JsonNode job : flink.get("/jobs/overview").path("jobs")) {
                        JsonNode tasks = job.get("tasks");
                        if (tasks.get("running").asInt() == tasks.get("total").asInt()) {
                            id[0] = job.get("jid").asText();
                        }
                    }
                    return id[0] != null;
                },
                flink);
        return id[0];
    }

    /** By the calls of docs/operate/upgrade.md; where the savepoint is. */
    static String stop(FlinkProcesses flink, String job, String directory) throws Exception {
        String request =
                flink.post(
                                "/jobs/" + job + "/stop",
                                """
                                {"targetDirectory": "%s", "drain": false,
                                 "formatType": "CANONICAL"}\
                                """
                                        .formatted(directory))
                        .get("request-id")
                        .asText();
        return location(flink, "/jobs/" + job + "/savepoints/" + request);
    }

    private static String location(FlinkProcesses flink, String path) throws Exception {
        String[] location = new String[1];
        await(
                "the savepoint",
                () -> {
                    JsonNode found = flink.get(path).at("/operation/location");
                    location[0] = found.isTextual() ? found.asText() : null;
                    return location[0] != null;
                },
                flink);
        return location[0];
    }

    static int poll(TopicTail tail, AnswerLog answers) {
        tail.poll(Duration.ofMillis(POLL_MS), answers::accept);
        return answers.size();
    }

    static void await(String what, Callable<Boolean> condition, FlinkProcesses flink)
            throws Exception {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (!holds(condition)) {
            if (System.nanoTime() > deadline) {
                throw new AssertionError(
                        "waited %s for %s; JobManager:\n%s"
                                .formatted(
                                        PATIENCE, what, Files.readString(flink.log("jobmanager"))));
            }
            Thread.sleep(POLL_MS);
        }
    }

    private static boolean holds(Callable<Boolean> condition) throws Exception {
        try {
            return condition.call();
        } catch (IOException e) {
            return false; // the REST port is not open yet
        }
    }

    private static Properties client(EmbeddedBroker broker) throws Exception {
        Properties client = new Properties();
        client.put("bootstrap.servers", broker.bootstrapServers());
        List<String> names = Topics.names();
        Topics.create(client, names, 2, (short) 1, Map.of());
        return client;
    }

    static TopicTail tail(EmbeddedBroker broker) throws Exception {
        return new TopicTail(client(broker), List.of(JobOptions.SCORES.defaultText()));
    }

    static LogPlayer player(EmbeddedBroker broker) throws Exception {
        return new LogPlayer(
                client(broker),
                JobOptions.BEHAVIORS.defaultText(),
                JobOptions.REQUESTS.defaultText(),
                1);
    }
}
