package io.dienstream.dien.history;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class EventOrderTest {
    private record Event(long time, EventKind kind, String id) {}

    private static final EventOrder<Event> ORDER =
            EventOrder.of(Event::time, Event::kind, Event::id);

    /** By time, at one time by kind, in one kind texts before numbers and numbers by value. */
    @Test
    void putsWhatCountsFirstFirst() {
        List<Event> inOrder =
                List.of(
                        new Event(1, EventKind.AD_REQUEST, "1"),
                        new Event(2, EventKind.BEHAVIOR, "a text"),
                        new Event(2, EventKind.BEHAVIOR, "9"),
                        new Event(2, EventKind.BEHAVIOR, "10"),
                        new Event(2, EventKind.ERASURE, "3"),
                        new Event(2, EventKind.AD_REQUEST, "2"),
                        new Event(3, EventKind.BEHAVIOR, "1"));
        for (int seed = 0; seed < 20; seed++) {
            List<Event> shuffled = new ArrayList<>(inOrder);
            Collections.shuffle(shuffled, new Random(seed));
            shuffled.sort(ORDER);
            assertThat(shuffled).isEqualTo(inOrder);
        }
    }

    /** Whose ids are gone: numbers stand for them, and what they do not tell apart stays. */
    @Test
    void leavesEqualEventsAsTheyCame() {
        EventOrder<Event> byNumber =
                EventOrder.ofKeys(Event::time, e -> EventKey.ofNumber(e.id().length()));
        Event two = new Event(1, EventKind.BEHAVIOR, "xx");
        Event one = new Event(1, EventKind.BEHAVIOR, "x");
        Event other = new Event(1, EventKind.BEHAVIOR, "a");
        List<Event> events = new ArrayList<>(List.of(two, one, other));
        events.sort(byNumber);
        assertThat(events).containsExactly(one, other, two);
    }

    @Test
    void isTheOrderOfAHistory() {
        List<Event> log = new ArrayList<>();
        Random random = new Random(5);
        for (int n = 0; n < 50; n++) {
            String id = random.nextBoolean() ? "e" + n : Integer.toString(random.nextInt(1000));
            log.add(new Event(random.nextInt(10), EventKind.BEHAVIOR, id));
        }
        InterestHistory history = new InterestHistory(new String[0], 0, 100);
        for (Event e : log) {
            history.place(new Behavior(EventKey.of(e.id()), e.time(), new int[0], new byte[0]));
        }
        log.sort(ORDER);
        List<EventKey> keys = log.stream().map(e -> EventKey.of(e.id())).distinct().toList();
        assertThat(history.size()).isEqualTo(keys.size());
        for (int t = 0; t < history.size(); t++) {
            assertThat(history.eventKey(t)).isEqualTo(keys.get(t));
        }
    }
}
