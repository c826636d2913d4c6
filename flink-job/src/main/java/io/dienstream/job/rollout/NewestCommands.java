package io.dienstream.job.rollout;

import java.io.IOException;
import java.io.Serializable;
import java.util.List;

/**
 * The commands that there are when a task starts, which its state and the job that was built may
 * not know. By event time a task must: after a failure records come as fast as they can be read,
 * and a command that came behind them would begin later than it did before.
 */
@FunctionalInterface
public interface NewestCommands extends Serializable {
    /** None, where nobody waits for them. */
    NewestCommands NONE = List::of;

    /**
     * By offset; what a task knows already may be among them.
     *
     * @throws IOException where they cannot be read
     */
    List<CommandRecord> read() throws IOException;
}
