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
        int[] spans = new int[2 * fields];
        locate(bytes, offset, spans);
        String[] values = new String[fields];
        for (int f = 0; f < fields; f++) {
            int n = spans[2 * f + 1];
            values[f] = n < 0 ? null : new String(bytes, spans[2 * f], n, StandardCharsets.UTF_8);
        }
        return values;
    }

    /**
     * Where the values in {@code bytes[offset ..)} are.
     *
     * @param spans for each field the index of its first byte and how many there are, -1 of a
     *     missing one
     * @return how many are not missing
     */
    public static int locate(byte[] bytes, int offset, int[] spans) {
        int at = offset;
        int present = 0;
        for (int f = 0; f < spans.length; f += 2) {
            int n = 0;
            int shift = 0;
            byte b;
            do {
                b = bytes[at++];
                n |= (b & 0x7f) << shift;
                shift += 7;
            } while (b < 0);
            spans[f] = at;
            spans[f + 1] = n - 1;
            if (n > 0) {
                at += n - 1;
                present++;
            }
        }
        return present;
    }

    private static int varintSize(int n) {
        return (38 - Integer.numberOfLeadingZeros(n | 1)) / 7;
    }
}
