package io.dienstream.dien.history;

import java.util.Comparator;
import java.util.function.Function;
import java.util.function.ToLongFunction;

/**
 * The order in which a user's events count, wherever they are put in order: by event time, at one
 * time by {@link EventKind}, in one kind by {@link EventKey} and then by id. Of behaviors alone it
 * is the order of an {@link InterestHistory}. Events that only arrival tells apart are equal, so a
 * stable sort leaves them as they came.
 *
 * @param <E> what stands for an event: a record of the wire, a line of a log, a row on disk
 */
public final class EventOrder<E> implements Comparator<E> {
    private final ToLongFunction<? super E> time;
    private final Function<? super E, EventKind> kind;
    private final Function<? super E, EventKey> key;
    private final Function<? super E, String> id;

    private EventOrder(
            ToLongFunction<? super E> time,
            Function<? super E, EventKind> kind,
            Function<? super E, EventKey> key,
            Function<? super E, String> id) {
        this.time = time;
        this.kind = kind;
        this.key = key;
        this.id = id;
    }

    /**
     * Of events of several kinds.
     *
     * @param time event time, ms
     * @param id of the event, the erasure or the request
     */
    public static <E> EventOrder<E> of(
            ToLongFunction<? super E> time,
            Function<? super E, EventKind> kind,
            Function<? super E, String> id) {
        return new EventOrder<>(time, kind, e -> EventKey.of(id.apply(e)), id);
    }

    /** Of events that are all behaviors, or all requests. */
    public static <E> EventOrder<E> ofOneKind(
            ToLongFunction<? super E> time, Function<? super E, String> id) {
        return of(time, e -> EventKind.BEHAVIOR, id);
    }

    /**
     * Of events of one kind whose ids are gone.
     *
     * @param key of the id; where there never was one, {@link EventKey#ofNumber} of one that counts
     *     up
     */
    public static <E> EventOrder<E> ofKeys(
            ToLongFunction<? super E> time, Function<? super E, EventKey> key) {
        return new EventOrder<>(time, e -> EventKind.BEHAVIOR, key, e -> "");
    }

    @Override
    public int compare(E a, E b) {
        int order = Long.compare(time(a), time(b));
        if (order == 0) {
            order = kind.apply(a).compareTo(kind.apply(b));
        }
        if (order == 0) {
            order = key(a).compareTo(key(b));
        }
        return order != 0 ? order : id.apply(a).compareTo(id.apply(b));
    }

    /** Event time, ms. */
    long time(E event) {
        return time.applyAsLong(event);
    }

    /** {@link EventKey} of the event's id. */
    EventKey key(E event) {
        return key.apply(event);
    }
}
