package io.dienstream.sandbox;

import static org.assertj.core.api.Assertions.assertThat;

import io.dienstream.schema.Behavior;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

class SentBehaviorsTest {
    private static final int LONGEST = 5;
    private static final long RECENT_MS = 100;

    private static Behavior behavior(String user, long time) {
        return new Behavior(user + time, user, time, Map.of());
    }

    @Test
    void givesWhatAnAnswerSawAsAListOfAllWould() {
        Random random = new Random(5);
        SentBehaviors sent = new SentBehaviors(LONGEST, RECENT_MS);
        List<Behavior> all = new ArrayList<>();
        long time = 0;
        for (int n = 0; n < 2_000; n++) {
            time += 1 + random.nextInt(40);
            Behavior b = behavior("u", time);
            all.add(b);
            sent.add(b, b::getTimestamp);
            int newest = all.size() - 1;
            while (newest > 0 && random.nextInt(3) == 0) {
                newest--;
            }
            if (all.get(newest).getTimestamp() <= time - RECENT_MS) {
                continue; // an answer that old is not promised
            }
            int length = Math.min(newest + 1, 1 + random.nextInt(LONGEST));
            assertThat(sent.seen("u", all.get(newest).getTimestamp(), length))
                    .isEqualTo(all.subList(newest + 1 - length, newest + 1));
        }
        assertThat(sent.count()).isEqualTo(2_000);
    }

    @Test
    void keepsNoMoreOfALongRunThanOfAShortOne() {
        SentBehaviors sent = new SentBehaviors(LONGEST, RECENT_MS);
        for (int n = 0; n < 100_000; n++) {
            long now = 10L * n;
            sent.add(behavior("u" + n % 3, now), () -> now);
        }
        // of each user: those seen at most, those of the last while, and as many until they are cut
        assertThat(sent.kept()).isLessThanOrEqualTo(3 * (2 * LONGEST + 1 + 4));
    }

    @Test
    void keepsWhatTheOldestOpenRequestMayHaveSeen() {
        SentBehaviors sent = new SentBehaviors(LONGEST, RECENT_MS);
        for (int n = 0; n < 1_000; n++) {
            sent.add(behavior("u", 1_000L * n), () -> 3_000);
        }
        assertThat(sent.seen("u", 3_000L, 4)).hasSize(4);
    }

    @Test
    void anAnswerWithoutBehaviorsSawNone() {
        SentBehaviors sent = new SentBehaviors(LONGEST, RECENT_MS);
        sent.add(behavior("u", 1), () -> 1);
        assertThat(sent.seen("u", null, 0)).isEmpty();
        assertThat(sent.seen("v", 7L, 3)).isEmpty();
    }
}
