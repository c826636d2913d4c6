package io.dienstream.job.function;

import io.dienstream.dien.Scorer;
import io.dienstream.dien.history.HistoryModel;
import io.dienstream.job.rollout.RolloutTask;
import io.dienstream.job.state.KeptLength;

/**
 * The model whose interest states are stored, the live one, and how much of a user's past it has to
 * keep beside them: states of other versions are computed when a request needs them, and thrown
 * away.
 */
final class StoredModel {
    private final RolloutTask rollout;
    private final KeptLength length;
    private Scorer live;
    private int longest;
    private int second;

    StoredModel(RolloutTask rollout, KeptLength length) {
        this.rollout = rollout;
        this.length = length;
    }

    /** Whether {@link #current} is another one than when it was asked for last. */
    boolean hasChanged() {
        return rollout.live() != live
                || rollout.longestHistory() > longest
                || rollout.secondHistory() > second;
    }

    /** The live version's, with as many behaviors as any version of the plan sees. */
    HistoryModel current() {
        live = rollout.live();
        longest = rollout.longestHistory();
        second = rollout.secondHistory();
        return live.historyModel().keeping(length.under(longest, second));
    }

    /** Call before each checkpoint. */
    void checkpoint() throws Exception {
        length.checkpoint();
    }
}
