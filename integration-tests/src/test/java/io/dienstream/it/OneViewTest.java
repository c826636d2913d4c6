package io.dienstream.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.dienstream.cli.CommandRun;
import io.dienstream.datasets.format.Split;
import io.dienstream.datasets.offline.ExampleScorer;
import io.dienstream.datasets.offline.OfflineScorer;
import io.dienstream.dien.RandomModels;
import io.dienstream.dien.history.InterestHistory;
import io.dienstream.job.RandomLog;
import io.dienstream.job.Records;
import io.dienstream.sandbox.Parity;
import io.dienstream.schema.AdRequest;
import io.dienstream.schema.Behavior;
import io.dienstream.schema.Candidate;
import io.dienstream.schema.ScoredCandidate;
import io.dienstream.schema.ScoredRequest;
import io.dienstream.schema.ServedBehavior;
import io.dienstream.schema.TrainingExample;
import io.dienstream.train.batch.EncodedExample;
import io.dienstream.train.batch.ExampleEncoder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Whatever shows or uses what a request saw says the same of the same random logs: what their
 * oracle says, to which RandomLogTest of the job holds the operator.
 */
class OneViewTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int USERS = 60;
    private static final int EXPLAINED = 3;

    @TempDir private Path directory;
    private Path model;
    private OfflineScorer offline;
    private final List<RandomLog> logs = new ArrayList<>();
    private final Map<String, RandomLog> byUser = new HashMap<>();
    private final Random random = new Random(95);

    @BeforeEach
    void makeLogs() throws IOException {
        model = Records.model(directory, 1);
        offline = OfflineTruth.offline(model);
        for (int n = 0; n < USERS; n++) {
            RandomLog log = RandomLog.of("u" + n, random);
            logs.add(log);
            byUser.put(log.user(), log);
        }
    }

    private List<Behavior> seen(AdRequest request) {
        return byUser.get(request.getUserId()).seen(request.getTimestamp(), Records.MAX_LENGTH);
    }

    /** Behaviors one by one, which leaves nothing to order or to cut. */
    private InterestHistory history(List<Behavior> seen) {
        InterestHistory history = offline.newHistory();
        seen.forEach(b -> offline.add(history, b));
        assertThat(history.size()).isEqualTo(seen.size());
        return history;
    }

    private float[] pctrs(AdRequest request) {
        offline.score(request, history(seen(request)));
        return offline.pctrs(request.getCandidates().size());
    }

    private static ObjectNode json(Behavior b) {
        ObjectNode node = JSON.createObjectNode();
        node.put("event_id", b.getEventId()).put("timestamp", b.getTimestamp());
        b.getFields().forEach(node::put);
        return node;
    }

    private static ObjectNode json(AdRequest r, List<Behavior> carried) {
        ObjectNode node = JSON.createObjectNode();
        node.put("request_id", r.getRequestId()).put("user_id", r.getUserId());
        node.put("timestamp", r.getTimestamp());
        r.getUser().forEach(node.putObject("user")::put);
        ArrayNode candidates = node.putArray("candidates");
        for (Candidate c : r.getCandidates()) {
            c.getFields().forEach(candidates.addObject().put("ad_id", c.getAdId())::put);
        }
        ArrayNode behaviors = node.putArray("behaviors");
        carried.forEach(b -> behaviors.add(json(b)));
        return node;
    }

    private Path write(String name, List<?> lines) throws IOException {
        return Files.write(directory.resolve(name), lines.stream().map(String::valueOf).toList());
    }

    private Path behaviorLog() throws IOException {
        List<ObjectNode> lines = new ArrayList<>();
        for (RandomLog log : logs) {
            log.behaviors().forEach(b -> lines.add(json(b).put("user_id", log.user())));
        }
        Collections.shuffle(lines, random);
        return write("behaviors.jsonl", lines);
    }

    /** Requests that carry their user's whole log, what comes later included. */
    private Path requestLog() throws IOException {
        List<ObjectNode> lines = new ArrayList<>();
        for (RandomLog log : logs) {
            log.requests().forEach(r -> lines.add(json(r, log.behaviors())));
        }
        Collections.shuffle(lines, random);
        return write("requests.jsonl", lines);
    }

    private List<AdRequest> requests() {
        return logs.stream().flatMap(l -> l.requests().stream()).toList();
    }

    private static CommandRun run(Object... args) {
        CommandRun result = CommandRun.of(args);
        assertThat(result.exitCode()).as(result.out() + result.err()).isZero();
        return result;
    }

    @Test
    void scoreAndModelVerifySeeWhatTheStreamShows() throws IOException {
        Path requests = requestLog();
        Path output = directory.resolve("answers.jsonl");
        run("score", "--model", model, "--requests", requests, "--output", output, "--explain");
        Map<String, JsonNode> answers = new HashMap<>();
        for (String line : Files.readAllLines(output)) {
            JsonNode answer = JSON.readTree(line);
            answers.put(answer.path("request_id").asText(), answer);
        }
        List<ObjectNode> expected = new ArrayList<>();
        for (AdRequest r : requests()) {
            InterestHistory history = history(seen(r));
            JsonNode answer = answers.get(r.getRequestId());
            assertThat(answer.path("sequence_length").asInt())
                    .as(r.getRequestId())
                    .isEqualTo(history.size());
            for (int i = 0; i < history.size() * history.hidden(); i++) {
                JsonNode state = answer.path("interest_states").get(i / history.hidden());
                assertThat(state.get(i % history.hidden()).floatValue())
                        .as(r.getRequestId())
                        .isEqualTo(history.states()[i]);
            }
            ObjectNode line = JSON.createObjectNode().put("request_id", r.getRequestId());
            for (float pctr : pctrs(r)) {
                line.withArray("pctr").add(pctr);
            }
            expected.add(line);
        }
        Path truth = write("expected.jsonl", expected);
        run("model", "verify", model, "--requests", requests, "--expected", truth);
    }

    @Test
    void explainShowsWhatTheStreamShows() throws IOException {
        Path requests = requestLog();
        List<AdRequest> warm =
                requests().stream().filter(r -> seen(r).size() > 1).limit(EXPLAINED).toList();
        for (AdRequest r : warm) {
            Path output = directory.resolve("explained-" + r.getRequestId());
            run(
                    "explain",
                    "--model",
                    model,
                    "--requests",
                    requests,
                    "--request",
                    r.getRequestId(),
                    "--output",
                    output);
            String page = Files.readString(output.resolve("explain.html"));
            String history = page.substring(page.indexOf(">Weights<"));
            Matcher row = Pattern.compile("<tr><td>(\\d+: [^<]*)</td>").matcher(history);
            List<String> shown = new ArrayList<>();
            while (row.find()) {
                shown.add(row.group(1));
            }
            List<String> expected = new ArrayList<>();
            for (Behavior b : seen(r)) {
                Map<String, String> fields = b.getFields();
                expected.add(
                        "%d: %s/%s"
                                .formatted(
                                        expected.size() + 1,
                                        fields.get("item"),
                                        fields.getOrDefault("category", "-")));
            }
            assertThat(shown).as(r.getRequestId()).isEqualTo(expected);
        }
    }

    /** The data set, what the trainer reads of it, and the figures of evaluate. */
    @Test
    void preparedImpressionsAreTrainedAndEvaluatedOnWhatTheStreamShows() throws IOException {
        List<ObjectNode> labels = new ArrayList<>();
        Map<String, boolean[]> clicked = new HashMap<>();
        for (AdRequest r : requests()) {
            boolean[] label = new boolean[r.getCandidates().size()];
            ObjectNode line = JSON.createObjectNode().put("request_id", r.getRequestId());
            for (int n = 0; n < label.length; n++) {
                label[n] = random.nextBoolean();
                line.withArray("clicked").add(label[n] ? 1 : 0);
            }
            clicked.put(r.getRequestId(), label);
            labels.add(line);
        }
        Path data = directory.resolve("data");
        run(
                "prepare",
                "impressions",
                "--behaviors",
                behaviorLog(),
                "--requests",
                requestLog(),
                "--labels",
                write("labels.jsonl", labels),
                "--max-length",
                Records.MAX_LENGTH,
                "--test-share",
                0,
                "--validation-share",
                0,
                "--output",
                data);
        Map<String, TrainingExample> examples = examples(data);
        assertThat(examples).hasSize(requests().size());
        double predicted = 0;
        int clicks = 0;
        for (AdRequest r : requests()) {
            TrainingExample example = examples.get(r.getRequestId());
            assertThat(example.getBehaviors()).as(r.getRequestId()).isEqualTo(served(seen(r)));
            assertThat(example.getUser()).isEqualTo(r.getUser());
            assertIsReadAsSeen(example, history(seen(r)));
            float[] pctrs = pctrs(r);
            for (int n = 0; n < pctrs.length; n++) {
                predicted += pctrs[n];
                clicks += clicked.get(r.getRequestId())[n] ? 1 : 0;
            }
        }
        CommandRun quality =
                run(
                        "evaluate",
                        "--model",
                        model,
                        "--data",
                        data,
                        "--split",
                        "train",
                        "--draws",
                        40,
                        "--json");
        assertThat(quality.err()).doesNotContain("note: ");
        assertThat(JSON.readTree(quality.out()).path("calibration").asDouble())
                .isCloseTo(predicted / clicks, Offset.offset(1e-6));
    }

    private void assertIsReadAsSeen(TrainingExample example, InterestHistory expected)
            throws IOException {
        String id = example.getRequestId();
        InterestHistory scored = new ExampleScorer(offline.scorer()).score(example);
        int floats = expected.size() * expected.hidden();
        assertThat(scored.size()).as(id).isEqualTo(expected.size());
        assertThat(Arrays.copyOf(scored.states(), floats))
                .as(id)
                .containsExactly(Arrays.copyOf(expected.states(), floats));
        EncodedExample encoded =
                new ExampleEncoder(
                                offline.scorer().model().config(),
                                Map.of("item", RandomModels.items()))
                        .encode(example);
        int fields = expected.fieldNames().length;
        assertThat(encoded.behaviors())
                .as(id)
                .containsExactly(Arrays.copyOf(expected.rows(), expected.size() * fields));
    }

    /** A click's history is what a request one millisecond before it would have seen. */
    @Test
    void preparedInteractionsHaveWhatTheStreamShows() throws IOException {
        Path data = directory.resolve("data");
        run(
                "prepare",
                "interactions",
                "--input",
                behaviorLog(),
                "--max-length",
                Records.MAX_LENGTH,
                "--test-share",
                0,
                "--validation-share",
                0,
                "--output",
                data);
        Map<String, TrainingExample> examples = examples(data);
        int expected = 0;
        for (RandomLog log : logs) {
            List<Behavior> counted = log.counted(Long.MAX_VALUE, Records.MAX_LENGTH);
            for (int position = 1; position < counted.size(); position++) {
                Behavior click = counted.get(position);
                TrainingExample example = examples.get(log.user() + "-" + position);
                long before = click.getTimestamp() - 1;
                assertThat(example.getTimestamp()).isEqualTo(before);
                assertThat(example.getCandidates().get(0).getAdId())
                        .isEqualTo(click.getFields().get("item"));
                List<Behavior> seen = log.seen(before, Records.MAX_LENGTH);
                assertThat(example.getBehaviors())
                        .as(example.getRequestId())
                        .isEqualTo(served(seen.stream().map(OneViewTest::withoutColor).toList()));
                expected++;
            }
        }
        assertThat(examples).hasSize(expected);
    }

    /** A log of interactions is one of items and categories. */
    private static Behavior withoutColor(Behavior b) {
        Map<String, String> fields = new HashMap<>(b.getFields());
        fields.remove("color");
        return new Behavior(b.getEventId(), b.getUserId(), b.getTimestamp(), fields);
    }

    @Test
    void parityHoldsTheStreamToWhatItShows() {
        Map<String, ScoredRequest> answers = new HashMap<>();
        for (AdRequest r : requests()) {
            answers.put(r.getRequestId(), answer(r, seen(r).size()));
        }
        List<Behavior> behaviors =
                new ArrayList<>(logs.stream().flatMap(l -> l.behaviors().stream()).toList());
        Collections.shuffle(behaviors, random);
        Parity parity = new Parity(offline);
        parity.checkEventTime(behaviors, requests(), answers);
        assertThat(parity.holds()).as(parity.summary()).isTrue();
        AdRequest wrong = requests().get(0);
        answers.put(wrong.getRequestId(), answer(wrong, seen(wrong).size() + 1));
        Parity other = new Parity(offline);
        other.checkEventTime(behaviors, requests(), answers);
        assertThat(other.holds()).isFalse();
    }

    private ScoredRequest answer(AdRequest r, int length) {
        float[] pctrs = pctrs(r);
        List<ScoredCandidate> candidates = new ArrayList<>();
        for (int n = 0; n < pctrs.length; n++) {
            String ad = r.getCandidates().get(n).getAdId();
            candidates.add(new ScoredCandidate(ad, n, n + 1, pctrs[n], 1L, "USD", 0));
        }
        return new ScoredRequest(
                r.getRequestId(),
                r.getUserId(),
                r.getTimestamp(),
                candidates,
                "random",
                "7",
                length,
                null,
                List.of(),
                1L,
                null,
                null,
                null);
    }

    private static List<ServedBehavior> served(List<Behavior> seen) {
        return seen.stream().map(b -> new ServedBehavior(b.getTimestamp(), b.getFields())).toList();
    }

    private static Map<String, TrainingExample> examples(Path data) throws IOException {
        Map<String, TrainingExample> examples = new HashMap<>();
        io.dienstream.datasets.format.Dataset.open(data)
                .forEach(
                        Split.TRAIN,
                        e ->
                                assertThat(
                                                examples.put(
                                                        e.getRequestId(),
                                                        TrainingExample.newBuilder(e).build()))
                                        .isNull());
        return examples;
    }
}
