package io.dienstream.dien;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.dienstream.dien.artifact.ModelReader;
import io.dienstream.dien.history.HistoryModel;
import io.dienstream.dien.history.InterestHistory;
import io.dienstream.dien.kernel.Kernels;
import io.dienstream.dien.kernel.KernelsProvider;
import io.dienstream.dien.kernel.ScalarKernels;
import io.dienstream.dien.layer.InterestExtractor;
import io.dienstream.dien.model.Model;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Answers of an independent PyTorch implementation (golden/README.md): pCTRs, weights, states. */
class GoldenTest {
    private static final double TOLERANCE = 1e-5;
    private static final Path GOLDEN = Path.of("src/test/resources/golden");
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final TypeReference<Map<String, String>> FIELDS = new TypeReference<>() {};

    static Stream<Path> cases() throws IOException {
        List<Path> cases;
        try (Stream<Path> dirs = Files.list(GOLDEN)) {
            cases = dirs.filter(Files::isDirectory).sorted().toList();
        }
        assertThat(cases).hasSize(10);
        return cases.stream();
    }

    @ParameterizedTest
    @MethodSource("cases")
    void scoresAsTheReferenceDoesWithScalarKernels(Path golden) throws IOException {
        check(golden, new ScalarKernels());
    }

    @ParameterizedTest
    @MethodSource("cases")
    void scoresAsTheReferenceDoesWithTheChosenKernels(Path golden) throws IOException {
        check(golden, KernelsProvider.get());
    }

    private static void check(Path golden, Kernels kernels) throws IOException {
        Model model = ModelReader.read(golden.resolve("model"));
        Scorer scorer = new Scorer(model, kernels);
        List<String> requests = Files.readAllLines(golden.resolve("requests.jsonl"));
        List<String> expected = Files.readAllLines(golden.resolve("expected.jsonl"));
        assertThat(requests).hasSameSizeAs(expected).isNotEmpty();
        for (int i = 0; i < requests.size(); i++) {
            checkRequest(scorer, JSON.readTree(requests.get(i)), JSON.readTree(expected.get(i)));
        }
    }

    private static void checkRequest(Scorer scorer, JsonNode request, JsonNode expected) {
        InterestHistory history = history(scorer.historyModel(), request.get("behaviors"));
        JsonNode candidates = request.get("candidates");
        EncodedRequest encoded = scorer.encoder().newRequest();
        scorer.encoder()
                .begin(
                        fields(request.path("user")),
                        fields(request.path("context")),
                        candidates.size(),
                        encoded);
        for (int n = 0; n < candidates.size(); n++) {
            scorer.encoder().candidate(n, fields(candidates.get(n)), encoded);
        }
        ScorerScratch scratch = scorer.newScratch();
        scratch.setKeepAttention(scorer.model().config().architecture().hasAttention());
        scorer.score(history, history.size(), encoded, scratch);
        String where = expected.get("request_id").asText();
        for (int n = 0; n < candidates.size(); n++) {
            near(expected.get("pctr").get(n), scratch.pctr(n), where + " pctr " + n);
        }
        JsonNode attention = expected.path("attention");
        for (int t = 0; t < attention.size(); t++) {
            near(attention.get(t), scratch.attention(0)[t], where + " attention " + t);
        }
        JsonNode states = expected.path("interest_states");
        int hidden = history.hidden();
        for (int t = 0; t < states.size(); t++) {
            for (int i = 0; i < hidden; i++) {
                near(
                        states.get(t).get(i),
                        history.states()[t * hidden + i],
                        where + " state " + t + "," + i);
            }
        }
    }

    private static InterestHistory history(HistoryModel model, JsonNode behaviors) {
        InterestHistory history = model.newHistory();
        InterestExtractor.Scratch scratch = model.newScratch();
        int eventId = 0;
        for (JsonNode b : behaviors) {
            String id = Integer.toString(eventId++);
            model.add(history, model.encode(id, b.get("timestamp").asLong(), fields(b)), scratch);
        }
        assertThat(history.size()).isEqualTo(behaviors.size());
        return history;
    }

    private static Map<String, String> fields(JsonNode node) {
        return node.isMissingNode() ? Map.of() : JSON.convertValue(node, FIELDS);
    }

    private static void near(JsonNode expected, float actual, String where) {
        assertThat((double) actual).as(where).isCloseTo(expected.asDouble(), within(TOLERANCE));
    }
}
