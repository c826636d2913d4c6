package io.dienstream.datasets.simulate;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.dienstream.datasets.log.BadLines;
import io.dienstream.datasets.log.ShownLog;
import io.dienstream.schema.AdClick;
import io.dienstream.schema.Impression;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SimulatedPageTest {
    private static final int REQUESTS = 200;
    private static final int SHOWN = 3;

    @TempDir private Path directory;

    private Path files(String name, long seed) throws IOException {
        Path to = directory.resolve(name);
        SimulatedPage page = new SimulatedPage(SHOWN, seed);
        new SimulatedFiles(new Simulator(1, 20), 500, REQUESTS, 5, page).write(to);
        return to;
    }

    /** Clicks are the truth's, of what was shown and no other; who reads the files sees all. */
    @Test
    void whatIsToldIsTheTruthOfWhatWasShown() throws IOException {
        Path log = files("log", 7);
        StringWriter err = new StringWriter();
        BadLines bad = new BadLines(new PrintWriter(err));
        List<Impression> shown = ShownLog.impressions(log.resolve("impressions.jsonl.gz"), bad);
        List<AdClick> clicks = ShownLog.clicks(log.resolve("clicks.jsonl.gz"), bad);
        assertThat(bad.count()).as(err.toString()).isZero();
        assertThat(shown).hasSize(REQUESTS * SHOWN);
        Set<String> clicked = new HashSet<>();
        clicks.forEach(c -> clicked.add(c.getRequestId() + "/" + c.getAdId()));
        assertThat(clicked).hasSameSizeAs(clicks).hasSizeGreaterThan(20);
        Set<String> truth = new HashSet<>();
        List<JsonNode> lines = lines(log.resolve("truth.jsonl.gz"));
        for (Impression i : shown) {
            int request = (int) Simulator.requestNumber(i.getRequestId());
            if (lines.get(request).at("/clicked/" + i.getPosition()).asInt() == 1) {
                truth.add(i.getRequestId() + "/" + i.getAdId());
            }
        }
        assertThat(clicked).isEqualTo(truth);
    }

    private static List<JsonNode> lines(Path file) throws IOException {
        ObjectMapper json = new ObjectMapper();
        try (var in = new GZIPInputStream(Files.newInputStream(file))) {
            return json.readerFor(JsonNode.class).<JsonNode>readValues(in).readAll();
        }
    }

    /** The same seed gives the same bytes; without a page the other files are the same too. */
    @Test
    void theSameSeedGivesTheSameFiles() throws IOException {
        Path one = files("one", 7);
        Path two = files("two", 7);
        Path other = files("other", 8);
        Path none = directory.resolve("none");
        new SimulatedFiles(new Simulator(1, 20), 500, REQUESTS, 5).write(none);
        for (String file : List.of("impressions.jsonl.gz", "clicks.jsonl.gz")) {
            assertThat(one.resolve(file)).hasSameBinaryContentAs(two.resolve(file));
            assertThat(none.resolve(file)).doesNotExist();
        }
        assertThat(Files.mismatch(one.resolve("clicks.jsonl.gz"), other.resolve("clicks.jsonl.gz")))
                .isNotEqualTo(-1);
        for (String file : List.of("behaviors.jsonl.gz", "requests.jsonl.gz", "truth.jsonl.gz")) {
            assertThat(one.resolve(file)).hasSameBinaryContentAs(none.resolve(file));
        }
    }

    @Test
    void aWrongLineIsNamed() throws IOException {
        Path file =
                Files.writeString(
                        directory.resolve("impressions.jsonl"),
                        """
                        {"request_id":"r","ad_id":"a","user_id":"u","timestamp":2}
                        {"request_id":"r","ad_id":"a","user_id":"u","timestamp":1,"position":-1}
                        {"request_id":"r","ad_id":"a","user_id":"u","time":1}
                        {"request_id":"r","ad_id":"b","user_id":"u","timestamp":1,"propensity":0.5}
                        """);
        StringWriter err = new StringWriter();
        BadLines bad = new BadLines(new PrintWriter(err, true));
        assertThat(ShownLog.impressions(file, bad))
                .extracting(Impression::getAdId)
                .containsExactly("b", "a");
        assertThat(bad.count()).isEqualTo(2);
        assertThat(err.toString())
                .contains("position is -1")
                .contains("an impression has no 'time'");
    }
}
