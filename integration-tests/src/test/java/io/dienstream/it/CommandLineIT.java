package io.dienstream.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.dienstream.cli.CommandRun;
import io.dienstream.dien.Needed;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The commands as a user calls them: output, exit codes, messages. */
class CommandLineIT {
    private static final Path GOLDEN = Path.of("../dien-model/src/test/resources/golden");
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Offset<Double> TOLERANCE = Offset.offset(1e-5);

    @TempDir private Path directory;

    private static List<JsonNode> lines(Path file) throws IOException {
        List<JsonNode> nodes = new ArrayList<>();
        for (String line : Files.readAllLines(file)) {
            nodes.add(JSON.readTree(line));
        }
        return nodes;
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "agru",
                "aigru",
                "augru-mlp",
                "base",
                "dien-bilinear",
                "dien-official-gate",
                "din",
                "gru_attention",
                "pnn",
                "wide_deep"
            })
    void scoreExplainsEveryGoldenCase(String name) throws IOException {
        Path golden = GOLDEN.resolve(name);
        Path output = directory.resolve("answers.jsonl");
        CommandRun result =
                CommandRun.of(
                        "score",
                        "--model",
                        golden.resolve("model"),
                        "--requests",
                        golden.resolve("requests.jsonl"),
                        "--output",
                        output,
                        "--explain");
        assertThat(result.exitCode()).as(result.err()).isZero();
        List<JsonNode> answers = lines(output);
        List<JsonNode> expected = lines(golden.resolve("expected.jsonl"));
        assertThat(answers).hasSameSizeAs(expected);
        for (int i = 0; i < expected.size(); i++) {
            assertNear(expected.get(i), answers.get(i), "pctr");
            assertNear(expected.get(i), answers.get(i), "logit");
            assertNear(expected.get(i), answers.get(i), "attention");
            JsonNode states = expected.get(i).path("interest_states");
            for (int t = 0; t < states.size(); t++) {
                JsonNode actual = answers.get(i).path("interest_states").get(t);
                for (int h = 0; h < states.get(t).size(); h++) {
                    assertThat(actual.get(h).asDouble())
                            .isCloseTo(states.get(t).get(h).asDouble(), TOLERANCE);
                }
            }
        }
    }

    private static void assertNear(JsonNode expected, JsonNode actual, String key) {
        for (int n = 0; n < expected.path(key).size(); n++) {
            assertThat(actual.path(key).path(n).asDouble(Double.NaN))
                    .as(key + " " + n + " of " + expected.path("request_id"))
                    .isCloseTo(expected.path(key).get(n).asDouble(), TOLERANCE);
        }
    }

    /** Without the refusal the benchmark itself would start, and take minutes. */
    @ParameterizedTest
    @ValueSource(strings = {"stream", "latency"})
    @Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
    void benchmarksRefuseHistoriesThatTheModelCuts(String name) {
        Path model = GOLDEN.resolve("dien-bilinear/model");
        CommandRun result = CommandRun.of("bench", name, "--model", model, "--history", 1_000);
        assertThat(result.exitCode()).isEqualTo(2);
        assertThat(result.err()).contains("--history=1000: " + model + " retains ");
    }

    @Test
    void scoreRefusesBadLinesByNumberAndAnswersTheRest() throws IOException {
        Path golden = GOLDEN.resolve("dien-bilinear");
        List<String> good = Files.readAllLines(golden.resolve("requests.jsonl"));
        Path requests = directory.resolve("requests.jsonl");
        Path output = directory.resolve("answers.jsonl");
        Files.write(
                requests,
                List.of(
                        good.get(0),
                        "{not json",
                        good.get(1).replace("\"user_id\"", "\"user\""),
                        good.get(2).replaceAll("\"candidates\": \\[.*?\\]", "\"candidates\": []"),
                        good.get(3).replace("\"age\"", "\"shoe\""),
                        good.get(4)));
        CommandRun result =
                CommandRun.of(
                        "score",
                        "--model",
                        golden.resolve("model"),
                        "--requests",
                        requests,
                        "--output",
                        output);
        assertThat(result.exitCode()).isEqualTo(1);
        assertThat(result.err())
                .contains("requests.jsonl:2: refused: is not JSON")
                .contains("requests.jsonl:3: refused:")
                .contains("requests.jsonl:4: refused: no_candidates")
                .contains("requests.jsonl:5: refused: unknown_field")
                .doesNotContain("requests.jsonl:6");
        assertThat(lines(output))
                .extracting(n -> n.get("request_id").asText())
                .containsExactly("r0", "r4");
    }

    /** Behaviors after the request have not happened yet: they push nothing out of the history. */
    @ParameterizedTest
    @ValueSource(ints = {0, 20, 21, 50})
    void whatComesAfterARequestChangesNothingOfItsScore(int later) throws IOException {
        Path model = GOLDEN.resolve("augru-mlp/model");
        Path requests = directory.resolve("requests.jsonl");
        Path output = directory.resolve("answers.jsonl");
        Files.write(requests, List.of(request("before", 80, 0), request("after", 80, later)));
        CommandRun result =
                CommandRun.of(
                        "score", "--model", model, "--requests", requests, "--output", output);
        assertThat(result.exitCode()).as(result.err()).isZero();
        List<JsonNode> answers = lines(output);
        assertThat(answers.get(1).path("sequence_length").asInt()).isEqualTo(80);
        assertThat(answers.get(1).path("pctr")).isEqualTo(answers.get(0).path("pctr"));
    }

    /** A request at its {@code seen}th behavior, an hour from one to the next. */
    private static String request(String id, int seen, int later) {
        StringBuilder behaviors = new StringBuilder();
        for (int n = 0; n < seen + later; n++) {
            behaviors
                    .append(n == 0 ? "" : ",")
                    .append("{\"item\":\"i%d\",\"timestamp\":%d}".formatted(n % 7, hours(n)));
        }
        return "{\"request_id\":\"%s\",\"user_id\":\"u\",\"timestamp\":%d,\"candidates\":[{\"item\":\"i1\"}],\"behaviors\":[%s]}"
                .formatted(id, hours(seen - 1), behaviors);
    }

    private static long hours(int n) {
        return 1_700_000_000_000L + n * 3_600_000L;
    }

    /** The rule's 76 of 101, not the last hundred; and no request that score refuses. */
    @Test
    void explainTakesRequestsAsScoreDoes() throws IOException {
        Path model = GOLDEN.resolve("augru-mlp/model");
        Path requests = directory.resolve("requests.jsonl");
        Path output = directory.resolve("explained");
        String good = request("good", 101, 30);
        String bad =
                request("bad", 3, 0)
                        .replace("\"item\":\"i1\"}],", "\"item\":\"i1\",\"bid_micros\":-1}],");
        Files.write(requests, List.of(bad, good));
        CommandRun result =
                CommandRun.of(
                        "explain",
                        "--model",
                        model,
                        "--requests",
                        requests,
                        "--request",
                        "good",
                        "--output",
                        output);
        assertThat(result.exitCode()).as(result.err()).isZero();
        assertThat(result.out()).contains("76 behaviors");
        CommandRun refused =
                CommandRun.of(
                        "explain",
                        "--model",
                        model,
                        "--requests",
                        requests,
                        "--request",
                        "bad",
                        "--output",
                        directory.resolve("never"));
        assertThat(refused.exitCode()).isEqualTo(1);
        assertThat(refused.err())
                .contains("requests.jsonl:1: refused: invalid_bid", "no request bad");
        assertThat(directory.resolve("never")).doesNotExist();
    }

    @Test
    void wrongUsageExitsWithTwo() {
        assertThat(CommandRun.of("score").exitCode()).isEqualTo(2);
        assertThat(CommandRun.of("demo", "--behaviors", "x").exitCode()).isEqualTo(2);
        CommandRun option = CommandRun.of("job", "--job.parallelism=2", "--model.path=x");
        assertThat(option.exitCode()).isEqualTo(2);
        assertThat(option.err()).contains("kafka.bootstrap-servers");
        CommandRun parallelism =
                CommandRun.of(
                        "job",
                        "--job.parallelism=many",
                        "--model.path=x",
                        "--kafka.bootstrap-servers=k:1");
        assertThat(parallelism.exitCode()).isEqualTo(2);
        assertThat(parallelism.err()).contains("job.parallelism", "many", "whole number");
    }

    @Test
    void aCorruptArtifactIsRefusedByFileAndTensor() throws IOException {
        Path model = directory.resolve("model");
        copy(GOLDEN.resolve("base/model"), model);
        byte[] weights = Files.readAllBytes(model.resolve("weights.safetensors"));
        // the last four bytes are part of the last tensor: a quiet NaN, little endian
        weights[weights.length - 1] = 0x7f;
        weights[weights.length - 2] = (byte) 0xc0;
        Files.write(model.resolve("weights.safetensors"), weights);
        for (CommandRun result :
                List.of(
                        CommandRun.of("model", "inspect", model),
                        CommandRun.of(
                                "job",
                                "--kafka.bootstrap-servers=localhost:1",
                                "--checkpoint.directory=" + directory.resolve("state").toUri(),
                                "--model.path=" + model))) {
            assertThat(result.exitCode()).isEqualTo(1);
            assertThat(result.err())
                    .contains("weights.safetensors", "tensor ", "NaN")
                    .doesNotContain("\tat ");
        }
    }

    private static void copy(Path from, Path to) throws IOException {
        try (var files = Files.walk(from)) {
            for (Path file : files.toList()) {
                Files.copy(file, to.resolve(from.relativize(file).toString()));
            }
        }
    }

    @Test
    void modelInspectAndVerifyAcceptAGoodArtifact() throws IOException {
        Path golden = GOLDEN.resolve("augru-mlp");
        CommandRun inspect = CommandRun.of("model", "inspect", golden.resolve("model"));
        assertThat(inspect.exitCode()).isZero();
        assertThat(inspect.out()).contains("augru", "attention.hidden1.weight", "[80, 144]");
        CommandRun json = CommandRun.of("model", "inspect", "--json", golden.resolve("model"));
        assertThat(JSON.readTree(json.out()).get("max_length").asInt()).isEqualTo(100);
        CommandRun verify =
                CommandRun.of(
                        "model",
                        "verify",
                        golden.resolve("model"),
                        "--requests",
                        golden.resolve("requests.jsonl"),
                        "--expected",
                        golden.resolve("expected.jsonl"));
        assertThat(verify.exitCode()).as(verify.out()).isZero();
        CommandRun wrong =
                CommandRun.of(
                        "model",
                        "verify",
                        golden.resolve("model"),
                        "--requests",
                        golden.resolve("requests.jsonl"),
                        "--expected",
                        GOLDEN.resolve("din/expected.jsonl"));
        assertThat(wrong.exitCode()).isEqualTo(1);
    }

    @Test
    void aMissingKafkaIsSaidWithinItsTimeout() {
        long start = System.nanoTime();
        CommandRun job =
                CommandRun.of(
                        "job",
                        "--kafka.bootstrap-servers=localhost:1",
                        "--kafka.startup-timeout=3s",
                        "--checkpoint.directory=" + directory.resolve("state").toUri(),
                        "--model.path=" + GOLDEN.resolve("base/model"));
        assertThat((System.nanoTime() - start) / 1e9).isLessThan(30);
        assertThat(job.exitCode()).isEqualTo(1);
        assertThat(job.err())
                .contains("Kafka at localhost:1 did not answer", "kafka.bootstrap-servers")
                .doesNotContain("\tat ");
    }

    /**
     * Kafka remembers how far it has read: without its state the behaviors up to there are gone.
     */
    @Test
    void aJobThatHasRunBeforeAsksWhetherToGoOn() throws IOException {
        Path checkpoint =
                Files.createDirectories(directory.resolve("state").resolve("run").resolve("chk-7"));
        Files.createFile(checkpoint.resolve("_metadata"));
        CommandRun job =
                CommandRun.of(
                        "job",
                        "--kafka.bootstrap-servers=localhost:1",
                        "--kafka.startup-timeout=1s",
                        "--checkpoint.directory=" + directory.resolve("state").toUri(),
                        "--model.path=" + GOLDEN.resolve("base/model"));
        assertThat(job.exitCode()).isEqualTo(2);
        assertThat(job.err())
                .contains("chk-7", "--job.start-from=latest", "--job.start-from=none")
                .doesNotContain("\tat ");
        CommandRun anew =
                CommandRun.of(
                        "job",
                        "--kafka.bootstrap-servers=localhost:1",
                        "--kafka.startup-timeout=1s",
                        "--job.start-from=none",
                        "--checkpoint.directory=" + directory.resolve("state").toUri(),
                        "--model.path=" + GOLDEN.resolve("base/model"));
        assertThat(anew.err()).contains("did not answer");
    }

    @Test
    void topicsOfOneJobDiffer() {
        CommandRun job =
                CommandRun.of(
                        "job",
                        "--kafka.bootstrap-servers=localhost:1",
                        "--topics.scores=behaviors",
                        "--model.path=x");
        assertThat(job.exitCode()).isEqualTo(2);
        assertThat(job.err()).contains("topics.behaviors and topics.scores", "'behaviors'");
    }

    private static LogFiles realLog(String name) {
        Needed.here(
                "real-logs",
                Dataset.isPresent(name),
                "no real data " + name + " below " + Dataset.shared());
        return LogFiles.of(name);
    }

    /** What a user is answered depends on no other user. */
    @ParameterizedTest
    @CsvSource({"amazon-sports, 4", "ml-100k, 2"})
    void demoPlaysRealLogsOfEveryNthUserAsExpected(String name, int n) throws IOException {
        demoPlaysAsExpected(realLog(name).ofEveryNthUser(n, directory));
    }

    @Tag("long")
    @ParameterizedTest
    @ValueSource(strings = {"amazon-sports", "ml-100k"})
    void demoPlaysWholeRealLogsAsExpected(String name) throws IOException {
        demoPlaysAsExpected(realLog(name));
    }

    private void demoPlaysAsExpected(LogFiles log) throws IOException {
        Path output = directory.resolve("answers.jsonl");
        CommandRun result =
                CommandRun.of(
                        "demo",
                        "--model",
                        log.model(),
                        "--behaviors",
                        log.behaviors(),
                        "--requests",
                        log.requests(),
                        "--expected",
                        log.expected(),
                        "--output",
                        output);
        assertThat(result.exitCode()).as(result.out() + result.err()).isZero();
        assertThat(result.out()).contains("parity: ", "expected: ");
        assertThat(result.out())
                .containsPattern("AUC: (\\d\\.\\d{4}), of the expected answers \\1");
        JsonNode first = lines(output).get(0);
        assertThat(first.fieldNames())
                .toIterable()
                .contains("request_id", "model_version", "pctr", "ecpm", "rank");
    }

    @Test
    void theDemoOfSimulatedUsersEndsWithParity() {
        CommandRun result =
                CommandRun.of("demo", "--seconds", "4", "--past", "5000", "--users", "300");
        assertThat(result.exitCode()).as(result.out() + result.err()).isZero();
        assertThat(result.out())
                .contains("parity: ", ": ok", "best that any model could reach", "undecodable=");
    }
}
