package io.dienstream.dien.history;

import io.dienstream.dien.model.Murmur3;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/**
 * What stands for an event id in keyed state, and by which behaviors of equal time are ordered: 128
 * bits. A canonical decimal number below 10^18 (no sign, no leading zero) stands for itself, so a
 * log whose ids count up keeps its order; of every other id it is the beginning of its SHA-256, so
 * that nobody finds an id that is taken for a given other one. The order is a function of the ids
 * alone, so it does not depend on how behaviors arrive.
 *
 * <p>Releases before had 64 bits of MurmurHash3 for ids that are no numbers. Behaviors that they
 * have stored keep those ({@link #isEarlier}), and the same event is known by them again.
 *
 * @param high the number, or the first eight bytes of the digest with the sign bit set
 * @param low 0, or the next eight bytes of the digest with the lowest bit set
 */
public record EventKey(long high, long low) implements Comparable<EventKey> {
    private static final int MOST_DIGITS = 18;

    /** The key of {@code eventId}. */
    public static EventKey of(String eventId) {
        if (isCanonicalNumber(eventId)) {
            return ofNumber(Long.parseLong(eventId));
        }
        ByteBuffer digest = ByteBuffer.wrap(sha256(utf8(eventId)));
        return new EventKey(digest.getLong() | Long.MIN_VALUE, digest.getLong() | 1);
    }

    /**
     * The key of an event whose id is a number.
     *
     * @param number at least 0
     */
    public static EventKey ofNumber(long number) {
        return new EventKey(number, 0);
    }

    /** What releases before have stored for {@code eventId}; numbers are kept as they are now. */
    public static long earlier(String eventId) {
        return isCanonicalNumber(eventId)
                ? Long.parseLong(eventId)
                : Murmur3.hash64(utf8(eventId)) | Long.MIN_VALUE;
    }

    /** Whether a release before has stored this one, of which there are {@link #high} bits only. */
    public boolean isEarlier() {
        return isEarlier(high, low);
    }

    static boolean isEarlier(long high, long low) {
        return high < 0 && low == 0;
    }

    /** All ids that are no number first, by hash; then the numbers. */
    @Override
    public int compareTo(EventKey other) {
        return compare(high, low, other.high, other.low);
    }

    static int compare(long high, long low, long otherHigh, long otherLow) {
        int order = Long.compare(high, otherHigh);
        return order != 0 ? order : Long.compare(low, otherLow);
    }

    private static boolean isCanonicalNumber(String id) {
        int length = id.length();
        if (length == 0 || length > MOST_DIGITS || (id.charAt(0) == '0' && length > 1)) {
            return false;
        }
        for (int i = 0; i < length; i++) {
            if (id.charAt(i) < '0' || id.charAt(i) > '9') {
                return false;
            }
        }
        return true;
    }

    private static byte[] utf8(String id) {
        return id.getBytes(StandardCharsets.UTF_8);
    }

    private static byte[] sha256(byte[] bytes) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(bytes);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }
}
