package io.dienstream.operate.send;

import static org.assertj.core.api.Assertions.assertThat;

import io.dienstream.schema.ScoreFlag;
import io.dienstream.schema.ScoredCandidate;
import io.dienstream.schema.ScoredRequest;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class AnswerTableTest {
    private static ScoredRequest answer(int length, Long newest, ScoreFlag... flags) {
        return new ScoredRequest(
                "r1",
                "u1",
                10_000L,
                List.of(
                        new ScoredCandidate("ad2", 1, 1, 0.25f, 50_000_000L, "USD", 0),
                        new ScoredCandidate("ad1", 0, 2, 0.125f, 1_500_000L, "USD", 0)),
                "dien-demo",
                "1",
                length,
                newest,
                List.of(flags),
                10_004L,
                null,
                null,
                null);
    }

    @Test
    void bestFirstWithWhatTheScoresRestOn() {
        assertThat(AnswerTable.of(answer(3, 8_500L), Duration.ofMillis(12)))
                .containsExactly(
                        "r1 of u1: dien-demo 1 saw 3 behaviors, the newest of 1.5 s before, answered"
                                + " in 12 ms",
                        "  rank  ad                        pCTR          eCPM",
                        "     1  ad2                   0.250000       50.0000 USD",
                        "     2  ad1                   0.125000        1.5000 USD");
    }

    @Test
    void aColdUserIsNamed() {
        assertThat(AnswerTable.of(answer(0, null, ScoreFlag.COLD_USER), Duration.ZERO).get(0))
                .isEqualTo("r1 of u1: dien-demo 1 saw no behaviors [COLD_USER], answered in 0 ms");
    }
}
