package io.dienstream.dien.history;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * The raw values of a behavior's fields as bytes: for each field an unsigned varint n, then n - 1
 * bytes of UTF-8; n = 0 is a missing value. Row ids alone would not do for state, because the
 * vocabulary changes with the model.
 */
public final class FieldValues {
    private FieldValues() {}

    /** Encodes one value a field; null is a missing one. */
    public static byte[] encode(String... values) {
        byte[][] utf8 = new byte[values.length][];
        int size = 0;
        for (int f = 0; f < values.length; f++) {
            utf8[f] = values[f] == null ? null : values[f].getBytes(StandardCharsets.UTF_8);
            int n = utf8[f] == null ? 0 : utf8[f].length;
            size += varintSize(n + 1) + n;
        }
        byte[] out = new byte[size];
        int at = 0;
        for (byte[] value : utf8) {
            int n = value == null ? 0 : value.length + 1;
            while (n >= 0x80) {
                out[at++] = (byte) (n | 0x80);
                n >>>= 7;
            }
            out[at++] = (byte) n;
            if (value != null) {
                System.arraycopy(value, 0, out, at, value.length);
                at += value.length;
            }
        }
        return Arrays.copyOf(out, at);
    }

    /** The inverse of {@link #encode} on {@code bytes[offset ..)}. */
    public static String[] decode(byte[] bytes, int offset, int fields) {
        String[] values = new String[fields];
        int at = offset;
        for (int f = 0; f < fields; f++) {
            int n = 0;
            int shift = 0;
            byte b;
            do {
                b = bytes[at++];
                n |= (b & 0x7f) << shift;
                shift += 7;
            } while (b < 0);
            if (n > 0) {
                values[f] = new String(bytes, at, n - 1, StandardCharsets.UTF_8);
                at += n - 1;
            }
        }
        return values;
    }

    private static int varintSize(int n) {
        return (38 - Integer.numberOfLeadingZeros(n | 1)) / 7;
    }
}
