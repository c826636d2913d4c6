package io.dienstream.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dienstream.dien.artifact.ModelReader;
import io.dienstream.job.rollout.Refusal;
import io.dienstream.job.rollout.RolloutLog;
import io.dienstream.operate.rollout.Wait;
import io.dienstream.schema.ModelCommandKind;
import io.dienstream.schema.ScoredRequest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A model's day: what commands do to a running job, and what they must not do. */
class RolloutIT extends RolloutScenario {
    /** A day of a model, chained scoring and not. */
    @ParameterizedTest
    @ValueSource(ints = {0, 1})
    void publishRampPromoteAndRollBackWithoutAStop(int scoringParallelism) throws Exception {
        submit("scoring.parallelism", Integer.toString(scoringParallelism));
        assertThat(traffic(100)).containsExactly(of(a));
        await("b", publish("b", b, 0));
        assertThat(traffic(100)).as("loaded, and given to nobody").containsExactly(of(a));
        ramp("b", 50);
        assertThat(traffic(200)).containsExactlyInAnyOrder(of(a), of(b));
        await("b", send(ModelCommandKind.PROMOTE, "b"));
        assertThat(traffic(100)).containsExactly(of(b));
        await("c", publish("c", c, 30));
        assertThat(traffic(200)).as("another architecture").containsExactlyInAnyOrder(of(b), of(c));
        // scenario 5: what the candidate had goes to the live version
        await("b", send(ModelCommandKind.ROLLBACK, "c"));
        assertThat(traffic(100)).containsExactly(of(b));
        await("configured", send(ModelCommandKind.ROLLBACK, ""));
        assertThat(traffic(100)).containsExactly(of(a));
        assertThat(send(ModelCommandKind.ROLLBACK, "").refusal().code())
                .isEqualTo(Refusal.Code.NOTHING_TO_ROLL_BACK_TO);
        assertAllRight(a, b, c);
        job.cancel();
    }

    /** Scenario 5: b has had users and was never live, so nobody goes back to it. */
    @Test
    void aRollbackNeverGoesToACandidate() throws Exception {
        submit();
        await("b", publish("b", b, 50));
        assertThat(traffic(200)).containsExactlyInAnyOrder(of(a), of(b));
        await("configured", send(ModelCommandKind.ROLLBACK, ""));
        assertThat(traffic(100)).containsExactly(of(a));
        await("c", publish("c", c, 50));
        assertThat(traffic(200)).containsExactlyInAnyOrder(of(a), of(c));
        await("configured", send(ModelCommandKind.ROLLBACK, ""));
        assertThat(traffic(100)).containsExactly(of(a));
        assertThat(send(ModelCommandKind.ROLLBACK, "").refusal().code())
                .isEqualTo(Refusal.Code.NOTHING_TO_ROLL_BACK_TO);
        assertAllRight(a, b, c);
        job.cancel();
    }

    /** Scenario 1, and everything else that an artifact may be. */
    @Test
    void whatCannotBeLoadedIsRefusedAndLiveGoesOn() throws Exception {
        submit();
        assertThat(traffic(50)).containsExactly(of(a));
        String sha256 = ModelReader.read(b).checksum();
        Path half = directory.resolve("half");
        Files.createDirectories(half);
        Files.copy(b.resolve("model.json"), half.resolve("model.json"));
        assertRefused("half", publish("half", half, sha256, 50), "half");
        assertThat(traffic(50)).containsExactly(of(a));
        copy(b, half);
        await("half", publish("half", half, sha256, 50));
        assertThat(traffic(100)).containsExactlyInAnyOrder(of(a), of(b));
        await("configured", send(ModelCommandKind.ROLLBACK, "half"));

        assertRefused("gone", publish("gone", directory.resolve("no"), "0".repeat(64), 50), "no");
        send(ModelCommandKind.RETIRE, "gone");
        assertRefused("other", publish("other", c, "1".repeat(64), 50), "checksum");
        // promoted though no task can load it: nobody is given to it
        RolloutLog.Entry promoted = send(ModelCommandKind.PROMOTE, "other");
        assertThat(promoted.refusal()).isNull();
        assertThat(traffic(50)).containsExactly(of(a));
        send(ModelCommandKind.ROLLBACK, "");
        assertThat(traffic(50)).containsExactly(of(a));
        player.send("models", MODEL, new byte[] {1, 2, 3});
        player.send("models", MODEL, new byte[0]);
        player.flush();
        await("c", publish("c", c, 100));
        assertThat(traffic(50)).as("garbage holds nothing back").containsExactly(of(c));
        assertAllRight(a, b, c);
        job.cancel();
    }

