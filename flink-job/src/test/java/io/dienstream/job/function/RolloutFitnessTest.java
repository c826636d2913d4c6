package io.dienstream.job.function;

import static org.assertj.core.api.Assertions.assertThat;

import io.dienstream.dien.RandomModels;
import io.dienstream.dien.artifact.ModelReader;
import io.dienstream.dien.model.ModelConfig;
import io.dienstream.dien.model.ModelConfig.Field;
import io.dienstream.job.rollout.Commands;
import io.dienstream.schema.ModelCommand;
import io.dienstream.schema.ModelCommandKind;
import io.dienstream.schema.ModelState;
import io.dienstream.schema.ModelStatus;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Candidates with other fields than the live version, whose requests they could not answer. */
class RolloutFitnessTest extends RolloutOperatorScenario {
    private static final List<Field> OTHERS =
            List.of(new Field("thing", "item"), new Field("kind", "category"));

    private Path live;

    /** A candidate, by what it lacks. */
    enum Lack {
        USER_FIELDS("it has not the user fields [segment] of the live version") {
            @Override
            ModelConfig from(ModelConfig live) {
                return with(live, live.behaviorFields(), live.adFields(), List.of(), HOUR);
            }
        },
        CONTEXT_FIELDS("it has not the context fields [hour] of the live version") {
            @Override
            ModelConfig from(ModelConfig live) {
                return with(
                        live, live.behaviorFields(), live.adFields(), live.userFields(), List.of());
            }
        },
        BEHAVIOR_FIELDS("it knows none of the behavior fields of the live version") {
            @Override
            ModelConfig from(ModelConfig live) {
                return with(live, OTHERS, live.adFields(), live.userFields(), HOUR);
            }
        },
        AD_FIELDS("it knows none of the ad fields of the live version") {
            @Override
            ModelConfig from(ModelConfig live) {
                return with(live, live.behaviorFields(), OTHERS, live.userFields(), HOUR);
            }
        };

        private final String reason;

        Lack(String reason) {
            this.reason = reason;
        }

        abstract ModelConfig from(ModelConfig live);
    }

    private static final List<Field> HOUR = List.of(new Field("hour", "category"));

    private static ModelConfig with(
            ModelConfig of,
            List<Field> behavior,
            List<Field> ad,
            List<Field> user,
            List<Field> context) {
        return new ModelConfig(
                of.name(),
                of.version(),
                of.architecture(),
                of.embeddings(),
                behavior,
                ad,
                user,
                context,
                of.maxLength(),
                of.hidden(),
                of.attention(),
                of.gate(),
                of.mlp());
    }

    @BeforeEach
    void aLiveVersionWithFieldsOfEveryKind() throws Exception {
        ModelConfig config = ModelReader.read(a).config();
        live = directory.resolve("live");
        RandomModels.write(
                live,
                with(config, config.behaviorFields(), config.adFields(), config.userFields(), HOUR),
                7);
    }

    private Path candidate(Lack lack) throws Exception {
        Path path = directory.resolve(lack.name());
        RandomModels.write(path, lack.from(ModelReader.read(live).config()), 8);
        return path;
    }

    private void start() throws Exception {
        open(null, List.of(), "model.path", live.toString());
    }

    private void assertRefused(String reason, long time) throws Exception {
        harness.setProcessingTime(NOW + time);
        ModelStatus status = statuses().get("candidate");
        assertThat(status.getState()).isEqualTo(ModelState.REFUSED);
        assertThat(status.getReason()).startsWith(reason);
    }

    @ParameterizedTest
    @EnumSource
    void isRefusedWithItsReasonAndLiveGoesOn(Lack lack) throws Exception {
        Path candidate = candidate(lack);
        start();
        command(publish("candidate", candidate, 100));
        awaitLoaded(candidate);
        assertScoredBy(live, request("u", 10));
        assertRefused(lack.reason, 1000);
        assertThat(statuses().get("configured").getState()).isEqualTo(ModelState.SERVING);

        ModelCommand promote = Commands.of(ModelCommandKind.PROMOTE, "candidate", 0);
        promote.setForced(true);
        command(promote);
        assertScoredBy(live, request("u", 11));
        assertRefused(lack.reason, 2000);
        assertThat(statuses().get("configured").getState()).isEqualTo(ModelState.DRAINING);

        command(Commands.of(ModelCommandKind.ROLLBACK, "", 0));
        assertScoredBy(live, request("u", 12));
        command(publish("candidate", candidate, 100));
        awaitLoaded(candidate);
        assertScoredBy(live, request("u", 13));
        assertRefused(lack.reason, 3000);
    }

    /** A promotion by force says that the version before goes on until the new one can answer. */
    @ParameterizedTest
    @EnumSource
    void onePromotedByForceDoesNotAnswerAfterARestartEither(Lack lack) throws Exception {
        Path candidate = candidate(lack);
        start();
        command(publish("candidate", candidate, 0));
        ModelCommand promote = Commands.of(ModelCommandKind.PROMOTE, "candidate", 0);
        promote.setForced(true);
        command(promote);
        awaitLoaded(candidate);
        open(harness.snapshot(1, 1), List.of(), "model.path", live.toString());
        awaitLoaded(candidate);
        assertScoredBy(live, request("u", 10));
        assertRefused(lack.reason, 1000);
    }
}
