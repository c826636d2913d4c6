package io.dienstream.job.state;

import io.dienstream.dien.history.Kept;
import java.util.List;
import org.apache.flink.api.common.state.ListState;
import org.apache.flink.api.common.state.ListStateDescriptor;
import org.apache.flink.api.common.typeutils.base.IntSerializer;
import org.apache.flink.runtime.state.FunctionInitializationContext;

/**
 * How many behaviors are kept of a user: so many that the model with the longest history that this
 * state has served finds what it needs, even those of users who came under a shorter one; or what
 * {@code state.max-behaviors} says. The longest length goes from job to job with the state.
 */
public final class KeptLength {
    private static final String STATE = "longest-max-length";

    private final ListState<Integer> lengths;
    private final int option;
    private final boolean otherFields;
    private int longest;

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
                longest = Math.max(longest, length);
            }
        }
    }

    /**
     * What is kept under a model.
     *
     * @param maxLength L
     */
    public Kept under(int maxLength) {
        longest = Math.max(longest, maxLength);
        return of(option, longest, otherFields);
    }

    /**
     * What is kept where no state was before.
     *
     * @param option {@code state.max-behaviors}, 0 for what is needed
     * @param longest L of the longest model
     */
    public static Kept of(int option, int longest, boolean otherFields) {
        return option == 0
                ? new Kept(longest, Integer.MAX_VALUE, otherFields)
                : new Kept(option, option, otherFields);
    }

    /** Call before each checkpoint. */
    public void checkpoint() throws Exception {
        lengths.update(List.of(longest));
    }
}
