package io.dienstream.dien;

import static org.assertj.core.api.Assertions.assertThat;

import io.dienstream.dien.artifact.ModelReader;
import io.dienstream.dien.kernel.KernelsProvider;
import io.dienstream.dien.model.Architecture;
import io.dienstream.dien.model.AttentionType;
import io.dienstream.dien.model.GateForm;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.function.LongSupplier;
import java.util.function.LongUnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WarmUpTest {
    private static final long MS = 1_000_000;

    @TempDir private Path directory;

    private Scorer scorer(Architecture architecture) throws IOException {
        Path path = directory.resolve(architecture.name());
        AttentionType attention =
                architecture == Architecture.DIN ? AttentionType.MLP : AttentionType.BILINEAR;
        RandomModels.write(
                path, RandomModels.config(architecture, attention, GateForm.PAPER, 8), 1);
        return new Scorer(ModelReader.read(path), KernelsProvider.get());
    }

    /** A clock that {@code nanos} of round n makes go on; it is read before and after each. */
    private static LongSupplier clock(LongUnaryOperator nanos) {
        long[] state = {0, 0};
        return () -> {
            boolean isAfter = state[0] % 2 == 1;
            state[1] += isAfter ? nanos.applyAsLong(state[0] / 2) : 0;
            state[0]++;
            return state[1];
        };
    }

    @Test
    void goesOnUntilRoundsStopGettingFaster() throws IOException {
        // compiled in round 20: 100 ms before it, 10 ms after
        WarmUp.Outcome outcome =
                new WarmUp(scorer(Architecture.DIEN), clock(n -> n < 20 ? 100 * MS : 10 * MS))
                        .run(60_000 * MS);
        assertThat(outcome.steady()).isTrue();
        assertThat(outcome.firstNanos()).isEqualTo(100 * MS);
        assertThat(outcome.bestNanos()).isEqualTo(10 * MS);
        // thirty rounds, and 300 ms, after the one that was faster
        assertThat(outcome.rounds()).isEqualTo(21 + 30);
    }

    @Test
    void endsWhenTimeIsUp() throws IOException {
        WarmUp.Outcome outcome =
                new WarmUp(scorer(Architecture.DIEN), clock(n -> 1000 * MS)).run(2500 * MS);
        assertThat(outcome.steady()).isFalse();
        assertThat(outcome.rounds()).isEqualTo(3);
    }

    /** A rest is no part of a round, and of the time that there is. */
    @Test
    void restsBetweenRounds() throws IOException {
        long[] rested = {0};
        LongSupplier clock = clock(n -> 100 * MS);
        WarmUp.Outcome outcome =
                new WarmUp(
                                scorer(Architecture.DIEN),
                                () -> clock.getAsLong() + rested[0],
                                () -> rested[0] += 900 * MS)
                        .run(2500 * MS);
        assertThat(outcome.rounds()).isEqualTo(3);
        assertThat(outcome.firstNanos()).isEqualTo(100 * MS);
        assertThat(outcome.bestNanos()).isEqualTo(100 * MS);
    }

    @Test
    void scoresEveryArchitecture() throws IOException {
        for (Architecture architecture : Architecture.values()) {
            WarmUp.Outcome outcome =
                    new WarmUp(scorer(architecture), clock(n -> 1000 * MS)).run(1000 * MS);
            assertThat(outcome.rounds()).as(architecture.name()).isEqualTo(1);
        }
    }

    /** What is scored after it is what would have been scored without it. */
    @Test
    void changesNoAnswer() throws IOException {
        Scorer scorer = scorer(Architecture.DIEN);
        EncodedRequest request = scorer.encoder().newRequest();
        scorer.encoder().begin(Map.of(), Map.of(), 1, request);
        scorer.encoder().candidate(0, Map.of("item", "i3"), request);
        ScorerScratch scratch = scorer.newScratch();
        scorer.score(scorer.historyModel().newHistory(), 0, request, scratch);
        float before = scratch.pctr(0);
        new WarmUp(scorer, clock(n -> 1000 * MS)).run(1000 * MS);
        scorer.score(scorer.historyModel().newHistory(), 0, request, scratch);
        assertThat(scratch.pctr(0)).isEqualTo(before);
    }
}
