package io.dienstream.dien.history;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.function.Consumer;

/**
 * A log of events that are handed out as time goes on: up to a moment, those of that moment or
 * before it, in event order. It is what event-time mode makes of the records that it holds, for
 * whoever has the whole log already. Not thread safe.
 *
 * @param <E> what stands for an event
 */
public final class EventLog<E> {
    private final List<E> events;
    private final EventOrder<? super E> order;
    private int next;

    /**
     * @param events in any order; copied
     */
    public EventLog(Collection<? extends E> events, EventOrder<? super E> order) {
        this.events = new ArrayList<>(events);
        this.events.sort(order);
        this.order = order;
    }

    /** Hands out what has not been handed out and is not later than {@code timestamp}, ms. */
    public void upTo(long timestamp, Consumer<? super E> consumer) {
        while (next < events.size() && order.time(events.get(next)) <= timestamp) {
            consumer.accept(events.get(next++));
        }
    }

    /** Goes back to before the first event. */
    void rewind() {
        next = 0;
    }
}
