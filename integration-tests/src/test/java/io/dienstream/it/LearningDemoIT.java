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
 * {@code demo --learn}: until a version is live, one that was learned on the way, judged as a
 * shadow and as a candidate, while every request is answered; and to its end, where the model that
 * learned must be above the one that did not.
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

    /** As it is without options, unattended. */
    @Test
    void inTheEndTheModelThatLearnedIsAboveTheOneThatDidNot() throws IOException {
        CommandRun run = CommandRun.of("demo", "--learn", "--json");
        List<String> lines = run.out().lines().toList();
        JsonNode last = new ObjectMapper().readTree(lines.get(lines.size() - 1));
        assertThat(last.get("ok").asBoolean()).as(run.out()).isTrue();
        assertThat(run.exitCode()).as(run.err()).isZero();
        assertThat(last.get("auc_learned").asDouble() - last.get("auc_frozen").asDouble())
                .isGreaterThanOrEqualTo(0.02);
        assertThat(last.get("promotions").asLong()).isPositive();
    }
}
