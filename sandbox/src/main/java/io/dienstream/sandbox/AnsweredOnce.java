package io.dienstream.sandbox;

import java.util.BitSet;

/**
 * Which of the requests 0, 1, 2, ... are answered. It takes a bit for each that waits and for those
 * behind it, so that a run may last for days. Thread safe.
 */
final class AnsweredOnce {
    private final BitSet above = new BitSet();
    private long floor;
    private long answered;
    private long doubled;

    /**
     * Takes an answer to request {@code number}.
     *
     * @return whether it is the first
     */
    synchronized boolean accept(long number) {
        boolean again = number < floor || above.get(Math.toIntExact(number - floor));
        if (again) {
            doubled++;
            return false;
        }
        above.set(Math.toIntExact(number - floor));
        answered++;
        int done = above.nextClearBit(0);
        if (done >= Long.SIZE) {
            // shifted by many at a time: a request costs a fraction of a word
            BitSet rest = above.get(done, Math.max(done, above.length()));
            above.clear();
            above.or(rest);
            floor += done;
        }
        return true;
    }

    /** Requests with an answer. */
    synchronized long answered() {
        return answered;
    }

    /** Answers that came again. */
    synchronized long doubled() {
        return doubled;
    }
}
