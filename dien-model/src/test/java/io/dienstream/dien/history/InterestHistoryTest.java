package io.dienstream.dien.history;

import static org.assertj.core.api.Assertions.assertThat;

import io.dienstream.dien.RandomModels;
import io.dienstream.dien.Scorer;
import io.dienstream.dien.kernel.KernelsProvider;
import io.dienstream.dien.layer.InterestExtractor;
import io.dienstream.dien.model.Architecture;
import io.dienstream.dien.model.AttentionType;
import io.dienstream.dien.model.GateForm;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class InterestHistoryTest {
    private static final int RANDOM_HISTORIES = 3_000;

    @TempDir private Path directory;

    private HistoryModel model(int maxLength, long seed) throws IOException {
        return new Scorer(
                        RandomModels.write(
                                directory.resolve("m" + maxLength + "-" + seed),
                                RandomModels.config(
                                        Architecture.DIEN,
                                        AttentionType.BILINEAR,
                                        GateForm.PAPER,
                                        maxLength),
                                seed),
                        KernelsProvider.get())
                .historyModel();
    }

    private static Behavior behavior(HistoryModel model, int event, long time) {
        Map<String, String> fields = Map.of("item", "i" + event % 23, "category", "c" + event % 5);
        return model.encode(Integer.toString(event), time, fields);
    }

    /** Late, tied, repeated, erased behaviors in any mix agree with the naive oracle. */
    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 4, 7, 12})
    void agreesWithTheNaiveOracleOnRandomHistories(int maxLength) throws IOException {
        HistoryModel model = model(maxLength, 1);
        HistoryModel next = model(1 + 16 % (maxLength + 3), 2);
        for (int seed = 0; seed < RANDOM_HISTORIES; seed++) {
            Random random = new Random(seed);
            String as = "seed " + seed;
            NaiveHistory naive = new NaiveHistory(maxLength);
            InterestHistory history = model.newHistory();
            live(random, maxLength, model, history, naive, as);

            NaiveHistory naiveNext =
                    naive.under(next.newHistory().maxLength(), b -> encodedBy(next, b));
            InterestHistory rebuilt = next.rebuild(history, next.newScratch());
            assertSame(next, rebuilt, naiveNext.retained, as + ", rebuilt");
            live(random, maxLength, next, rebuilt, naiveNext, as + ", under the next model");
        }
    }

    /** Some random behaviors and erasures, then the comparison. */
    private static void live(
            Random random,
            int length,
            HistoryModel model,
            InterestHistory history,
            NaiveHistory naive,
            String as) {
        InterestExtractor.Scratch scratch = model.newScratch();
        for (int n = random.nextInt(4 * length + 4); n >= 0; n--) {
            int event = random.nextInt(5 * length);
            long time = 100 + event / 2 + random.nextInt(2);
            if (random.nextInt(20) == 0) {
                naive.erase(time);
                model.erase(history, time, scratch);
            } else {
                Behavior b = behavior(model, event, time);
                assertThat(model.add(history, b, scratch)).as(as).isEqualTo(naive.add(b));
            }
        }
        assertSame(model, history, naive.retained, as);
        long time = 95 + random.nextInt(5 * length);
        assertThat(history.prefix(time)).as(as).isEqualTo(naive.prefix(time));
    }

    private static Behavior encodedBy(HistoryModel model, Behavior b) {
        return behavior(model, (int) b.eventKey(), b.timestamp());
    }

    @Test
    void anErasureForgetsWhatIsAndWhatComesUpToItsTime() throws IOException {
        HistoryModel model = model(12, 1);
        InterestExtractor.Scratch scratch = model.newScratch();
        InterestHistory history = model.newHistory();
        for (int n = 0; n < 4; n++) {
            model.add(history, behavior(model, n, 10 * n), scratch);
        }
        assertThat(model.erase(history, 20, scratch)).isEqualTo(3);
        assertSame(model, history, List.of(behavior(model, 3, 30)), "the one after it");
        assertThat(model.add(history, behavior(model, 9, 20), scratch))
                .isEqualTo(InterestHistory.Outcome.ERASED);
        assertThat(model.erase(history, 5, scratch)).isZero();
        assertThat(history.erasedThrough()).isEqualTo(20);
        assertThat(model.add(history, behavior(model, 9, 21), scratch))
                .isEqualTo(InterestHistory.Outcome.INSERTED);
    }

    /** The history holds exactly these, and its states are the bits of a run from zero. */
    private static void assertSame(
            HistoryModel model, InterestHistory history, List<Behavior> retained, String as) {
        assertThat(history.size()).as(as).isEqualTo(retained.size());
        InterestHistory fresh = model.newHistory();
        InterestExtractor.Scratch scratch = model.newScratch();
        for (int t = 0; t < retained.size(); t++) {
            Behavior b = retained.get(t);
            assertThat(history.eventKey(t)).as(as).isEqualTo(b.eventKey());
            assertThat(history.timestamp(t)).as(as).isEqualTo(b.timestamp());
            assertThat(history.values(t)).as(as).isEqualTo(b.values());
            model.add(fresh, b, scratch);
        }
        int floats = history.size() * history.hidden();
        assertThat(Arrays.copyOf(history.states(), floats))
                .as(as)
                .containsExactly(Arrays.copyOf(fresh.states(), floats));
    }

    @ParameterizedTest
    @CsvSource({"100, 100, 100", "101, 100, 76", "125, 100, 100", "126, 100, 76", "2, 1, 1"})
    void retainsByTheRule(int arrived, int maxLength, int retained) throws IOException {
        HistoryModel model = model(maxLength, 1);
        InterestHistory history = model.newHistory();
        InterestExtractor.Scratch scratch = model.newScratch();
        for (int n = 0; n < arrived; n++) {
            model.add(history, behavior(model, n, n), scratch);
        }
        assertThat(history.size()).isEqualTo(retained);
        assertThat(history.timestamp(history.size() - 1)).isEqualTo(arrived - 1);
    }

    /** As long as nothing is evicted, arrival order leaves no trace at all. */
    @Test
    void isTheSameInWhateverOrderBehaviorsArrive() throws IOException {
        HistoryModel model = model(30, 1);
        List<Behavior> behaviors = new ArrayList<>();
        for (int n = 0; n < 30; n++) {
            behaviors.add(behavior(model, n, n / 3));
        }
        for (int seed = 0; seed < 50; seed++) {
            List<Behavior> shuffled = new ArrayList<>(behaviors);
            Collections.shuffle(shuffled, new Random(seed));
            InterestHistory history = model.newHistory();
            InterestExtractor.Scratch scratch = model.newScratch();
            shuffled.forEach(b -> model.add(history, b, scratch));
            assertSame(model, history, behaviors, "seed " + seed);
        }
    }

    @Test
    void rebuildsForAnotherModelAsThatModelWouldHaveBuilt() throws IOException {
        HistoryModel before = model(12, 1);
        HistoryModel after = model(5, 2);
        InterestHistory old = before.newHistory();
        InterestHistory direct = after.newHistory();
        InterestExtractor.Scratch scratch = before.newScratch();
        for (int n = 0; n < 12; n++) {
            before.add(old, behavior(before, n, n), scratch);
            after.add(direct, behavior(after, n, n), after.newScratch());
        }
        InterestHistory rebuilt = after.rebuild(old, after.newScratch());
        assertThat(rebuilt.size()).isEqualTo(direct.size());
        int floats = rebuilt.size() * rebuilt.hidden();
        assertThat(Arrays.copyOf(rebuilt.states(), floats))
                .containsExactly(Arrays.copyOf(direct.states(), floats));
    }

    @Test
    void aCopySharesNothingThatChanges() throws IOException {
        HistoryModel model = model(12, 1);
        InterestHistory history = model.newHistory();
        InterestExtractor.Scratch scratch = model.newScratch();
        model.add(history, behavior(model, 1, 10), scratch);
        InterestHistory copy = history.copy();
        model.add(history, behavior(model, 0, 5), scratch);
        assertThat(copy.size()).isEqualTo(1);
        assertThat(copy.timestamp(0)).isEqualTo(10);
        assertThat(copy.states()).isNotEqualTo(history.states());
    }

    @Test
    void orderKeysOfNumbersAreTheNumbersAndOthersStandApart() {
        assertThat(EventKey.of("0")).isZero();
        assertThat(EventKey.of("9")).isLessThan(EventKey.of("10"));
        assertThat(EventKey.of("010")).isNegative().isNotEqualTo(EventKey.of("10"));
        assertThat(EventKey.of("-1")).isNegative();
        assertThat(EventKey.of("9999999999999999999")).isNegative();
        assertThat(EventKey.of("b7e1")).isNegative().isNotEqualTo(EventKey.of("b7e2"));
    }

    @Test
    void fieldValuesSurviveEncoding() {
        String[] values = {"", null, "类目 1", "x".repeat(300)};
        byte[] bytes = FieldValues.encode(values);
        assertThat(FieldValues.decode(bytes, 0, 4)).containsExactly(values);
    }
}
