package io.dienstream.dien.history;

import io.dienstream.dien.layer.Embedding;
import io.dienstream.dien.layer.InterestExtractor;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

/**
 * What a request sees of a user's log: the behaviors that are not later than the request, put into
 * an {@link InterestHistory} in event order. What the stream makes of repeats, ties and full
 * histories is so made here too, by the same code; whoever needs behaviors without a model, above
 * all the preparation of training data, asks here. Not thread safe.
 *
 * @param <E> what stands for a behavior
 */
public final class RetainedBehaviors<E> {
    private static final InterestExtractor NO_STATES =
            new InterestExtractor(new Embedding(List.of()), null, null);

    /** An extractor without states leaves it alone, so all may share it. */
    private static final InterestExtractor.Scratch UNUSED = NO_STATES.newScratch();

    /** The only field: which of {@link #counted} a row of the history is. */
    private static final String[] FIELDS = {"index"};

    private static final byte[] NO_VALUES = {};

    private final EventLog<E> log;
    private final EventOrder<? super E> order;
    private final int maxLength;

    /** What has changed the history so far, oldest change first. */
    private final List<E> counted = new ArrayList<>();

    private InterestHistory history;
    private long now = Long.MIN_VALUE;

    /**
     * @param log one user's behaviors, in any order, repeats included; copied
     * @param maxLength L, at least 1
     */
    public RetainedBehaviors(
            Collection<? extends E> log, EventOrder<? super E> order, int maxLength) {
        this.log = new EventLog<>(log, order);
        this.order = order;
        this.maxLength = maxLength;
        history = new InterestHistory(FIELDS, 0, maxLength);
    }

    /** What a request at {@code timestamp}, ms, sees of {@code log}, oldest first. */
    public static <E> List<E> at(
            Collection<? extends E> log,
            EventOrder<? super E> order,
            int maxLength,
            long timestamp) {
        return new RetainedBehaviors<E>(log, order, maxLength).at(timestamp);
    }

    /** The behaviors of {@code log} that ever change a history, oldest first: no repeats. */
    public static <E> List<E> withoutRepeats(
            Collection<? extends E> log, EventOrder<? super E> order, int maxLength) {
        RetainedBehaviors<E> all = new RetainedBehaviors<>(log, order, maxLength);
        all.advance(Long.MAX_VALUE);
        return all.counted;
    }

    /**
     * What a request at {@code timestamp}, ms, sees, oldest first. Moments that only grow cost each
     * behavior once; an earlier one than the last starts from the beginning.
     */
    public List<E> at(long timestamp) {
        if (timestamp < now) {
            log.rewind();
            counted.clear();
            history = new InterestHistory(FIELDS, 0, maxLength);
        }
        advance(timestamp);
        List<E> seen = new ArrayList<>(history.size());
        for (int t = 0; t < history.size(); t++) {
            seen.add(counted.get(history.rows()[t]));
        }
        return seen;
    }

    private void advance(long timestamp) {
        now = timestamp;
        log.upTo(timestamp, this::add);
    }

    private void add(E behavior) {
        int[] index = {counted.size()};
        Behavior b = new Behavior(order.key(behavior), order.time(behavior), index, NO_VALUES);
        if (history.add(b, NO_STATES, UNUSED).changes()) {
            counted.add(behavior);
        }
    }
}
