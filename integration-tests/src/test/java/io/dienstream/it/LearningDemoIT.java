package io.dienstream.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.dienstream.cli.CommandRun;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * {@code demo --learn} until a version is live, and no longer: one that was learned on the way is
 * judged as a shadow and as a candidate and becomes live, and every request is answered. What
 * learning is worth takes longer to show, so it is not asked here.
 */
@Tag("long")
class LearningDemoIT {
    /** At the most; how long it takes is the training's and the gate's affair. */
    private static final String SECONDS = "400";

    @Test
    void aVersionIsLearnedJudgedAndPromotedWhileEveryRequestIsAnswered() throws IOException {
        CommandRun run =
                CommandRun.of(
                        "demo", "--learn", "--until-promotion", "--seconds", SECONDS, "--json");
        List<String> lines = run.out().lines().toList();
        JsonNode last = new ObjectMapper().readTree(lines.get(lines.size() - 1));
        assertThat(last.get("promotions").asInt()).as(run.out()).isPositive();
        assertThat(run.out())
                .contains(" requests, 0 without an answer;")
                .contains("the gate: RAMP ", "the gate: PROMOTE ");
        assertThat(last.get("auc_learned").asDouble()).isBetween(0.5, 1.0);
    }
}
