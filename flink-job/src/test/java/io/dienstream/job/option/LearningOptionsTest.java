package io.dienstream.job.option;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

class LearningOptionsTest {
    private static LearningOptions options(String... more) {
        Map<String, String> values = new HashMap<>();
        values.put("kafka.bootstrap-servers", "localhost:1");
        for (int i = 0; i < more.length; i += 2) {
            values.put(more[i], more[i + 1]);
        }
        return LearningOptions.of(values);
    }

    /** What both jobs share asks by the scoring job's constants. */
    @Test
    void aSharedKeyHasThisJobsDefault() {
        LearningOptions options = options();
        assertThat(options.get(JobOptions.GROUP_ID)).isEqualTo("dien-learning");
        assertThat(options.get(JobOptions.ALLOWED_LATENESS)).isEqualTo(Duration.ofSeconds(10));
        assertThat(options.get(JobOptions.DEAD_LETTERS)).isEqualTo("learning-dead-letters");
        assertThat(options.get(JobOptions.IDLE_AFTER)).isZero();
        assertThat(options.get(JobOptions.ROLLOUT_ENABLED)).isFalse();
    }

    @Test
    void aSharedKeyHasOneTypeInBothTables() {
        for (Option<?> own : LearningOptions.ALL) {
            for (Option<?> other : JobOptions.ALL) {
                if (own.key().equals(other.key()) && other.defaultText() != null) {
                    assertThat(own.parse(own.defaultText(), "default"))
                            .as(own.key())
                            .isInstanceOf(other.parse(other.defaultText(), "default").getClass());
                }
            }
        }
    }

    @Test
    void optionsOfTheScoringJobAloneDoNotExist() throws IOException {
        assertThatThrownBy(() -> options("model.path", "m"))
                .isInstanceOf(OptionException.class)
                .hasMessageContaining("model.path")
                .hasMessageContaining("does not exist");
        String[] args = {"--kafka.bootstrap-servers=a:1", "--labels.wait", "1h"};
        assertThat(
                        LearningOptions.parse(args, Map.of("DIEN_EXAMPLES_SALT", "s"))
                                .get(LearningOptions.SALT))
                .isEqualTo("s");
    }

    @Test
    void whatDoesNotFitIsRefusedByName() {
        assertThatThrownBy(() -> options("labels.correction-wait", "1min"))
                .isInstanceOf(OptionException.class)
                .hasMessageContaining("labels.correction-wait");
        assertThatThrownBy(() -> options("examples.negative-rate", "0"))
                .isInstanceOf(OptionException.class)
                .hasMessageContaining("examples.negative-rate = '0'");
        assertThatThrownBy(() -> options("labels.wait", "0s"))
                .isInstanceOf(OptionException.class)
                .hasMessageContaining("labels.wait");
        assertThatThrownBy(() -> options("topics.impressions", "served"))
                .isInstanceOf(OptionException.class)
                .hasMessageContaining("the same topic 'served'");
        assertThatThrownBy(
                        () ->
                                options(
                                        "examples.directory",
                                        "file:///x",
                                        "checkpoint.interval",
                                        "0s"))
                .isInstanceOf(OptionException.class)
                .hasMessageContaining("examples.directory");
    }
}
