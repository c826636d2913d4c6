package io.dienstream.chaos;

/**
 * When partitions are silent and users away: what idleness and expiry are made of. A function of
 * time alone, so that the checker knows it as well as the traffic.
 */
final class Absences {
    /** A partition is silent for two of these turns of {@code idle-after}. */
    private static final int TURNS = 8;

    private static final int FIRST_SILENT = 4;
    private static final int LAST_SILENT = 5;

    /** One of so many users is away at a time, for two ttls. */
    private static final int SHIFTS = 8;

    private static final int AWAY_TTLS = 2;

    private final long idleMs;
    private final long ttlMs;
    private volatile long start = Long.MAX_VALUE;

    Absences(Conditions conditions) {
        idleMs = conditions.idleAfter().toMillis();
        ttlMs = conditions.ttl().toMillis();
    }

    /** From now on; before, everyone is there. */
    void begin(long now) {
        start = now;
    }

    /** Whether nothing is sent to a partition of behaviors and requests at {@code now}. */
    boolean silent(int partition, long now) {
        if (idleMs == 0 || now < start) {
            return false;
        }
        long turn = Math.floorDiv(now - start, idleMs);
        long place = Math.floorMod(turn, TURNS);
        return place >= FIRST_SILENT
                && place <= LAST_SILENT
                && Math.floorMod(Math.floorDiv(turn, TURNS), ChaosCluster.PARTITIONS) == partition;
    }

    /** Whether {@link #silent} at some moment of the {@code ms} before {@code now}. */
    boolean silentWithin(int partition, long ms, long now) {
        for (long time = now; idleMs > 0 && time > now - ms; time -= idleMs) {
            if (silent(partition, time)) {
                return true;
            }
        }
        return silent(partition, now - ms);
    }

    /** Whether a user does nothing at {@code now}; ad requests go on. */
    boolean away(String user, long now) {
        if (ttlMs == 0 || now < start) {
            return false;
        }
        long shift = Math.floorDiv(now - start, AWAY_TTLS * ttlMs);
        return Math.floorMod(shift + user.hashCode(), SHIFTS) == 0;
    }
}
