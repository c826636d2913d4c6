package io.dienstream.chaos;

import io.dienstream.datasets.offline.OfflineScorer;
import io.dienstream.dien.history.EventKey;
import io.dienstream.dien.history.InterestHistory;
import io.dienstream.job.record.InboundRecord;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Every state that one user may have been in where only the order within a topic is certain: so
 * many behaviors applied, so many erasures, in whatever order, and forgotten whenever time may have
 * passed the user's ttl.
 */
final class Worlds {
    private final OfflineScorer offline;
    private final long ttlMs;
    private final List<InboundRecord> behaviors;
    private final List<InboundRecord> erasures;
    private final Letters letters;
    private final Map<Key, World> all = new HashMap<>();
    private final World first;

    /** What the dead letters say of the behaviors. */
    interface Letters {
        /** Whether behavior {@code b} can have come too late for its history. */
        boolean mayBeLate(InboundRecord b);

        /** Whether behavior {@code b} can have been in time. */
        boolean mayBeInTime(InboundRecord b);
    }

    /**
     * One of them.
     *
     * @param behaviors that were applied or refused
     * @param erasures that were applied
     * @param touched event time from which the ttl counts, ms; Long.MIN_VALUE without any state
     */
    record World(int behaviors, int erasures, InterestHistory history, long touched) {}

    /** Two worlds with the same key have the same future. */
    private record Key(
            int behaviors,
            int erasures,
            long touched,
            long erasedThrough,
            long floorTimestamp,
            EventKey floorKey,
            long placed,
            List<EventKey> events) {
        static Key of(World w) {
            InterestHistory h = w.history();
            List<EventKey> events = new ArrayList<>(h.size());
            for (int t = 0; t < h.size(); t++) {
                events.add(h.eventKey(t));
            }
            return new Key(
                    w.behaviors(),
                    w.erasures(),
                    w.touched(),
                    h.erasedThrough(),
                    h.floorTimestamp(),
                    h.floorKey(),
                    h.placed(),
                    events);
        }
    }

    /**
     * @param behaviors of the user, in the order of their topic
     * @param erasures likewise
     */
    Worlds(
            OfflineScorer offline,
            long ttlMs,
            List<InboundRecord> behaviors,
            List<InboundRecord> erasures,
            Letters letters) {
        this.offline = offline;
        this.ttlMs = ttlMs;
        this.behaviors = behaviors;
        this.erasures = erasures;
        this.letters = letters;
        first = known(new World(0, 0, offline.newHistory(), Long.MIN_VALUE));
    }

    /** Before the first record. */
    Set<World> first() {
        return Set.of(first);
    }

    /**
     * Where the user may be later on, what is given included.
     *
     * @param until records that Kafka took later have not been applied, ms
     * @param watermark time has not passed further, ms
     */
    Set<World> reachable(Collection<World> from, long until, long watermark) {
        Set<World> reached = new LinkedHashSet<>(from);
        Deque<World> open = new ArrayDeque<>(reached);
        while (!open.isEmpty()) {
            World w = open.remove();
            if (w.behaviors() < behaviors.size() && isThere(behaviors.get(w.behaviors()), until)) {
                reach(behave(w, behaviors.get(w.behaviors())), reached, open);
            }
            if (w.erasures() < erasures.size() && isThere(erasures.get(w.erasures()), until)) {
                reach(erase(w, erasures.get(w.erasures())), reached, open);
            }
            if (isOver(w, watermark)) {
                reach(expire(w), reached, open);
            }
        }
        return reached;
    }

    /** Those at the end of all records, but for users that must have been forgotten. */
    List<World> atTheEnd(Collection<World> worlds, long watermark) {
        return worlds.stream()
                .filter(w -> w.behaviors() == behaviors.size())
                .filter(w -> w.erasures() == erasures.size())
                .filter(w -> !isOver(w, watermark))
                .toList();
    }

    private static boolean isThere(InboundRecord record, long until) {
        return record.origin().timestamp() <= until;
    }

    private boolean isOver(World w, long watermark) {
        return ttlMs > 0 && w.touched() != Long.MIN_VALUE && w.touched() + ttlMs <= watermark;
    }

    private static void reach(World next, Set<World> reached, Deque<World> open) {
        if (next != null && reached.add(next)) {
            open.add(next);
        }
    }

    /** Null where the dead letters say that it was otherwise. */
    private World behave(World w, InboundRecord b) {
        InterestHistory history = w.history().copy();
        InterestHistory.Outcome outcome = offline.add(history, b.behavior());
        boolean late = outcome == InterestHistory.Outcome.LATE;
        if (late ? !letters.mayBeLate(b) : !letters.mayBeInTime(b)) {
            return null;
        }
        long touched = outcome.changes() ? Math.max(w.touched(), b.eventTime()) : w.touched();
        return known(new World(w.behaviors() + 1, w.erasures(), history, touched));
    }

    /** An erasure of a stranger is a beginning, any other moves no time. */
    private World erase(World w, InboundRecord e) {
        InterestHistory history = w.history().copy();
        offline.erase(history, e.eventTime());
        long touched = w.touched() == Long.MIN_VALUE ? e.eventTime() : w.touched();
        return known(new World(w.behaviors(), w.erasures() + 1, history, touched));
    }

    private World expire(World w) {
        InterestHistory nothing = offline.newHistory();
        return known(new World(w.behaviors(), w.erasures(), nothing, Long.MIN_VALUE));
    }

    private World known(World w) {
        World before = all.putIfAbsent(Key.of(w), w);
        return before == null ? w : before;
    }
}
