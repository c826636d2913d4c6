package io.dienstream.dien.history;

import io.dienstream.dien.model.Murmur3;
import java.nio.charset.StandardCharsets;

/**
 * 64 bits that stand for an event id in keyed state, and by which behaviors of equal time are
 * ordered. A canonical decimal number below 2^63 (no sign, no leading zero) stands for itself, so a
 * log whose ids count up keeps its order; every other id is hashed into the negative numbers. The
 * order is a function of the ids alone, so it does not depend on how behaviors arrive.
 */
public final class EventKey {
    private static final int MOST_DIGITS = 18;

    private EventKey() {}

    /** The key of {@code eventId}. */
    public static long of(String eventId) {
        return isCanonicalNumber(eventId)
                ? Long.parseLong(eventId)
                : hash(eventId) | Long.MIN_VALUE;
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

    private static long hash(String id) {
        byte[] utf8 = id.getBytes(StandardCharsets.UTF_8);
        return Murmur3.hash64(utf8);
    }
}
