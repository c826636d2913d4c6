package io.dienstream.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.dienstream.datasets.simulate.Simulator;
import io.dienstream.dien.Needed;
import io.dienstream.job.option.JobOptions;
import io.dienstream.job.option.LearningOptions;
import io.dienstream.operate.kafka.LogPlayer;
import io.dienstream.sandbox.DemoCluster;
import io.dienstream.sandbox.LocalFlink;
import io.dienstream.sandbox.broker.BrokerFiles;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.flink.configuration.Configuration;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A real Prometheus scrapes a real job: every query of the dashboard returns data, and every alert
 * rule is evaluated. Needs the commands prometheus and promtool; PrometheusIT checks the metrics'
 * names without them.
 */
class DashboardIT {
    private static final Path MONITORING = Path.of("../monitoring");
    private static final int ATTEMPTS = 120;
    private static final long POLL_MS = 500;
    private static final ObjectMapper JSON = new ObjectMapper();

    @TempDir private Path directory;

    @BeforeAll
    static void prometheus() throws InterruptedException {
        for (String command : List.of("prometheus", "promtool")) {
            try {
                new ProcessBuilder(command, "--version")
                        .redirectErrorStream(true)
                        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                        .start()
                        .waitFor();
            } catch (IOException e) {
                Needed.here("prometheus", false, "no " + command + " here");
            }
        }
    }

    @Test
    void promtoolTakesTheRulesAndTheirTests() throws Exception {
        promtool("check", "rules", "alerts.yml");
        promtool("test", "rules", "alerts-test.yml");
        // its rule file is written for the container's directory
        promtool("check", "config", "--syntax-only", "prometheus.yml");
    }

    private static void promtool(String... arguments) throws Exception {
        List<String> command = new ArrayList<>(List.of("promtool"));
        command.addAll(List.of(arguments));
        Process process =
                new ProcessBuilder(command)
                        .directory(MONITORING.toFile())
                        .redirectErrorStream(true)
                        .start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(output).isZero();
    }

    @Test
    void everyQueryReturnsData() throws Exception {
        int metrics = BrokerFiles.freePort();
        int port = BrokerFiles.freePort();
        Configuration flink = LocalFlink.prometheus(metrics);
        flink.setString("state.backend.rocksdb.metrics.estimate-live-data-size", "true");
        Path model = Dataset.simulated(directory).model();
        Process prometheus = start(metrics, port);
        try (DemoCluster cluster = DemoCluster.start(2, flink);
                RunningJob job = new RunningJob(cluster)) {
            Map<String, String> options =
                    Map.of(
                            JobOptions.CHECKPOINT_INTERVAL.key(),
                            "1s",
                            JobOptions.PARALLELISM.key(), // the learning job needs a slot too
                            "1");
            job.submit(model, options, null);
            Simulator simulator = new Simulator(1, 3);
            List<String> silent = queries();
            assertThat(silent).hasSizeGreaterThan(30);
            Map<String, String> settled =
                    Map.of(
                            LearningOptions.ALLOWED_LATENESS.key(),
                            "0s",
                            LearningOptions.CORRECTION_WAIT.key(),
                            "2s");
            LearningFeed.submit(cluster, LearningFeed.quick(cluster, settled), null);
            try (LogPlayer player = cluster.player();
                    LearningFeed feed = new LearningFeed(cluster)) {
                // broken once, so that there is something to show
                player.send(JobOptions.REQUESTS.defaultText(), "u0", new byte[] {1, 2, 3});
                for (int n = 0; n < ATTEMPTS && !silent.isEmpty(); n++) {
                    for (int k = 0; k < 40; k++) {
                        player.send(simulator.behavior(System.currentTimeMillis()));
                    }
                    player.send(simulator.request(System.currentTimeMillis(), 3).request());
                    player.flush();
                    feed.shownAndClicked("shown" + n, System.currentTimeMillis());
                    feed.beat(System.currentTimeMillis());
                    Thread.sleep(POLL_MS);
                    silent.removeIf(query -> returnsData(port, query));
                }
            }
            assertThat(silent).as("queries without data").isEmpty();
            JsonNode rules = get(port, "/api/v1/rules").at("/data/groups/0/rules");
            assertThat(rules).hasSizeGreaterThan(10);
            for (JsonNode rule : rules) {
                assertThat(rule.get("health").asText()).as(rule.toString()).isEqualTo("ok");
            }
            job.cancel();
        } finally {
            prometheus.destroyForcibly();
        }
    }

    private Process start(int metrics, int port) throws IOException {
        String rules = MONITORING.resolve("alerts.yml").toAbsolutePath().normalize().toString();
        Path config = directory.resolve("prometheus.yml");
        Files.writeString(
                config,
                """
                global: {scrape_interval: 1s, evaluation_interval: 1s}
                rule_files: ["%s"]
                scrape_configs:
                  - job_name: flink
                    static_configs: [{targets: ["localhost:%d"]}]
                """
                        .formatted(rules, metrics));
        return new ProcessBuilder(
                        "prometheus",
                        "--config.file=" + config,
                        "--storage.tsdb.path=" + directory.resolve("tsdb"),
                        "--web.listen-address=127.0.0.1:" + port)
                .redirectErrorStream(true)
                .redirectOutput(directory.resolve("prometheus.log").toFile())
                .start();
    }

    /** Every expression of every panel. */
    private static List<String> queries() throws IOException {
        List<String> queries = new ArrayList<>();
        JsonNode dashboard = JSON.readTree(MONITORING.resolve("dashboard.json").toFile());
        for (JsonNode panel : dashboard.get("panels")) {
            panel.path("targets").forEach(target -> queries.add(target.get("expr").asText()));
        }
        return queries;
    }

    private static boolean returnsData(int port, String query) {
        try {
            String path = "/api/v1/query?query=" + URLEncoder.encode(query, StandardCharsets.UTF_8);
            JsonNode result = get(port, path).at("/data/result");
            for (JsonNode series : result) {
                if (!series.at("/value/1").asText().equals("NaN")) {
                    return true;
                }
            }
            return false;
        } catch (IOException e) {
            return false; // it is still starting
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    private static JsonNode get(int port, String path) throws IOException, InterruptedException {
        HttpRequest request =
                HttpRequest.newBuilder(URI.create("http://localhost:" + port + path)).build();
        return JSON.readTree(
                HttpClient.newHttpClient()
                        .send(request, HttpResponse.BodyHandlers.ofString())
                        .body());
    }
}
