package io.dienstream.dien.artifact;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CoderResult;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;

/** Tells whether bytes are UTF-8, without a string for each. Not thread-safe. */
final class Utf8 {
    /** Of a char of a string, at the most. */
    static final int MOST_BYTES = 3;

    private final CharsetDecoder decoder =
            StandardCharsets.UTF_8
                    .newDecoder()
                    .onMalformedInput(CodingErrorAction.REPORT)
                    .onUnmappableCharacter(CodingErrorAction.REPORT);
    private final CharBuffer chars = CharBuffer.allocate(1 << 10);
    private ByteBuffer bytes = ByteBuffer.allocate(0);

    /** Of the first {@code n} bytes of {@code id}. */
    boolean isValid(byte[] id, int n) {
        int all = 0;
        for (int i = 0; i < n; i++) {
            all |= id[i];
        }
        return all >= 0 || isDecoded(id, n);
    }

    private boolean isDecoded(byte[] id, int n) {
        if (bytes.array() != id) {
            bytes = ByteBuffer.wrap(id);
        }
        bytes.position(0).limit(n);
        decoder.reset();
        CoderResult result;
        do {
            chars.clear();
            result = decoder.decode(bytes, chars, true);
        } while (result.isOverflow());
        return result.isUnderflow();
    }

    /** The bytes of {@code id}; null where half of a pair of surrogates stands alone. */
    static byte[] bytes(String id) {
        return isText(id) ? id.getBytes(StandardCharsets.UTF_8) : null;
    }

    /** Whether no half of a pair of surrogates stands alone in {@code id}. */
    static boolean isText(String id) {
        for (int i = 0; i < id.length(); i++) {
            char c = id.charAt(i);
            if (Character.isHighSurrogate(c)
                    && i + 1 < id.length()
                    && Character.isLowSurrogate(id.charAt(i + 1))) {
                i++;
            } else if (Character.isSurrogate(c)) {
                return false;
            }
        }
        return true;
    }
}
