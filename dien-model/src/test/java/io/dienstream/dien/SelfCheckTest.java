package io.dienstream.dien;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dienstream.dien.artifact.ArtifactException;
import io.dienstream.dien.artifact.GoldenFile;
import io.dienstream.dien.history.InterestHistory;
import io.dienstream.dien.kernel.ScalarKernels;
import io.dienstream.dien.model.Architecture;
import io.dienstream.dien.model.AttentionType;
import io.dienstream.dien.model.GateForm;
import io.dienstream.dien.model.GoldenAnswer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SelfCheckTest {
    private static final List<Map<String, String>> BEHAVIORS =
            List.of(Map.of("item", "i1", "category", "c"), Map.of("item", "i2"));
    private static final List<Map<String, String>> CANDIDATES =
            List.of(Map.of("item", "i3"), Map.of("item", "i4", "category", "d"));

    @TempDir private Path directory;
    private Scorer scorer;

    @BeforeEach
    void model() throws Exception {
        scorer = scorer("model", 1);
    }

    private Scorer scorer(String name, long seed) throws Exception {
        return new Scorer(
                RandomModels.write(
                        directory.resolve(name),
                        RandomModels.config(
                                Architecture.DIEN, AttentionType.BILINEAR, GateForm.PAPER, 6),
                        seed),
                new ScalarKernels());
    }

    /** What the scorer itself answers. */
    private GoldenAnswer right() {
        InterestHistory history = scorer.historyModel().newHistory();
        for (int t = 0; t < BEHAVIORS.size(); t++) {
            scorer.historyModel()
                    .add(
                            history,
                            scorer.historyModel().encode("b" + t, 10 * t, BEHAVIORS.get(t)),
                            scorer.historyModel().newScratch());
        }
        EncodedRequest request = scorer.encoder().newRequest();
        scorer.encoder().begin(Map.of("segment", "s"), Map.of(), CANDIDATES.size(), request);
        for (int c = 0; c < CANDIDATES.size(); c++) {
            scorer.encoder().candidate(c, CANDIDATES.get(c), request);
        }
        ScorerScratch scratch = scorer.newScratch();
        scorer.score(history, history.size(), request, scratch);
        return new GoldenAnswer(
                Map.of("segment", "s"),
                Map.of(),
                BEHAVIORS,
                CANDIDATES,
                List.of(scratch.pctr(0), scratch.pctr(1)));
    }

    @Test
    void answersOfItsOwnAreRightAfterWritingAndReading() throws Exception {
        GoldenFile.write(directory, List.of(right(), right()));
        List<GoldenAnswer> read = GoldenFile.read(directory);
        assertThat(read).isEqualTo(List.of(right(), right()));
        assertThat(new SelfCheck(scorer).firstWrong(read)).isNull();
    }

    @Test
    void answersOfAnotherModelAreWrong() throws Exception {
        SelfCheck other = new SelfCheck(scorer("other", 2));
        assertThat(other.firstWrong(List.of(right()))).startsWith("request 1 candidate 1 has pCTR");
    }

    @Test
    void moreBehaviorsThanTheModelSeesAreWrong() {
        GoldenAnswer longer =
                new GoldenAnswer(
                        Map.of(),
                        Map.of(),
                        Collections.nCopies(7, BEHAVIORS.get(0)),
                        CANDIDATES,
                        List.of(0.5f, 0.5f));
        assertThat(new SelfCheck(scorer).firstWrong(List.of(longer)))
                .isEqualTo("request 1 has 7 behaviors, the model sees 6 at most");
    }

    @Test
    void anArtifactWithoutThemHasNone() throws Exception {
        assertThat(GoldenFile.read(directory)).isEmpty();
    }

    @Test
    void aFileOfSomebodyElseIsNeitherReadNorQuoted() throws Exception {
        Path secret = Files.writeString(directory.resolve("secret"), "password hunter2\n");
        Path artifact = Files.createDirectory(directory.resolve("artifact"));
        Files.createSymbolicLink(artifact.resolve(GoldenFile.NAME), secret);
        assertThatThrownBy(() -> GoldenFile.read(artifact))
                .isInstanceOf(ArtifactException.class)
                .hasMessageContaining("golden.jsonl")
                .hasMessageContaining("leads out of the artifact's directory");
        assertThatThrownBy(() -> GoldenFile.parse(secret, Files.readAllBytes(secret)))
                .isInstanceOf(ArtifactException.class)
                .hasMessageContaining("line 1 is not JSON")
                .hasNoCause()
                .message()
                .doesNotContain("password", "hunter2");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "{\"candidates\": [{}], \"pctr\": [1.5]} | line 1 pctr: 1.5 is not from 0 to 1",
                "{\"candidates\": [{}], \"pctr\": [\"NaN\"]} | line 1 pctr: one is no number",
                "{\"candidates\": [{}], \"pctr\": []} | line 1 0 pctr for 1 candidates",
                "{\"candidates\": [{\"item\": 3}], \"pctr\": [0.5]} | line 1 candidates: item",
                "{\"user\": [1], \"candidates\": [{}], \"pctr\": [0.5]} | line 1 user",
                "nonsense | line 1 is not JSON"
            })
    void aLineThatIsNoneIsNamed(String line, String message) throws Exception {
        Files.writeString(directory.resolve(GoldenFile.NAME), line + "\n");
        assertThatThrownBy(() -> GoldenFile.read(directory))
                .isInstanceOf(ArtifactException.class)
                .hasMessageContaining("golden.jsonl")
                .hasMessageContaining(message);
    }
}
