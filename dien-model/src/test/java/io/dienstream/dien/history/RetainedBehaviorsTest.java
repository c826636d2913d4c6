package io.dienstream.dien.history;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RetainedBehaviorsTest {
    private record Click(String item, long time, String id) {}

    private static final EventOrder<Click> ORDER = EventOrder.ofOneKind(Click::time, Click::id);

    private static List<String> items(List<Click> clicks) {
        return clicks.stream().map(Click::item).toList();
    }

    /** Of one moment by event id; a repeat is none; the request's own moment is seen. */
    @Test
    void seesTiesByIdRepeatsOnceAndItsOwnMoment() {
        List<Click> log =
                List.of(
                        new Click("A", 0, "20"),
                        new Click("B", 0, "10"),
                        new Click("C", 5, "30"),
                        new Click("C", 5, "30"),
                        new Click("D", 9, "40"));
        assertThat(items(RetainedBehaviors.at(log, ORDER, 100, 8))).containsExactly("B", "A", "C");
        assertThat(items(RetainedBehaviors.at(log, ORDER, 100, 9)))
                .containsExactly("B", "A", "C", "D");
        assertThat(RetainedBehaviors.at(log, ORDER, 100, -1)).isEmpty();
        assertThat(items(RetainedBehaviors.withoutRepeats(log, ORDER, 100)))
                .containsExactly("B", "A", "C", "D");
    }

    /** What comes later evicts nothing of what a request sees. */
    @ParameterizedTest
    @CsvSource({"0, 80", "20, 80", "21, 80", "50, 80"})
    void whatComesLaterPushesNothingOut(int later, int seen) {
        List<Click> log = new ArrayList<>();
        for (int n = 0; n < 80 + later; n++) {
            log.add(new Click("i" + n, n, Integer.toString(n)));
        }
        assertThat(RetainedBehaviors.at(log, ORDER, 100, 79)).hasSize(seen);
    }

    /**
     * The rule as the stream's history has it: ceil(L / 4) leave when one more arrives than fits.
     */
    @ParameterizedTest
    @CsvSource({"8, 8", "9, 7", "10, 8", "11, 7", "12, 8"})
    void cutsByTheRule(int arrived, int retained) {
        List<Click> log = new ArrayList<>();
        for (int n = 0; n < arrived; n++) {
            log.add(new Click("i" + n, n, Integer.toString(n)));
        }
        List<Click> seen = RetainedBehaviors.at(log, ORDER, 8, arrived);
        assertThat(seen).isEqualTo(log.subList(arrived - retained, arrived));
    }

    /** One that has left is no repeat any more; its own copy, as old as it was, is too late. */
    @Test
    void repeatsAreThoseOfWhatIsRetained() {
        List<Click> log =
                List.of(
                        new Click("A", 1, "1"),
                        new Click("B", 2, "2"),
                        new Click("C", 3, "3"),
                        new Click("A again", 4, "1"));
        assertThat(items(RetainedBehaviors.at(log, ORDER, 2, 4))).containsExactly("C", "A again");
        assertThat(items(RetainedBehaviors.at(log, ORDER, 3, 4))).containsExactly("A", "B", "C");
    }

    /** Any moments in any order agree with the oracle, evictions, repeats and ties included. */
    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 4, 7, 12})
    void agreesWithTheNaiveOracleAtAnyMoment(int maxLength) {
        for (int seed = 0; seed < 500; seed++) {
            Random random = new Random(seed);
            List<Click> log = new ArrayList<>();
            for (int n = random.nextInt(5 * maxLength + 2); n > 0; n--) {
                int event = random.nextInt(4 * maxLength);
                long time = event / 3 + (random.nextInt(8) == 0 ? 2 : 0);
                log.add(new Click("i" + event + "@" + time, time, Integer.toString(event)));
            }
            RetainedBehaviors<Click> retained = new RetainedBehaviors<>(log, ORDER, maxLength);
            for (int n = 0; n < 6; n++) {
                long now = random.nextInt(2 * maxLength + 2);
                NaiveHistory naive = new NaiveHistory(maxLength, maxLength);
                log.stream()
                        .filter(c -> c.time() <= now)
                        .sorted(ORDER)
                        .forEach(c -> naive.add(behavior(c)));
                assertThat(retained.at(now).stream().map(RetainedBehaviorsTest::behavior))
                        .as("seed %d, at %d", seed, now)
                        .usingElementComparator(
                                (a, b) ->
                                        a.eventKey().equals(b.eventKey())
                                                        && a.timestamp() == b.timestamp()
                                                ? 0
                                                : 1)
                        .containsExactlyElementsOf(naive.seen());
            }
        }
    }

    private static Behavior behavior(Click c) {
        return new Behavior(EventKey.of(c.id()), c.time(), new int[0], new byte[0]);
    }
}
