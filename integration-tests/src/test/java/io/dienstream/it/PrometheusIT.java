package io.dienstream.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.dienstream.datasets.simulate.Simulator;
import io.dienstream.job.learning.quality.QualityMetrics;
import io.dienstream.job.metric.JobMetrics;
import io.dienstream.job.metric.Metric;
import io.dienstream.job.option.JobOptions;
import io.dienstream.operate.kafka.LogPlayer;
import io.dienstream.sandbox.DemoCluster;
import io.dienstream.sandbox.LocalFlink;
import io.dienstream.sandbox.broker.BrokerFiles;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What Prometheus would scrape of a running job: every documented metric, with the right counts.
 */
class PrometheusIT {
    private static final String PREFIX = "flink_taskmanager_job_task_operator_dien_";
    private static final int BEHAVIORS = 60;
    private static final int REQUESTS = 25;
    private static final int CANDIDATES = 7;

    private static final Path ALERTS = Path.of("../monitoring/alerts.yml");

    /** name{labels} value */
    private static final Pattern SAMPLE =
            Pattern.compile("(?m)^([a-zA-Z0-9_:]+)\\{([^}]*)} (\\S+)$");

    @TempDir private Path directory;

    @Test
    void everyAlertHasATestAndARunbook() throws IOException {
        String tests = Files.readString(ALERTS.resolveSibling("alerts-test.yml"));
        String runbook = Files.readString(Path.of("../docs/operate/runbook.md"));
        Matcher m = Pattern.compile("- alert: (\\w+)").matcher(Files.readString(ALERTS));
        int alerts = 0;
        while (m.find()) {
            assertThat(tests).contains("alertname: " + m.group(1) + "\n        exp_alerts:\n");
            assertThat(runbook).contains("\n### " + m.group(1) + "\n");
            alerts++;
        }
        assertThat(alerts).isPositive();
    }

    @Test
    void everyDocumentedMetricCanBeScraped() throws Exception {
        Path model = Dataset.simulated(directory).model();
        int port = BrokerFiles.freePort();
        try (DemoCluster cluster = DemoCluster.start(2, LocalFlink.prometheus(port));
                RunningJob job = new RunningJob(cluster)) {
            job.submit(
                    model,
                    Map.of(
                            JobOptions.CHECKPOINT_INTERVAL.key(),
                            "1s",
                            JobOptions.PARALLELISM.key(),
                            "1"),
                    null);
            Simulator simulator = new Simulator(1, 10);
            try (LogPlayer player = cluster.player()) {
                for (int n = 0; n < BEHAVIORS; n++) {
                    player.send(simulator.behavior(System.currentTimeMillis()));
                }
                player.flush();
                String page = await(port, page1 -> sum(page1, "behaviors_appended") == BEHAVIORS);
                assertThat(sum(page, "requests_answered")).isZero();
                for (int n = 0; n < REQUESTS; n++) {
                    player.send(
                            simulator.request(System.currentTimeMillis(), CANDIDATES).request());
                }
                player.send(JobOptions.REQUESTS.defaultText(), "u0", new byte[] {1, 2, 3});
                player.flush();
            }
            job.await("all answers", () -> job.answers.size() == REQUESTS);
            String page =
                    await(
                            port,
                            p ->
                                    sum(p, "requests_answered") == REQUESTS
                                            && letters(p, "undecodable") == 1
                                            && sum(p, "checkpoints_flushed_ahead") > 0);
            for (Metric m : JobMetrics.ALL) {
                assertThat(page).contains(PREFIX + name(m));
            }
            assertThat(sum(page, "candidates_scored")).isEqualTo(REQUESTS * CANDIDATES);
            assertThat(sum(page, "requests_age_ms_count")).isEqualTo(REQUESTS);
            // one subtask scores; an empty histogram of another operator would be the least of all
            assertThat(samples(page, "requests_freshness_ms_count")).isEqualTo(1);
            assertThat(sum(page, "pctr_millionths_count")).isEqualTo(REQUESTS);
            String both = withALearningJob(cluster, port);
            for (Metric m : QualityMetrics.ALL) {
                assertThat(both).contains(PREFIX + name(m));
            }
            for (String name : metricsOfAlerts()) {
                assertThat(both).as(name).contains("\n" + name + "{");
            }
            Matcher info = sample(page, PREFIX + "model_version_info");
            assertThat(info.find()).isTrue();
            assertThat(info.group(2)).contains("model=\"").contains("version=\"");
            job.cancel();
        }
    }

    /** With one window of quality that is final. */
    private static String withALearningJob(DemoCluster cluster, int port) throws Exception {
        LearningFeed.submit(cluster, LearningFeed.quick(cluster, Map.of()), null);
        try (LearningFeed feed = new LearningFeed(cluster)) {
            // before all that the scoring job wrote to served, which nobody was shown
            long at = System.currentTimeMillis() / 1000 * 1000 - 600_000;
            feed.shownAndClicked("shown", at);
            feed.beat(at + 13_000);
            return await(port, p -> p.contains(PREFIX + "model_version_arm_quality_auc"));
        }
    }

    /** What differs is a label in Prometheus. */
    private static String name(Metric metric) {
        return metric.name()
                .replaceAll("\\.(REASON|NAME|VERSION|ARM)\\b", "")
                .replaceAll("[.-]", "_");
    }

    /** An alert on a metric that no job exposes would never fire. */
    private static Set<String> metricsOfAlerts() throws IOException {
        Set<String> names = new TreeSet<>();
        Matcher m = Pattern.compile("flink_\\w+").matcher(Files.readString(ALERTS));
        while (m.find()) {
            names.add(m.group());
        }
        assertThat(names).hasSizeGreaterThan(8);
        return names;
    }

    private static Matcher sample(String page, String name) {
        Matcher m = SAMPLE.matcher(page);
        m.region(Math.max(0, page.indexOf("\n" + name + "{") + 1), page.length());
        return m;
    }

    /** Over all operators and subtasks. */
    private static double sum(String page, String metric) {
        double sum = 0;
        Matcher m = SAMPLE.matcher(page);
        while (m.find()) {
            sum += m.group(1).equals(PREFIX + metric) ? Double.parseDouble(m.group(3)) : 0;
        }
        return sum;
    }

    private static long samples(String page, String metric) {
        return SAMPLE.matcher(page)
                .results()
                .filter(m -> m.group(1).equals(PREFIX + metric))
                .count();
    }

    private static double letters(String page, String reason) {
        double sum = 0;
        Matcher m = SAMPLE.matcher(page);
        while (m.find()) {
            boolean of =
                    m.group(1).equals(PREFIX + "reason_dead_letters")
                            && m.group(2).contains("reason=\"" + reason + "\"");
            sum += of ? Double.parseDouble(m.group(3)) : 0;
        }
        return sum;
    }

    private interface Condition {
        boolean holds(String page);
    }

    private static String await(int port, Condition condition) throws Exception {
        HttpClient client = HttpClient.newHttpClient();
        HttpRequest request =
                HttpRequest.newBuilder(URI.create("http://localhost:" + port + "/metrics")).build();
        String page = "";
        for (int n = 0; n < 600; n++) {
            try {
                page = client.send(request, HttpResponse.BodyHandlers.ofString()).body();
                if (condition.holds(page)) {
                    return page;
                }
            } catch (IOException e) {
                page = "no answer: " + e; // it has just begun to listen
            }
            Thread.sleep(100);
        }
        throw new AssertionError("never scraped what was expected; last:\n" + page);
    }
}
