package io.dienstream.dien.history;

import static org.assertj.core.api.Assertions.assertThat;

import io.dienstream.dien.RandomModels;
import io.dienstream.dien.Scorer;
import io.dienstream.dien.kernel.KernelsProvider;
import io.dienstream.dien.layer.InterestExtractor;
import io.dienstream.dien.model.Architecture;
import io.dienstream.dien.model.AttentionType;
import io.dienstream.dien.model.GateForm;
import io.dienstream.dien.model.Model;
import io.dienstream.dien.model.ModelConfig;
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
        return model.encode(id(event), time, fields);
    }

    /** Every third is no number. */
    private static String id(int event) {
        return event % 3 == 0 ? "event-" + event : Integer.toString(event);
    }

    /**
     * Late, tied, repeated, erased behaviors in any mix agree with the naive oracle, under one
     * model, the next, and the first one again; with as many kept as were needed and with more.
     */
    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 4, 7, 12})
    void agreesWithTheNaiveOracleOnRandomHistories(int maxLength) throws IOException {
        HistoryModel exact = model(maxLength, 1);
        HistoryModel next = model(1 + 16 % (maxLength + 3), 2);
        for (int seed = 0; seed < RANDOM_HISTORIES; seed++) {
            Random random = new Random(seed);
            String as = "seed " + seed;
            int limit = maxLength + (seed % 2) * random.nextInt(10);
            HistoryModel model = exact.keeping(new Kept(limit, Integer.MAX_VALUE, true));
            NaiveHistory naive = new NaiveHistory(maxLength, limit);
            InterestHistory history = model.newHistory();
            live(random, maxLength, model, history, naive, as);

            NaiveHistory naiveNext = naive.under(next.maxLength(), b -> encodedBy(next, b));
            InterestHistory rebuilt = next.rebuild(history, next.newScratch());
            assertSame(next, rebuilt, naiveNext.seen(), as + ", rebuilt");
            live(random, maxLength, next, rebuilt, naiveNext, as + ", under the next model");

            NaiveHistory naiveBack = naiveNext.under(maxLength, b -> encodedBy(model, b));
            InterestHistory back = model.rebuild(rebuilt, model.newScratch());
            assertSame(model, back, naiveBack.seen(), as + ", back");
            live(random, maxLength, model, back, naiveBack, as + ", back under the first model");
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
        assertSame(model, history, naive.seen(), as);
        long time = 95 + random.nextInt(5 * length);
        assertThat(history.prefix(time)).as(as).isEqualTo(naive.prefix(time));
    }

    private static Behavior encodedBy(HistoryModel model, Behavior b) {
        InterestHistory one = model.newHistory();
        one.restore(b);
        one.setPlaced(1);
        InterestHistory rebuilt = model.rebuild(one, model.newScratch());
        int[] rows = Arrays.copyOf(rebuilt.rows(), b.rows().length);
        return new Behavior(
                b.eventKey(),
                b.earlierKey(),
                b.timestamp(),
                rows,
                rebuilt.values(0),
                rebuilt.others(0));
    }

    /**
     * The rule itself: whatever model a user's behaviors came under, one with another length sees
     * of them what it would have seen from the start, as long as so many are kept.
     */
    @Test
    void aModelSeesWhatItWouldHaveSeenFromTheStart() throws IOException {
        int longest = 13;
        HistoryModel[] models = new HistoryModel[longest + 1];
        for (int length = 1; length <= longest; length++) {
            models[length] = model(length, 1);
        }
        HistoryModel live = models[4].keeping(new Kept(longest, Integer.MAX_VALUE, true));
        InterestHistory history = live.newHistory();
        InterestHistory[] direct = new InterestHistory[longest + 1];
        for (int n = 0; n < 5 * longest; n++) {
            live.add(history, behavior(live, n, n), live.newScratch());
            for (int length = 1; length <= longest; length++) {
                HistoryModel model = models[length];
                direct[length] = n == 0 ? model.newHistory() : direct[length];
                model.add(direct[length], behavior(model, n, n), model.newScratch());
                assertEqual(
                        model.rebuild(history, model.newScratch()),
                        direct[length],
                        n + 1 + " behaviors, length " + length);
            }
        }
    }

    private static void assertEqual(InterestHistory a, InterestHistory b, String as) {
        assertThat(a.size()).as(as).isEqualTo(b.size());
        for (int t = 0; t < a.size(); t++) {
            assertThat(a.eventKey(t)).as(as).isEqualTo(b.eventKey(t));
            assertThat(a.values(t)).as(as).isEqualTo(b.values(t));
        }
        int floats = a.size() * a.hidden();
        assertThat(Arrays.copyOf(a.states(), floats))
                .as(as)
                .containsExactly(Arrays.copyOf(b.states(), floats));
    }

    @Test
    void aShorterModelAndBackLosesNothing() throws IOException {
        HistoryModel eight = model(8, 1);
        HistoryModel three = model(3, 2);
        InterestHistory history = eight.newHistory();
        for (int n = 0; n < 8; n++) {
            eight.add(history, behavior(eight, n, n), eight.newScratch());
        }
        InterestHistory shorter = three.rebuild(history, three.newScratch());
        assertThat(shorter.size()).isEqualTo(3);
        assertEqual(eight.rebuild(shorter, eight.newScratch()), history, "8, 3, 8");

        three.add(shorter, behavior(three, 8, 8), three.newScratch());
        eight.add(history, behavior(eight, 8, 8), eight.newScratch());
        assertEqual(eight.rebuild(shorter, eight.newScratch()), history, "one more meanwhile");
    }

    @Test
    void asManyAreKeptAsIsSaid() throws IOException {
        HistoryModel three = model(3, 1).keeping(new Kept(5, 5, true));
        InterestHistory history = three.newHistory();
        for (int n = 0; n < 20; n++) {
            three.add(history, behavior(three, n, n), three.newScratch());
        }
        assertThat(history.older()).isEqualTo(2);
        assertThat(history.timestamp(-2)).isEqualTo(15);
        assertThat(history.floorTimestamp()).isEqualTo(14);
        assertThat(three.add(history, behavior(three, 99, 14), three.newScratch()))
                .isEqualTo(InterestHistory.Outcome.LATE);
        assertThat(three.add(history, behavior(three, 15, 15), three.newScratch()))
                .as("kept, though not seen")
                .isEqualTo(InterestHistory.Outcome.DUPLICATE);

        float[] before = Arrays.copyOf(history.states(), 3 * history.hidden());
        assertThat(three.add(history, behavior(three, 99, 15), three.newScratch()))
                .isEqualTo(InterestHistory.Outcome.INSERTED);
        assertThat(history.timestamp(0)).as("the model sees what it saw").isEqualTo(17);
        assertThat(Arrays.copyOf(history.states(), before.length)).containsExactly(before);

        HistoryModel less = three.keeping(new Kept(3, 3, true));
        less.keep(history);
        assertThat(history.older()).isZero();
        assertThat(history.floorTimestamp()).isEqualTo(16);
        assertThat(Arrays.copyOf(history.states(), before.length)).containsExactly(before);
    }

    @Test
    void fieldsThatTheModelLacksAreThereForOneThatHasThem() throws IOException {
        HistoryModel model = model(4, 1);
        InterestExtractor.Scratch scratch = model.newScratch();
        InterestHistory history = model.newHistory();
        Map<String, String> all = Map.of("item", "i1", "shop", "s", "category", "c1", "brand", "b");
        model.add(history, model.encode("1", 1, all), scratch);
        model.add(history, model.encode("2", 2, Map.of("item", "i2", "shop", "t")), scratch);
        model.add(history, model.encode("3", 3, Map.of("item", "i3")), scratch);
        assertThat(history.others(0).names()).containsExactly("brand", "shop");
        assertThat(history.others(2)).isSameAs(OtherFields.NONE);

        HistoryModel shops = new Scorer(shops(), KernelsProvider.get()).historyModel();
        InterestHistory seen = shops.rebuild(history, shops.newScratch());
        InterestHistory direct = shops.newHistory();
        shops.add(direct, shops.encode("1", 1, all), shops.newScratch());
        shops.add(
                direct,
                shops.encode("2", 2, Map.of("item", "i2", "shop", "t")),
                shops.newScratch());
        shops.add(direct, shops.encode("3", 3, Map.of("item", "i3")), shops.newScratch());
        assertEqual(seen, direct, "a model that has shops");
        assertThat(FieldValues.decode(seen.values(1), 0, 2)).containsExactly("t", "i2");
        assertEqual(model.rebuild(seen, scratch), history, "and back");

        HistoryModel without = model.keeping(new Kept(0, 4, false));
        assertThat(without.encode("1", 1, all).others()).isSameAs(OtherFields.NONE);
    }

    /** With behavior fields shop and item, of which the other models have the second. */
    private Model shops() throws IOException {
        ModelConfig of =
                RandomModels.config(Architecture.DIEN, AttentionType.BILINEAR, GateForm.PAPER, 4);
        return RandomModels.write(directory.resolve("shops"), RandomModels.withShops(of), 3);
    }

    /** An event id of which a release before has kept 64 bits is known by these. */
    @Test
    void knowsAnEventThatAReleaseBeforeHasStored() throws IOException {
        HistoryModel model = model(4, 1);
        InterestHistory history = model.newHistory();
        Behavior b = behavior(model, 3, 30);
        assertThat(b.eventKey().low()).isNotZero();
        EventKey stored = new EventKey(EventKey.earlier(id(3)), 0);
        assertThat(stored.isEarlier()).isTrue();
        history.restore(new Behavior(stored, 30, b.rows(), b.values()));
        history.setPlaced(1);
        assertThat(model.add(history, b, model.newScratch()))
                .isEqualTo(InterestHistory.Outcome.DUPLICATE);
        assertThat(model.add(history, behavior(model, 6, 30), model.newScratch()).changes())
                .isTrue();

        InterestHistory evicted = model.newHistory();
        evicted.setFloor(30, stored);
        assertThat(model.add(evicted, b, model.newScratch()))
                .as("the floor is this very event")
                .isEqualTo(InterestHistory.Outcome.LATE);
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
    void fieldValuesSurviveEncoding() {
        String[] values = {"", null, "类目 1", "x".repeat(300)};
        byte[] bytes = FieldValues.encode(values);
        assertThat(FieldValues.decode(bytes, 0, 4)).containsExactly(values);
    }
}
