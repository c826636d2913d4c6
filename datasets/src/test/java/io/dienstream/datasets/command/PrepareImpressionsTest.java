package io.dienstream.datasets.command;

import static org.assertj.core.api.Assertions.assertThat;

import io.dienstream.cli.CommandRun;
import io.dienstream.datasets.format.Dataset;
import io.dienstream.datasets.format.Manifest;
import io.dienstream.datasets.format.Split;
import io.dienstream.dien.model.ModelConfig;
import io.dienstream.schema.TrainingExample;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Our own logs through {@code dien prepare impressions}; every user is one of training. */
class PrepareImpressionsTest {
    @TempDir private Path directory;
    private final List<String> behaviors = new ArrayList<>();
    private final List<String> requests = new ArrayList<>();
    private final List<String> labels = new ArrayList<>();

    private void behavior(String item, long time, int event, String more) {
        behaviors.add(
                "{\"user_id\":\"u\",\"item\":\"%s\",\"timestamp\":%d,\"event_id\":%d%s}"
                        .formatted(item, time, event, more));
    }

    private void request(String id, long time, String more) {
        requests.add(
                ("{\"request_id\":\"%s\",\"user_id\":\"u\",\"timestamp\":%d,\"candidates\":"
                                + "[{\"ad_id\":\"a\",\"item\":\"A\"},{\"ad_id\":\"b\",\"item\":\"B\"}]%s}")
                        .formatted(id, time, more));
    }

    private void label(String id, String clicked) {
        labels.add("{\"request_id\":\"%s\",\"clicked\":%s}".formatted(id, clicked));
    }

    private CommandRun prepare(Object... more) throws IOException {
        List<Object> command = new ArrayList<>(List.of("prepare", "impressions"));
        command.addAll(List.of("--behaviors", Files.write(at("behaviors.jsonl"), behaviors)));
        command.addAll(List.of("--requests", Files.write(at("requests.jsonl"), requests)));
        command.addAll(List.of("--labels", Files.write(at("labels.jsonl"), labels)));
        command.addAll(List.of("--output", at("data")));
        command.addAll(List.of("--test-share", 0, "--validation-share", 0));
        command.addAll(List.of("--earliest", "1970-01-01T00:00:00Z"));
        command.addAll(List.of(more));
        return CommandRun.of(command.toArray());
    }

    private Path at(String name) {
        return directory.resolve(name);
    }

    private List<TrainingExample> examples() throws IOException {
        List<TrainingExample> examples = new ArrayList<>();
        Dataset.open(at("data"))
                .forEach(Split.TRAIN, e -> examples.add(TrainingExample.newBuilder(e).build()));
        return examples;
    }

    private static List<String> items(TrainingExample e) {
        return e.getBehaviors().stream().map(b -> b.getFields().get("item")).toList();
    }

    /** Repeats are none, ties go by id, and a request sees its own moment as in the stream. */
    @Test
    void aRequestSeesWhatTheStreamShowsIt() throws IOException {
        behavior("B", 1_000, 20, "");
        behavior("A", 1_000, 10, "");
        behavior("C", 1_005, 30, "");
        behavior("C", 1_005, 30, "");
        behavior("D", 1_006, 40, "");
        request("r1", 1_006, "");
        request("r2", 1_005, "");
        request("r0", 999, "");
        request("r1", 1_006, "");
        label("r0", "[0, 1]");
        label("r1", "[1, 0]");
        label("r2", "[0, 0]");
        CommandRun result = prepare();
        assertThat(result.exitCode()).as(result.err()).isZero();
        assertThat(examples())
                .extracting(e -> e.getRequestId() + items(e))
                .as("each request once")
                .containsExactlyInAnyOrder("r0[]", "r1[A, B, C, D]", "r2[A, B, C]");
        assertThat(Dataset.open(at("data")).catalog())
                .allSatisfy(entry -> assertThat(entry.count()).isEqualTo(1));
    }

    /** Fields of whichever line has them; a model without them would be refused the requests. */
    @Test
    void allFieldsOfTheLogsAreCarried() throws IOException {
        behavior("A", 1_000, 1, "");
        behavior("B", 1_001, 2, ",\"category\":\"x\"");
        request("r1", 1_002, ",\"user\":{\"age\":\"30s\"},\"context\":{\"hour\":\"12\"}");
        request("r2", 1_003, ",\"user\":{\"gender\":\"F\"},\"context\":{\"place\":\"home\"}");
        requests.set(
                1, requests.get(1).replace("\"ad_id\":\"b\"", "\"ad_id\":\"b\",\"campaign\":7"));
        label("r1", "[1, 0]");
        label("r2", "[0, 1]");
        CommandRun result = prepare();
        assertThat(result.exitCode()).as(result.err()).isZero();
        assertThat(result.err()).contains("[campaign]");
        Dataset dataset = Dataset.open(at("data"));
        Manifest manifest = dataset.manifest();
        assertThat(names(manifest.behaviorFields())).containsExactly("category", "item");
        assertThat(names(manifest.adFields())).containsExactly("category", "item");
        assertThat(names(manifest.userFields())).containsExactly("age", "gender");
        assertThat(names(manifest.contextFields())).containsExactly("hour", "place");
        assertThat(dataset.vocabularies())
                .containsEntry("age", List.of("30s"))
                .containsEntry("gender", List.of("F"))
                .containsEntry("hour", List.of("12"))
                .containsEntry("place", List.of("home"))
                .containsEntry("category", List.of("x"));
        assertThat(examples())
                .extracting(TrainingExample::getUser)
                .containsExactlyInAnyOrder(Map.of("age", "30s"), Map.of("gender", "F"));
    }

