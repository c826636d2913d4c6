package io.dienstream.dien.artifact;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.HexFormat;

/**
 * SipHash-1-3 (Aumasson and Bernstein, 2012) of ids in UTF-8: whoever does not know the key cannot
 * choose ids that collide. The key is of the artifact's checksum, which nobody who adds an id knows
 * beforehand, since every id changes it.
 */
class IdHash {
    /** What an id that is not ASCII alone has for a hash until it is there in UTF-8. */
    static final long NOT_ASCII = 0;

    private static final VarHandle LONGS =
            MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

    private static final long V0 = 0x736f6d6570736575L;
    private static final long V1 = 0x646f72616e646f6dL;
    private static final long V2 = 0x6c7967656e657261L;
    private static final long V3 = 0x7465646279746573L;
    private static final int LAST_ROUNDS = 3;
    private static final long HIGH_BITS = 0x8080808080808080L;

    private final long key0;
    private final long key1;

    IdHash(long key0, long key1) {
        this.key0 = key0;
        this.key1 = key1;
    }

    /**
     * @param checksum of the artifact, hexadecimal
     */
    static IdHash of(String checksum) {
        return new IdHash(
                HexFormat.fromHexDigitsToLong(checksum, 0, 16),
                HexFormat.fromHexDigitsToLong(checksum, 16, 32));
    }

    /** Of the first {@code n} bytes; never {@link #NOT_ASCII}. */
    long of(byte[] utf8, int n) {
        return hash(null, utf8, n);
    }

    /** Of an id without a copy of it in bytes; {@link #NOT_ASCII} where it needs one. */
    long ofAscii(String id) {
        return hash(id, null, id.length());
    }

    /** Of the one that is there. A round for each eight bytes, and three at the end. */
    private long hash(String ascii, byte[] utf8, int n) {
        long v0 = key0 ^ V0;
        long v1 = key1 ^ V1;
        long v2 = key0 ^ V2;
        long v3 = key1 ^ V3;
        int words = n / Long.BYTES + 1;
        for (int round = 0; round < words + LAST_ROUNDS; round++) {
            long word = 0;
            if (round < words) {
                int at = round * Long.BYTES;
                word = ascii != null ? word(ascii, at, n) : word(utf8, at, n);
                if (ascii != null && (word & HIGH_BITS) != 0) {
                    return NOT_ASCII;
                }
                word |= round == words - 1 ? (long) n << 56 : 0;
            } else if (round == words) {
                v2 ^= 0xff;
            }
            v3 ^= word;
            v0 += v1;
            v2 += v3;
            v1 = Long.rotateLeft(v1, 13) ^ v0;
            v3 = Long.rotateLeft(v3, 16) ^ v2;
            v0 = Long.rotateLeft(v0, 32) + v3;
            v2 += v1;
            v3 = Long.rotateLeft(v3, 21) ^ v0;
            v1 = Long.rotateLeft(v1, 17) ^ v2;
            v2 = Long.rotateLeft(v2, 32);
            v0 ^= word;
        }
        long hash = v0 ^ v1 ^ v2 ^ v3;
        return hash == NOT_ASCII ? 1 : hash;
    }

    /** Up to eight bytes from {@code at} on, the first one lowest. */
    private static long word(byte[] utf8, int at, int n) {
        if (at + Long.BYTES <= n) {
            return (long) LONGS.get(utf8, at);
        }
        long word = 0;
        for (int i = n - 1; i >= at; i--) {
            word = (word << 8) | (utf8[i] & 0xff);
        }
        return word;
    }

    /** Likewise; with a high bit where a character is none of ASCII. */
    private static long word(String ascii, int at, int n) {
        long word = 0;
        int all = 0;
        for (int i = Math.min(at + Long.BYTES, n) - 1; i >= at; i--) {
            char c = ascii.charAt(i);
            all |= c;
            word = (word << 8) | c;
        }
        return all < 0x80 ? word : HIGH_BITS;
    }
}
