package io.dienstream.chaos;

import java.util.Map;
import java.util.TreeMap;

/**
 * The times at which something was wrong: a fault that the job had not caught up with, or requests
 * that waited too long for whatever reason. Thread safe.
 */
final class Disturbances {
    /** End by begin, ms; they do not overlap. */
    private final TreeMap<Long, Long> windows = new TreeMap<>();

    /**
     * @param from ms
     * @param to ms, included
     */
    synchronized void add(long from, long to) {
        long begin = from;
        long end = to;
        Map.Entry<Long, Long> last = windows.floorEntry(end);
        while (last != null && last.getValue() >= begin) {
            begin = Math.min(begin, last.getKey());
            end = Math.max(end, last.getValue());
            windows.remove(last.getKey());
            last = windows.floorEntry(end);
        }
        windows.put(begin, end);
    }

    /**
     * Whether nothing was wrong for {@code ms} at a stretch.
     *
     * @param from ms
     * @param to ms, where the stretch must be over
     */
    synchronized boolean leaveQuiet(long ms, long from, long to) {
        long quietFrom = from;
        for (Map.Entry<Long, Long> window : windows.entrySet()) {
            if (window.getValue() >= quietFrom) {
                if (Math.min(window.getKey(), to) - quietFrom >= ms) {
                    return true;
                }
                quietFrom = window.getValue();
            }
        }
        return to - quietFrom >= ms;
    }

    synchronized boolean covers(long time) {
        Map.Entry<Long, Long> last = windows.floorEntry(time);
        return last != null && last.getValue() >= time;
    }
}