    private static List<String> names(List<ModelConfig.Field> fields) {
        return fields.stream().map(ModelConfig.Field::name).toList();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "[2, 0] | clicked[0] is 2, neither 0 nor 1",
                "[0, -1] | clicked[1] is -1, neither 0 nor 1",
                "[0, true] | clicked[1] is true, neither 0 nor 1",
                "[0, \"1\"] | clicked[1] is \"1\", neither 0 nor 1",
                "[0, 1.0] | clicked[1] is 1.0, neither 0 nor 1",
                "1 | clicked is no list",
                "[0 | is not JSON"
            })
    void labelsAreZeroOrOne(String clicked, String reason) throws IOException {
        behavior("A", 1_000, 1, "");
        request("r1", 1_001, "");
        request("r2", 1_002, "");
        label("r1", "[1, 0]");
        label("r2", clicked);
        CommandRun result = prepare();
        assertThat(result.err())
                .contains("labels.jsonl:2: refused: " + reason)
                .contains("requests.jsonl:2: refused: has no label for each candidate");
        assertThat(examples()).extracting(TrainingExample::getRequestId).containsExactly("r1");
    }

    @Test
    void whatContradictsOrCannotNameAFieldIsABadLine() throws IOException {
        behavior("A", 1_000, 1, "");
        behavior("B", 1_001, 2, ",\"../x\":\"y\"");
        request("r1", 1_002, "");
        request("r2", 1_003, ",\"user\":{\"a/b\":\"y\"}");
        request("r3", 1_004, ",\"context\":{\"place\":\"line\\nbreak\"}");
        label("r1", "[1, 0]");
        label("r1", "[0, 1]");
        label("r2", "[0, 1]");
        label("r2", "[0, 1]");
        label("r3", "[0, 1]");
        CommandRun result = prepare();
        assertThat(result.err())
                .contains("behaviors.jsonl:2: refused: '../x' names no field")
                .contains("requests.jsonl:2: refused: 'a/b' names no field")
                .contains("requests.jsonl:3: refused: an id has a line break")
                .contains("labels.jsonl:2: refused: contradicts")
                .doesNotContain("labels.jsonl:4");
        assertThat(Dataset.open(at("data")).manifest().refusedLines()).isEqualTo(4);
        assertThat(examples())
                .extracting(e -> e.getRequestId() + items(e))
                .containsExactly("r1[A]");
    }

    /** By whatever examples are split; what else such a line says counts for nothing. */
    @ParameterizedTest
    @ValueSource(strings = {"user", "time"})
    void aCandidateThatNoDataSetCanHoldIsABadLine(String split) throws IOException {
        behavior("A", 1_000, 1, "");
        request("r1", 1_002, "");
        request("r2", 1_003, ",\"user\":{\"age\":\"7\"}");
        request("r3", 1_004, "");
        requests.set(1, requests.get(1).replace("\"ad_id\":\"b\"", "\"ad_id\":\"b\",\"a b\":7"));
        requests.set(2, requests.get(2).replace("\"item\":\"B\"", "\"item\":\"B\\nC\""));
        for (String id : List.of("r1", "r2", "r3")) {
            label(id, "[1, 0]");
        }
        CommandRun result = prepare("--split", split);
        assertThat(result.exitCode()).as(result.err()).isZero();
        assertThat(result.err())
                .contains("requests.jsonl:2: refused: 'a b' names no field")
                .contains("requests.jsonl:3: refused: an id has a line break");
        assertThat(examples()).extracting(TrainingExample::getRequestId).containsExactly("r1");
        assertThat(Dataset.open(at("data")).manifest().userFields()).isEmpty();
    }

    /** However long the log of behaviors is: each file has its own budget. */
    @Test
    void moreBadLinesThanAllowedStopTheRun() throws IOException {
        for (int n = 0; n < 90_000; n++) {
            behavior("A", 1_000 + n, n, "");
        }
        for (int n = 0; n < 600; n++) {
            request("r" + n, 1_000 + n, "");
            label("r" + n, n == 0 ? "[0, 1]" : "[0]");
        }
        CommandRun result = prepare();
        assertThat(result.exitCode()).isEqualTo(1);
        assertThat(result.err())
                .contains("requests.jsonl: 599 of 600 lines were refused", "--max-bad-lines");
        assertThat(at("data")).doesNotExist();
        assertThat(prepare("--max-bad-lines", 1).exitCode()).isZero();
        assertThat(examples()).hasSize(1);
    }
}
