package io.dienstream.operate.command;

/** By how much a log's event times are moved so that it has just happened when it is played. */
final class TimeShift {
    private TimeShift() {}

    /**
     * Milliseconds to add to each event time, so that none is ahead of the clock when it is sent
     * and the log ends at the clock as near as can be.
     *
     * @param first event time of the log, ms
     * @param last event time of the log, ms
     * @param now the clock at the start, ms
     * @param speed times real time; 0 for all at once
     */
    static long toNow(long first, long last, long now, double speed) {
        if (speed <= 0) {
            return now - last;
        }
        if (speed < 1) {
            return now - first; // event time falls behind the clock from the start on
        }
        return now + (long) ((last - first) / speed) - last;
    }
}
