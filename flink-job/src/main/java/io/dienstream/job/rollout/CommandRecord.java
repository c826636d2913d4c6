package io.dienstream.job.rollout;

import java.io.Serializable;

/**
 * A command as it lies in its topic.
 *
 * @param offset in the only partition: the order of commands, and which of them are known
 * @param timestamp of the record, ms
 * @param value encoded {@code ModelCommand}, or anything that somebody wrote
 */
public record CommandRecord(long offset, long timestamp, byte[] value) implements Serializable {
    private static final long serialVersionUID = 1;
}
