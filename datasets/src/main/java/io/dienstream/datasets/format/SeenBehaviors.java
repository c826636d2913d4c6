package io.dienstream.datasets.format;

import io.dienstream.dien.history.EventKey;
import io.dienstream.dien.history.EventOrder;
import io.dienstream.dien.history.RetainedBehaviors;
import io.dienstream.schema.ServedBehavior;
import io.dienstream.schema.TrainingExample;
import java.util.List;
import java.util.stream.IntStream;

/**
 * What a model sees of the behaviors that an example carries. They have no event ids any more: they
 * are taken as distinct, and those of one time to have come as they stand. A model with a smaller L
 * than the data set's sees what is left when it takes over from one that had kept them.
 */
public final class SeenBehaviors {
    private SeenBehaviors() {}

    /**
     * Those that a model with {@code maxLength} sees, oldest first.
     *
     * @param maxLength L, at least 1
     */
    public static List<ServedBehavior> of(TrainingExample example, int maxLength) {
        return of(example.getBehaviors(), maxLength, example.getTimestamp());
    }

    /** Those of {@code behaviors} that are seen at {@code timestamp}, ms, oldest first. */
    public static List<ServedBehavior> of(
            List<ServedBehavior> behaviors, int maxLength, long timestamp) {
        EventOrder<Integer> order =
                EventOrder.ofKeys(i -> behaviors.get(i).getTimestamp(), i -> EventKey.ofNumber(i));
        List<Integer> indices = IntStream.range(0, behaviors.size()).boxed().toList();
        return RetainedBehaviors.at(indices, order, maxLength, timestamp).stream()
                .map(behaviors::get)
                .toList();
    }
}
