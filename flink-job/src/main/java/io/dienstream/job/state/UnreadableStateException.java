package io.dienstream.job.state;

/** A user's stored history cannot be read: no record has caused it, and no record may go on. */
public final class UnreadableStateException extends RuntimeException {
    private static final long serialVersionUID = 1;

    UnreadableStateException(Throwable cause) {
        super(
                "the stored history of a user cannot be read, so nothing is answered or written for"
                        + " that user. The job goes back to its newest checkpoint. Where it fails"
                        + " there as well, the checkpoint has the damage: start from an earlier one"
                        + " or from a savepoint, or set state.damaged=forget, with which such users"
                        + " begin anew and are counted (dien.histories.damaged). Check memory and"
                        + " disks of this machine",
                cause);
    }
}
