package io.dienstream.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.dienstream.datasets.offline.OfflineScorer;
import io.dienstream.dien.Scorer;
import io.dienstream.dien.artifact.ModelReader;
import io.dienstream.dien.history.HistoryModel;
import io.dienstream.dien.history.InterestHistory;
import io.dienstream.dien.kernel.KernelsProvider;
import io.dienstream.job.savepoint.SavepointHistories;
import io.dienstream.sandbox.Parity;
import io.dienstream.schema.Behavior;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** What answers and states must be: the whole log applied offline, in event order. */
final class OfflineTruth {
    private OfflineTruth() {}

    static OfflineScorer offline(Path model) throws IOException {
        return new OfflineScorer(new Scorer(ModelReader.read(model), KernelsProvider.get()));
    }

    /** Every request of the log is answered once as offline, and nothing was refused. */
    static void assertParity(Dataset data, RunningJob job) throws IOException {
        Parity parity = new Parity(offline(data.model()));
        parity.checkEventTime(data.behaviors(), data.requests(), job.answers.answers());
        assertThat(parity.holds()).as(parity.summary()).isTrue();
        assertThat(job.answers.size()).isEqualTo(data.requests().size());
        assertThat(job.answers.doubled()).isZero();
        assertThat(job.answers.deadLetters()).isEmpty();
    }

    private static Map<String, List<Behavior>> byUser(List<Behavior> behaviors) {
        Map<String, List<Behavior>> byUser = new HashMap<>();
        for (Behavior b : behaviors) {
            byUser.computeIfAbsent(b.getUserId(), u -> new ArrayList<>()).add(b);
        }
        return byUser;
    }

    /** Every user's history in a savepoint of these models' jobs. */
    static Map<String, InterestHistory> stored(String savepoint, Path... models) throws Exception {
        HistoryModel[] histories = new HistoryModel[models.length];
        for (int m = 0; m < models.length; m++) {
            histories[m] = offline(models[m]).scorer().historyModel();
        }
        return SavepointHistories.read(savepoint, histories);
    }

    /** Bit for bit, and what the retained behaviors make when they are run from zero. */
    static void assertSame(
            OfflineScorer offline,
            List<Behavior> behaviors,
            Map<String, InterestHistory> histories) {
        Map<String, List<Behavior>> byUser = byUser(behaviors);
        assertThat(histories).containsOnlyKeys(byUser.keySet());
        histories.forEach(
                (user, stored) ->
                        assertSame(
                                offline,
                                user,
                                stored,
                                offline.history(byUser.get(user), Long.MAX_VALUE)));
    }

    /** One user's. */
    static void assertSame(
            OfflineScorer offline, String user, InterestHistory stored, InterestHistory replayed) {
        assertThat(stored.size()).as(user).isEqualTo(replayed.size());
        assertThat(stored.floorTimestamp()).as(user).isEqualTo(replayed.floorTimestamp());
        for (int t = 0; t < stored.size(); t++) {
            assertThat(stored.eventKey(t)).as(user).isEqualTo(replayed.eventKey(t));
            assertThat(stored.values(t)).as(user).isEqualTo(replayed.values(t));
        }
        var model = offline.scorer().historyModel();
        InterestHistory rebuilt = model.rebuild(stored, model.newScratch());
        int floats = stored.size() * stored.hidden();
        float[] states = Arrays.copyOf(stored.states(), floats);
        assertThat(states).as(user).containsExactly(Arrays.copyOf(replayed.states(), floats));
        assertThat(states).as(user).containsExactly(Arrays.copyOf(rebuilt.states(), floats));
    }
}
