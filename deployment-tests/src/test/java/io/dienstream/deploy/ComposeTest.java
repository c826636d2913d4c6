package io.dienstream.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.dienstream.dien.Needed;
import io.dienstream.job.AdScoringJob;
import io.dienstream.job.learning.LearningJob;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What holds for every service of docker-compose.yml, and the names in it. */
class ComposeTest {
    private static final Set<String> RUNS_ONCE = Set.of("topics");

    /** Sends as long as it lives; nobody waits for it. */
    private static final Set<String> WITHOUT_HEALTH = Set.of("topics", "simulator");

    @Test
    void everyServiceIsPinnedLimitedAndLockedDown() throws IOException {
        assertThat(Compose.services().properties()).hasSizeGreaterThan(9);
        for (Map.Entry<String, JsonNode> e : Compose.services().properties()) {
            JsonNode service = e.getValue();
            String name = e.getKey();
            assertThat(service.get("image").asText())
                    .as(name)
                    .matches(".+:v?\\d[\\w.-]+(@sha256:[0-9a-f]{64})?");
            assertThat(service.has("mem_limit")).as(name).isTrue();
            assertThat(service.has("cpus")).as(name).isTrue();
            assertThat(service.get("user").asText()).as(name).matches("[1-9]\\d*:\\d+");
            assertThat(service.at("/cap_drop/0").asText()).as(name).isEqualTo("ALL");
            assertThat(service.at("/security_opt/0").asText())
                    .as(name)
                    .isEqualTo("no-new-privileges:true");
            assertThat(service.path("read_only").asBoolean()).as(name).isTrue();
            assertThat(service.has("healthcheck"))
                    .as(name)
                    .isEqualTo(!WITHOUT_HEALTH.contains(name));
            assertThat(service.get("restart").asText())
                    .as(name)
                    .isEqualTo(RUNS_ONCE.contains(name) ? "no" : "unless-stopped");
            for (JsonNode port : service.path("ports")) {
                assertThat(port.asText()).as(name).startsWith("127.0.0.1:");
            }
        }
    }

    /** What the official images write to at their start and beside their volumes. */
    @ParameterizedTest
    @CsvSource({
        "kafka, /tmp",
        "kafka, /opt/kafka/config",
        "kafka, /opt/kafka/logs",
        "schema-registry, /tmp",
        "grafana, /tmp",
        "object-store, /tmp"
    })
    void whatAnImageWritesToIsInMemory(String service, String directory) throws IOException {
        List<String> mounts = new ArrayList<>();
        Compose.services()
                .get(service)
                .path("tmpfs")
                .forEach(mount -> mounts.add(mount.asText().replaceFirst(":.*", "")));
        assertThat(mounts).contains(directory);
    }

    @Test
    void everythingThatIsNamedExists() throws IOException {
        JsonNode file = Compose.file();
        for (Map.Entry<String, JsonNode> e : Compose.services().properties()) {
            JsonNode service = e.getValue();
            for (JsonNode volume : service.path("volumes")) {
                String source = volume.asText().split(":")[0];
                boolean exists =
                        source.startsWith("./")
                                ? Files.exists(Manifests.ROOT.resolve(source))
                                : file.get("volumes").has(source);
                assertThat(exists).as(e.getKey() + ": " + source).isTrue();
            }
            for (Map.Entry<String, JsonNode> on : service.path("depends_on").properties()) {
                assertThat(file.get("services").has(on.getKey())).isTrue();
            }
        }
        List<String> command = new ArrayList<>();
        file.at("/services/jobmanager/command").forEach(c -> command.add(c.asText()));
        assertThat(command)
                .containsExactly(
                        "--job-classname",
                        AdScoringJob.class.getName(),
                        "--options-file",
                        "/etc/dien-stream/options.properties");
        assertThat(file.at("/services/jobmanager/volumes").toString())
                .contains("./compose/options.properties:/etc/dien-stream/options.properties:ro");
    }