    private void assertRefused(String version, RolloutLog.Entry entry, String reason) {
        assertThat(entry.refusal()).isNull();
        assertThatThrownBy(() -> new Wait(client).ready(version, entry.plan().revision(), PATIENCE))
                .hasMessageContaining("refused")
                .hasMessageContaining(reason);
    }

    private static void copy(Path from, Path to) throws IOException {
        try (var files = Files.walk(from)) {
            for (Path file : files.toList()) {
                Path target = to.resolve(from.relativize(file).toString());
                if (!Files.exists(target)) {
                    Files.copy(file, target);
                }
            }
        }
    }

    /** Scenario 3: promoted at once, while its weights are still on their way. */
    @Test
    void nobodyIsGivenToAVersionThatIsStillLoaded() throws Exception {
        submit();
        assertThat(traffic(20)).containsExactly(of(a));
        Path slow = Files.createDirectories(directory.resolve("slow"));
        Path weights = slow.resolve(ModelReader.WEIGHTS_FILE);
        // whoever reads a pipe waits for who writes it
        assertThat(new ProcessBuilder("mkfifo", weights.toString()).start().waitFor()).isZero();
        copy(b, slow);
        RolloutLog.Entry published = publish("b", slow, ModelReader.read(b).checksum(), 0);
        assertThat(published.refusal()).isNull();
        RolloutLog.Entry promoted = send(ModelCommandKind.PROMOTE, "b");
        assertThat(traffic(100)).containsExactly(of(a));
        assertThat(client.states().ready("b", 0)).isZero();
        Files.write(weights, Files.readAllBytes(b.resolve(ModelReader.WEIGHTS_FILE)));
        await("b", promoted);
        assertThat(traffic(50)).containsExactly(of(b));
        assertAllRight(a, b);
        job.cancel();
    }

    /** Scenario 8: a larger share only adds users. */
    @Test
    void aRampOnlyMovesUsersFromLiveToTheCandidate() throws Exception {
        submit();
        await("b", publish("b", b, 0));
        Set<String> before = Set.of();
        for (double percent : new double[] {5, 20, 50, 100}) {
            ramp("b", percent);
            int known = job.answers.size();
            traffic(300);
            Map<String, String> now =
                    byUser(
                            job.answers.answers().values().stream()
                                    .skip(known)
                                    .collect(
                                            Collectors.toMap(
                                                    ScoredRequest::getRequestId,
                                                    answer -> answer)));
            for (String user : before) {
                assertThat(now.getOrDefault(user, of(b))).as(user).isEqualTo(of(b));
            }
            before = usersOf(b, now);
            double sigma = Math.sqrt(now.size() * percent / 100 * (1 - percent / 100));
            assertThat(before.size() - now.size() * percent / 100.0)
                    .isBetween(-4 * sigma - 1e-9, 4 * sigma + 1e-9);
        }
        assertAllRight(a, b);
        job.cancel();
    }

    private static Set<String> usersOf(Path model, Map<String, String> byUser) throws Exception {
        String fingerprint = of(model);
        return byUser.entrySet().stream()
                .filter(user -> user.getValue().equals(fingerprint))
                .map(Map.Entry::getKey)
                .collect(Collectors.toSet());
    }
}
