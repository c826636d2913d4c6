package io.dienstream.dien.model;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/** MurmurHash3_x64_128 with seed 0 (Austin Appleby, public domain), its first 64 bits. */
public final class Murmur3 {
    private static final VarHandle LONGS =
            MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
    private static final long C1 = 0x87c37b91114253d5L;
    private static final long C2 = 0x4cf5ad432745937fL;
    private static final int BLOCK = 16;

    private Murmur3() {}

    /** h1, the first eight bytes of the digest read as a little-endian integer. */
    public static long hash64(byte[] data) {
        long h1 = 0;
        long h2 = 0;
        int whole = data.length / BLOCK * BLOCK;
        for (int i = 0; i < whole; i += BLOCK) {
            h1 ^= mixK1((long) LONGS.get(data, i));
            h1 = Long.rotateLeft(h1, 27) + h2;
            h1 = h1 * 5 + 0x52dce729;
            h2 ^= mixK2((long) LONGS.get(data, i + 8));
            h2 = Long.rotateLeft(h2, 31) + h1;
            h2 = h2 * 5 + 0x38495ab5;
        }
        int rest = data.length - whole;
        if (rest > 8) {
            h2 ^= mixK2(tail(data, whole + 8, data.length));
        }
        if (rest > 0) {
            h1 ^= mixK1(tail(data, whole, Math.min(whole + 8, data.length)));
        }
        h1 ^= data.length;
        h2 ^= data.length;
        h1 += h2;
        h2 += h1;
        return finish(h1) + finish(h2);
    }

    private static long tail(byte[] data, int from, int to) {
        long k = 0;
        for (int i = to - 1; i >= from; i--) {
            k = k << 8 | (data[i] & 0xff);
        }
        return k;
    }

    private static long mixK1(long k) {
        return Long.rotateLeft(k * C1, 31) * C2;
    }

    private static long mixK2(long k) {
        return Long.rotateLeft(k * C2, 33) * C1;
    }

    private static long finish(long k) {
        k = (k ^ (k >>> 33)) * 0xff51afd7ed558ccdL;
        k = (k ^ (k >>> 33)) * 0xc4ceb9fe1a85ec53L;
        return k ^ (k >>> 33);
    }
}
