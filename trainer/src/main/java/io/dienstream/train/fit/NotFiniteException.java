package io.dienstream.train.fit;

import java.io.IOException;

/** A loss, gradient or weight became infinite or no number; the message says which and when. */
public final class NotFiniteException extends IOException {
    private static final long serialVersionUID = 1;

    NotFiniteException(String what) {
        super(what);
    }
}
