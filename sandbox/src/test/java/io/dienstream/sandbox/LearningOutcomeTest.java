package io.dienstream.sandbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LearningOutcomeTest {
    /** Ten windows, so the last two count. */
    private static final Duration LENGTH = Duration.ofSeconds(150);

    @TempDir private Path directory;

    /**
     * Two impressions of each label a window. The first model orders two of four pairs throughout,
     * the one that learns all four, but only where it is said to be good.
     */
    private static OnlineAuc auc(boolean isGoodAtFirst, boolean isGoodInTheEnd) {
        OnlineAuc auc = new OnlineAuc(LearningOutcome.WINDOW_SECONDS);
        for (int window = 0; window < 10; window++) {
            double at = (window + 0.5) * LearningOutcome.WINDOW_SECONDS;
            boolean isGood = window < 8 ? isGoodAtFirst : isGoodInTheEnd;
            auc.add(at, isGood ? 0.9 : 0.1, 0.9, true);
            auc.add(at, 0.8, 0.1, true);
            auc.add(at, 0.3, 0.2, false);
            auc.add(at, 0.2, 0.8, false);
        }
        return auc;
    }

    private static String print(LearningOutcome outcome, Path plot, boolean json)
            throws IOException {
        StringWriter text = new StringWriter();
        boolean ok = outcome.print(plot, json, new PrintWriter(text));
        if (json) {
            assertThat(last(text.toString()).get("ok").asBoolean()).isEqualTo(ok);
        }
        return text.toString();
    }

    private static JsonNode last(String text) throws IOException {
        List<String> lines = text.lines().toList();
        return new ObjectMapper().readTree(lines.get(lines.size() - 1));
    }

    private static boolean ok(OnlineAuc auc, int unanswered, long promotions) throws IOException {
        LearningOutcome outcome = new LearningOutcome(auc, LENGTH, 40, unanswered, promotions);
        return last(print(outcome, null, true)).get("ok").asBoolean();
    }

    @Test
    void theLastLineSaysWhatTheLastFifthWasWorth() throws IOException {
        LearningOutcome outcome = new LearningOutcome(auc(false, true), LENGTH, 40, 0, 3);
        String text = print(outcome, directory, true);
        JsonNode last = last(text);
        assertThat(last.fieldNames())
                .toIterable()
                .containsExactly("auc_learned", "auc_frozen", "promotions", "ok");
        assertThat(last.get("auc_learned").asDouble()).isCloseTo(1, within(1e-9));
        assertThat(last.get("auc_frozen").asDouble()).isCloseTo(0.5, within(1e-9));
        assertThat(last.get("promotions").asLong()).isEqualTo(3);
        assertThat(last.get("ok").asBoolean()).isTrue();
        assertThat(text)
                .contains("40 requests, 0 without an answer; 3 versions promoted")
                .contains(
                        "online AUC of the last 30 s: 1.0000; of the model that did not learn: 0.5");
        assertThat(Files.size(directory.resolve("learning.png"))).isPositive();
        assertThat(print(outcome, null, false)).doesNotContain("auc_learned", "plot:");
    }

    @Test
    void itIsOkOnlyWhereAPromotedVersionEndsAboveAndEveryRequestWasAnswered() throws IOException {
        assertThat(ok(auc(true, true), 0, 1)).isTrue();
        assertThat(ok(auc(true, false), 0, 1)).as("it was above, and is no more").isFalse();
        assertThat(ok(auc(true, true), 1, 1)).as("an answer is missing").isFalse();
        assertThat(ok(auc(true, true), 0, 0)).as("nothing was promoted").isFalse();
        assertThat(ok(new OnlineAuc(LearningOutcome.WINDOW_SECONDS), 0, 1))
                .as("nothing was measured")
                .isFalse();
    }
}
