package io.dienstream.dien;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.dienstream.dien.artifact.ModelReader;
import io.dienstream.dien.history.HistoryModel;
import io.dienstream.dien.history.InterestHistory;
import io.dienstream.dien.kernel.Kernels;
import io.dienstream.dien.kernel.KernelsProvider;
import io.dienstream.dien.kernel.ScalarKernels;
import io.dienstream.dien.layer.InterestExtractor;
import io.dienstream.dien.model.Architecture;
import io.dienstream.dien.model.AttentionType;
import io.dienstream.dien.model.GateForm;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class ScorerTest {
    private static final int CANDIDATES = 75;

    @TempDir private Path directory;

    private Scorer scorer(Architecture architecture) throws IOException {
        return new Scorer(
                RandomModels.write(
                        directory.resolve(architecture.key()),
                        RandomModels.config(architecture, AttentionType.MLP, GateForm.PAPER, 40),
                        3),
                KernelsProvider.get());
    }

    private static InterestHistory history(HistoryModel model, int length, long seed) {
        Random random = new Random(seed);
        InterestHistory history = model.newHistory();
        InterestExtractor.Scratch scratch = model.newScratch();
        for (int t = 0; t < length; t++) {
            model.add(history, model.encode(Integer.toString(t), t, fields(random)), scratch);
        }
        return history;
    }

    private static Map<String, String> fields(Random random) {
        return Map.of("item", "i" + random.nextInt(25), "category", "c" + random.nextInt(9));
    }

    private static EncodedRequest request(Scorer scorer, int n, long seed) {
        Random random = new Random(seed);
        EncodedRequest request = scorer.encoder().newRequest();
        scorer.encoder().begin(Map.of("segment", "s1"), Map.of(), n, request);
        for (int i = 0; i < n; i++) {
            scorer.encoder().candidate(i, fields(random), request);
        }
        return request;
    }

    /** A foreign artifact that says its offset is one that has it in its last bias. */
    @ParameterizedTest
    @EnumSource(Architecture.class)
    void anOffsetIsAddedToTheLogit(Architecture architecture) throws IOException {
        Scorer own = scorer(architecture);
        Path foreign = directory.resolve("foreign-" + architecture.key());
        RandomModels.write(foreign, own.model().config(), 3);
        Path json = foreign.resolve("model.json");
        String text = Files.readString(json).stripTrailing();
        Files.writeString(
                json, text.substring(0, text.length() - 1) + ", \"logit_offset\": -1.25}");
        for (Kernels kernels : List.of(new ScalarKernels(), KernelsProvider.get())) {
            ScorerScratch plain = scores(new Scorer(own.model(), kernels));
            ScorerScratch moved = scores(new Scorer(ModelReader.read(foreign), kernels));
            for (int n = 0; n < CANDIDATES; n++) {
                float logit = plain.logit(n) - 1.25f;
                assertThat(moved.logit(n)).isEqualTo(logit);
                assertThat(moved.pctr(n)).isEqualTo((float) (1 / (1 + Math.exp(-logit))));
            }
        }
    }

    private static ScorerScratch scores(Scorer scorer) {
        ScorerScratch scratch = scorer.newScratch();
        scorer.score(
                history(scorer.historyModel(), 33, 1), 33, request(scorer, CANDIDATES, 2), scratch);
        return scratch;
    }

    /** More candidates than a block, then each alone: company and order do not matter. */
    @ParameterizedTest
    @EnumSource(Architecture.class)
    void scoresACandidateTheSameInEveryCompany(Architecture architecture) throws IOException {
        Scorer scorer = scorer(architecture);
        InterestHistory history = history(scorer.historyModel(), 33, 1);
        ScorerScratch together = scorer.newScratch();
        scorer.score(history, 33, request(scorer, CANDIDATES, 2), together);
        Random random = new Random(2);
        ScorerScratch alone = scorer.newScratch();
        for (int n = 0; n < CANDIDATES; n++) {
            EncodedRequest one = scorer.encoder().newRequest();
            scorer.encoder().begin(Map.of("segment", "s1"), Map.of(), 1, one);
            scorer.encoder().candidate(0, fields(random), one);
            scorer.score(history, 33, one, alone);
            assertThat(alone.logit(0))
                    .as(architecture + " candidate " + n)
                    .isCloseTo(together.logit(n), within(1e-5f));
        }
    }

    @ParameterizedTest
    @EnumSource(Architecture.class)
    void seesOnlyThePrefix(Architecture architecture) throws IOException {
        Scorer scorer = scorer(architecture);
        ScorerScratch long40 = scorer.newScratch();
        ScorerScratch short12 = scorer.newScratch();
        EncodedRequest request = request(scorer, 3, 5);
        scorer.score(history(scorer.historyModel(), 40, 1), 12, request, long40);
        scorer.score(history(scorer.historyModel(), 12, 1), 12, request, short12);
        for (int n = 0; n < 3; n++) {
            assertThat(long40.logit(n)).isEqualTo(short12.logit(n));
        }
    }

    @Test
    void attentionWeightsSumToOne() throws IOException {
        Scorer scorer = scorer(Architecture.DIEN);
        ScorerScratch scratch = scorer.newScratch();
        scratch.setKeepAttention(true);
        scorer.score(history(scorer.historyModel(), 17, 1), 17, request(scorer, 40, 2), scratch);
        for (int n = 0; n < 40; n++) {
            double sum = 0;
            for (float a : scratch.attention(n)) {
                assertThat(a).isBetween(0f, 1f);
                sum += a;
            }
            assertThat(sum).isCloseTo(1, within(1e-5));
        }
    }

    /** A request of five ads in 60 places: each answers as it does alone in its place. */
    @ParameterizedTest
    @EnumSource(
            value = Architecture.class,
            names = {"DIEN", "WIDE_DEEP", "DIN"})
    void candidatesThatRepeatAreScoredOnce(Architecture architecture) throws IOException {
        Scorer scorer = scorer(architecture);
        InterestHistory history = history(scorer.historyModel(), 20, 1);
        EncodedRequest five = scorer.encoder().newRequest();
        EncodedRequest sixty = scorer.encoder().newRequest();
        scorer.encoder().begin(Map.of("segment", "s1"), Map.of(), 5, five);
        scorer.encoder().begin(Map.of("segment", "s1"), Map.of(), 60, sixty);
        for (int n = 0; n < 60; n++) {
            Map<String, String> ad = Map.of("item", "i" + n % 5, "category", "c" + n % 5 % 2);
            scorer.encoder().candidate(n, ad, sixty);
            if (n < 5) {
                scorer.encoder().candidate(n, ad, five);
            }
        }
        ScorerScratch expected = scorer.newScratch();
        ScorerScratch actual = scorer.newScratch();
        expected.setKeepAttention(true);
        actual.setKeepAttention(true);
        scorer.score(history, 20, request(scorer, 70, 3), actual); // leaves other slots behind
        scorer.score(history, 20, five, expected);
        scorer.score(history, 20, sixty, actual);
        assertThat(actual.distinct.count()).isEqualTo(5);
        for (int n = 0; n < 60; n++) {
            assertThat(actual.logit(n)).isEqualTo(expected.logit(n % 5));
            assertThat(actual.pctr(n)).isEqualTo(expected.pctr(n % 5));
            if (architecture != Architecture.WIDE_DEEP) {
                assertThat(actual.attention(n)).isEqualTo(expected.attention(n % 5));
            }
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = Architecture.class,
            names = {"DIEN", "AGRU", "AIGRU"})
    void leavesOutStepsWithinTheTailAndNoneWithoutOne(Architecture architecture)
            throws IOException {
        Scorer scorer = scorer(architecture);
        InterestHistory history = history(scorer.historyModel(), 40, 1);
        EncodedRequest request = request(scorer, 50, 2);
        ScorerScratch exact = scorer.newScratch();
        scorer.score(history, 40, request, exact);
        ScorerScratch skipping = scorer.newScratch();
        float before = 0;
        for (double tail : new double[] {0, 0.05, 0.4}) {
            skipping.setAttentionTail(tail);
            long skipped = skipping.skippedSteps();
            scorer.score(history, 40, request, skipping);
            skipped = skipping.skippedSteps() - skipped;
            float worst = 0;
            for (int n = 0; n < 50; n++) {
                worst = Math.max(worst, Math.abs(exact.logit(n) - skipping.logit(n)));
            }
            if (tail == 0 || architecture == Architecture.AIGRU) {
                assertThat(skipped).isZero();
                assertThat(worst).isZero();
            } else {
                assertThat(skipped).as("tail " + tail).isPositive();
                assertThat(worst).isGreaterThan(before).isLessThan((float) (10 * tail));
                before = worst;
            }
        }
        assertThatThrownBy(() -> skipping.setAttentionTail(1))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void refusesAPrefixBeyondTheHistory() throws IOException {
        Scorer scorer = scorer(Architecture.DIEN);
        InterestHistory history = history(scorer.historyModel(), 3, 1);
        EncodedRequest request = request(scorer, 1, 2);
        assertThatThrownBy(() -> scorer.score(history, 4, request, scorer.newScratch()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("prefix=4");
    }

    @Test
    void countsUnknownFields() throws IOException {
        Scorer scorer = scorer(Architecture.BASE);
        EncodedRequest request = scorer.encoder().newRequest();
        scorer.encoder().begin(Map.of(), Map.of(), 2, request);
        scorer.encoder().candidate(0, Map.of("item", "i1", "category", "c"), request);
        scorer.encoder().candidate(1, Map.of("item", "never"), request);
        assertThat(request.unknownFields(0)).isZero();
        assertThat(request.unknownFields(1)).isEqualTo(2);
    }
}
