package io.dienstream.job.state;

import java.io.IOException;

/** A stored value is not what was written. */
final class DamagedValueException extends IOException {
    private static final long serialVersionUID = 1;

    DamagedValueException(String what) {
        super(
                "a stored history is damaged: "
                        + what
                        + ". Start from an earlier checkpoint or savepoint, and check the memory and"
                        + " the disks of what wrote and what read it; see state.damaged in"
                        + " docs/reference/options.md");
    }
}
