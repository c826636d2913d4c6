package io.dienstream.job.state;

import io.dienstream.dien.history.Kept;
import java.util.ArrayList;
import java.util.List;
import org.apache.flink.api.common.state.ListState;
import org.apache.flink.api.common.state.ListStateDescriptor;
import org.apache.flink.api.common.typeutils.base.IntSerializer;
import org.apache.flink.runtime.state.FunctionInitializationContext;

/**
 * How many behaviors are kept of a user: so many that the model with the longest history that this
 * state has served finds what it needs, even those of users who came under a shorter one; or what
 * {@code state.max-behaviors} says. The longest length goes from job to job with the state, and so
 * does the next longest.
 */
public final class KeptLength {
    private static final String STATE = "longest-max-length";

    private final ListState<Integer> lengths;
    private final int option;
    private final boolean otherFields;
    private int longest;

    /** The longest of the others; 0 without any. */
    private int second;

    /**
     * @param option {@code state.max-behaviors}, 0 for what is needed
     * @param otherFields whether fields that the model does not have are kept
     */
    public KeptLength(FunctionInitializationContext context, int option, boolean otherFields)
            throws Exception {
        this.option = option;
        this.otherFields = otherFields;
        lengths =
                context.getOperatorStateStore()
                        .getUnionListState(
                                new ListStateDescriptor<>(STATE, IntSerializer.INSTANCE));
        if (context.isRestored()) {
            for (int length : lengths.get()) {
                use(length);
            }
        }
    }

    /**
     * What is kept under models.
     *
     * @param maxLength L of the one with the longest history
     * @param other the longest of those that are shorter; 0 without any
     */
    public Kept under(int maxLength, int other) {
        use(maxLength);
        use(other);
        return of(option, Kept.needed(longest, second), otherFields);
    }

    private void use(int length) {
        if (length > longest) {
            second = longest;
            longest = length;
        } else if (length < longest) {
            second = Math.max(second, length);
        }
    }

    /**
     * What is kept where no state was before.
     *
     * @param option {@code state.max-behaviors}, 0 for what is needed
     * @param needed by the models
     */
    public static Kept of(int option, int needed, boolean otherFields) {
        return option == 0
                ? new Kept(needed, Integer.MAX_VALUE, otherFields)
                : new Kept(option, option, otherFields);
    }

    /** Call before each checkpoint. */
    public void checkpoint() throws Exception {
        List<Integer> used = new ArrayList<>(List.of(longest));
        if (second > 0) {
            used.add(second);
        }
        lengths.update(used);
    }
}
