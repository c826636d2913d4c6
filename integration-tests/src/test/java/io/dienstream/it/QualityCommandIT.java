package io.dienstream.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.dienstream.cli.CommandRun;
import io.dienstream.evaluation.online.LogitSketch;
import io.dienstream.operate.kafka.Topics;
import io.dienstream.operate.quality.QualityLog;
import io.dienstream.sandbox.broker.EmbeddedBroker;
import io.dienstream.schema.ModelQuality;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** {@code dien quality} through a broker, on windows whose figures are known. */
class QualityCommandIT {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Offset<Double> EXACT = Offset.offset(1e-9);
    private static final long START = 1_700_000_000_000L;

    private EmbeddedBroker broker;
    private QualityFeed feed;

    @BeforeEach
    void start() throws Exception {
        broker = EmbeddedBroker.start();
        Properties client = new Properties();
        client.put("bootstrap.servers", broker.bootstrapServers());
        Topics.create(client, List.of(QualityLog.TOPIC), 1, (short) 1, Map.of());
        feed = new QualityFeed(client);
    }

    @AfterEach
    void stop() {
        broker.close();
    }

    private CommandRun quality(Object... args) {
        List<Object> all = new ArrayList<>(List.of("quality"));
        all.addAll(List.of(args));
        all.addAll(List.of("--bootstrap-servers", broker.bootstrapServers()));
        return CommandRun.of(all.toArray());
    }

    private JsonNode json(Object... args) throws Exception {
        List<Object> all = new ArrayList<>(List.of(args));
        all.add("--json");
        CommandRun run = quality(all.toArray());
        assertThat(run.exitCode()).as(run.err()).isZero();
        assertThat(run.out().lines()).hasSize(1);
        return JSON.readTree(run.out());
    }

    /** Three impressions at 0.2 without a click and, where there is one, a click at 0.4. */
    private static ModelQuality window(String segment, int number, boolean isClicked) {
        LogitSketch sketch = new LogitSketch();
        for (int n = 0; n < 3; n++) {
            sketch.add(0.2, false, 1);
        }
        if (isClicked) {
            sketch.add(0.4, true, 1);
        }
        double loss = -3 * Math.log(0.8) - (isClicked ? Math.log(0.4) : 0);
        return QualityFeed.window(
                        QualityFeed.LIVE,
                        "live",
                        segment,
                        START + number * QualityFeed.WINDOW,
                        sketch,
                        loss,
                        isClicked ? 1 : 0.6)
                .setRevenueMicros(isClicked ? 2_000 : 0)
                .setCurrency("EUR")
                .build();
    }

    @Test
    void windowsOfAVersionAddUp() throws Exception {
        feed.send(window("all", 0, true), window("all", 1, true));
        JsonNode lines = json();
        assertThat(lines).hasSize(1);
        JsonNode line = lines.get(0);
        assertThat(line.get("model").asText()).isEqualTo("ads");
        assertThat(line.get("version").asText()).isEqualTo("live");
        assertThat(line.get("fingerprint").asText()).isEqualTo("a".repeat(16));
        assertThat(line.get("arm").asText()).isEqualTo("live");
        assertThat(line.get("segment").asText()).isEqualTo("all");
        assertThat(line.get("impressions").asDouble()).isEqualTo(8);
        assertThat(line.get("clicks").asDouble()).isEqualTo(2);
        assertThat(line.get("ctr").asDouble()).isEqualTo(0.25);
        assertThat(line.get("auc").asDouble()).isEqualTo(1);
        assertThat(line.get("auc_error").asDouble()).isZero();
        assertThat(line.get("gauc").isNull()).as("no user with both labels").isTrue();
        assertThat(line.get("log_loss").asDouble())
                .isCloseTo(-(3 * Math.log(0.8) + Math.log(0.4)) / 4, EXACT);
        assertThat(line.get("calibration").asDouble()).isEqualTo(1);
        assertThat(line.get("click_factor").asDouble())
                .isCloseTo(Math.exp(1.96 / Math.sqrt(2)), EXACT);
        assertThat(line.get("revenue_per_mille_micros").asDouble()).isEqualTo(500_000);
        assertThat(line.get("currency").asText()).isEqualTo("EUR");
        assertThat(quality().out())
                .contains("live", "25.000%", "1.0000 +- ", "1.000 [0.250, 3.999]", "0.500 EUR");
    }

    @Test
    void byAFieldEachOfItsSegmentsIsALine() throws Exception {
        feed.send(
                window("all", 0, true),
                window("pricing=CPC", 0, true),
                window("pricing=CPM", 0, false),
                window("position=0", 0, true));
        JsonNode lines = json("--by", "pricing");
        assertThat(lines)
                .extracting(line -> line.get("segment").asText())
                .containsExactly("pricing=CPC", "pricing=CPM");
        assertThat(lines)
                .extracting(line -> line.get("impressions").asDouble())
                .containsExactly(4.0, 3.0);
        CommandRun table = quality("--by", "position");
        assertThat(table.exitCode()).isZero();
        assertThat(table.out().lines()).as("a head and a line").hasSize(2);
        assertThat(table.out()).contains("position=0").doesNotContain("pricing=", "all ");
        CommandRun none = quality("--by", "history");
        assertThat(none.out()).contains("no windows");
        CommandRun wrong = quality("--by", "pricng");
        assertThat(wrong.exitCode()).isEqualTo(2);
        assertThat(wrong.err()).contains("--by: no 'pricng'; did you mean 'pricing'?");
    }

    /** What there is not is no number that somebody might take for one. */
    @Test
    void withoutClicksThereAreNoFiguresOfClicks() throws Exception {
        feed.send(window("all", 0, false), window("all", 1, false));
        JsonNode line = json().get(0);
        assertThat(line.get("impressions").asDouble()).isEqualTo(6);
        assertThat(line.get("clicks").asDouble()).isZero();
        assertThat(line.get("ctr").asDouble()).isZero();
        for (String figure :
                List.of("auc", "auc_deviation", "auc_error", "gauc", "normalized_entropy")) {
            assertThat(line.get(figure).isNull()).as(figure).isTrue();
        }
        assertThat(line.get("calibration").isNull()).isTrue();
        assertThat(line.get("click_factor").isNull()).isTrue();
        assertThat(line.get("log_loss").asDouble()).isCloseTo(-Math.log(0.8), EXACT);
        String table = quality().out();
        assertThat(table).contains("0.000%", "0.22314").doesNotContain("NaN", "Infinity");
        assertThat(table.lines().skip(1).findFirst().orElseThrow())
                .as("AUC, GAUC, NE, calibration")
                .containsPattern("0\\.000% +- +- +- +0\\.22314 +- ");
    }
}
