package io.dienstream.job.state;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What to do about stored histories that cannot be read, and how many there were. */
public final class DamagedHistories {
    private static final Logger LOG = LoggerFactory.getLogger(DamagedHistories.class);

    private final boolean forget;
    private long count;

    /**
     * @param forget whether their users begin anew; else the task fails
     */
    public DamagedHistories(boolean forget) {
        this.forget = forget;
    }

    /**
     * Counts one. Returns where its user is to be forgotten.
     *
     * @throws UnreadableStateException where the task is to fail
     */
    void found(Throwable cause) {
        count++;
        if (!forget) {
            throw new UnreadableStateException(cause);
        }
        LOG.error("the stored history of a user cannot be read, the user begins anew", cause);
    }

    /** How many were found since this was made. */
    public long count() {
        return count;
    }
}
