package io.dienstream.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A short soak: that the process can be sampled, and that a demo's does not grow in a minute. */
class SoakIT {
    private static final String ONE_MINUTE = "0.0167";
    private static final int LEAST_SAMPLES = 6;

    @TempDir Path directory;

    @Test
    void aDemoIsJudgedAsItGoesAndDoesNotGrow() throws Exception {
        try (CommandProcess soak =
                new CommandProcess(
                        directory,
                        "soak",
                        "--hours",
                        ONE_MINUTE,
                        "--behaviors-per-second",
                        "100",
                        "--requests-per-second",
                        "10",
                        "--option",
                        "scoring.warm-up=0s",
                        "--json")) {
            int exitCode = soak.exitCode();
            String output = soak.output();
            assertThat(exitCode).as(output).isZero();
            List<String> lines = output.lines().toList();
            JsonNode last = new ObjectMapper().readTree(lines.get(lines.size() - 1));
            assertThat(last.path("ok").asBoolean()).as(output).isTrue();
            for (String measure : List.of("heap", "metaspace", "threads", "rocksdb")) {
                JsonNode one = last.path("measures").path(measure);
                assertThat(one.path("samples").asInt())
                        .as(measure)
                        .isGreaterThanOrEqualTo(LEAST_SAMPLES);
                assertThat(one.path("first").asDouble()).as(measure).isPositive();
            }
            assertThat(output).contains("scores recomputed offline").contains(": ok");
        }
    }
}