    /** A JobManager of its own, found under its own name, and off unless it is asked for. */
    @Test
    void theLearningJobIsAClusterOfItsOwn() throws IOException {
        JsonNode jobManager = Compose.services().get("learning-jobmanager");
        assertThat(jobManager.get("command"))
                .extracting(JsonNode::asText)
                .containsExactly(
                        "-Djobmanager.rpc.address=learning-jobmanager",
                        "-Drest.address=learning-jobmanager",
                        "-Ddien.rest.allowed-hosts=learning-jobmanager;localhost;127.0.0.1",
                        "--job-classname",
                        LearningJob.class.getName(),
                        "--options-file",
                        "/etc/dien-stream/options.properties");
        JsonNode taskManager = Compose.services().get("learning-taskmanager");
        assertThat(taskManager.at("/command/0")).isEqualTo(jobManager.at("/command/0"));
        assertThat(taskManager.get("depends_on").has("jobmanager")).isFalse();
        for (JsonNode service : List.of(jobManager, taskManager)) {
            assertThat(service.at("/profiles/0").asText()).isEqualTo("learning");
            assertThat(service.get("volumes").toString())
                    .contains("./compose/learning.properties:/etc/dien-stream/options.properties")
                    .contains("learning-rocksdb:/rocksdb");
        }
    }

    /** Three listeners: for the system, for the controller, for this machine. */
    @Test
    void kafkaListensThreeTimes() throws IOException {
        JsonNode kafka = Compose.services().at("/kafka/environment");
        assertThat(kafka.get("KAFKA_LISTENERS").asText().split(",")).hasSize(3);
        assertThat(kafka.get("KAFKA_ADVERTISED_LISTENERS").asText())
                .isEqualTo("INTERNAL://kafka:9092,EXTERNAL://localhost:9094");
        assertThat(Files.readString(Manifests.ROOT.resolve("compose/options.properties")))
                .contains("kafka.bootstrap-servers = kafka:9092");
    }

    /** RocksDB maps its library from the temporary directory, which a tmpfs forbids by default. */
    @Test
    void rocksDbsLibraryCanBeMapped() throws IOException {
        for (String name : List.of("taskmanager-1", "taskmanager-2", "learning-taskmanager")) {
            assertThat(Compose.services().at("/" + name + "/tmpfs/0").asText())
                    .as(name)
                    .startsWith("/tmp:")
                    .endsWith(",exec");
        }
    }

    @Test
    void prometheusScrapesEveryProcess() throws IOException {
        String targets = Files.readString(Manifests.ROOT.resolve("monitoring/prometheus.yml"));
        for (String name :
                List.of(
                        "jobmanager",
                        "taskmanager-1",
                        "taskmanager-2",
                        "learning-jobmanager",
                        "learning-taskmanager")) {
            assertThat(Compose.services().has(name)).isTrue();
            assertThat(targets).contains("\"" + name + ":9249\"");
        }
    }

    /** Where compose is: it takes the file. */
    @Test
    void composeTakesIt() throws Exception {
        for (String compose : List.of("docker compose", "docker-compose")) {
            if (run(compose + " version").code() == 0) {
                Run config = run(compose + " config --quiet");
                assertThat(config.code()).as(config.output()).isZero();
                return;
            }
        }
        Needed.here("docker", false, "no docker compose here");
    }

    private record Run(int code, String output) {}

    private static Run run(String command) throws InterruptedException {
        try {
            Process process =
                    new ProcessBuilder(command.split(" "))
                            .directory(Manifests.ROOT.toFile())
                            .redirectErrorStream(true)
                            .start();
            byte[] output = process.getInputStream().readAllBytes();
            return new Run(process.waitFor(), new String(output, StandardCharsets.UTF_8));
        } catch (IOException e) {
            return new Run(-1, e.getMessage());
        }
    }
}
