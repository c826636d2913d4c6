package io.dienstream.dien.artifact;

import io.dienstream.dien.model.IdEncoding;
import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * The bytes of a vocabulary where they lie, line by line. Chunks overlap by more than a few lines
 * have, so that whoever starts in the first part of one reads on without a look at the next.
 */
final class VocabularyText {
    /**
     * Of an id, three for each of its characters at the most: a longer one is refused, before
     * memory is taken for it. Whoever looks for one of the next {@link #LINES_AHEAD} reads over it.
     */
    static final int MOST_ID_BYTES = 3 * IdEncoding.MOST_CHARS;

    /** Lines that may be read from a place in the first part of a chunk. */
    static final int LINES_AHEAD = 4;

    private static final int OVERLAP = LINES_AHEAD * (MOST_ID_BYTES + 2);
    private static final byte[] BYTE_ORDER_MARK = {(byte) 0xef, (byte) 0xbb, (byte) 0xbf};
    private static final long ONES = 0x0101010101010101L;
    private static final long HIGH_BITS = ONES << 7;
    private static final long LINE_FEEDS = ONES * '\n';

    private final ByteBuffer[] chunks;
    private final int bits;
    private final int mask;
    private final long size;

    /**
     * @param bits the binary logarithm of a chunk's first part in bytes
     */
    VocabularyText(FileBytes bytes, int bits) throws IOException {
        this.bits = bits;
        mask = (1 << bits) - 1;
        size = bytes.size();
        chunks = new ByteBuffer[(int) ((size + mask) >>> bits)];
        for (int c = 0; c < chunks.length; c++) {
            long from = (long) c << bits;
            chunks[c] = bytes.slice(from, (int) Math.min((1L << bits) + OVERLAP, size - from));
        }
    }

    /** Bytes. */
    long size() {
        return size;
    }

    /** Line feeds, and a last line without one. */
    long lines() {
        long lines = 0;
        int last = '\n';
        for (int c = 0; c < chunks.length; c++) {
            long end = Math.min(1L << bits, size - ((long) c << bits));
            for (int at = feed(chunks[c], 0); at < end; at = feed(chunks[c], at + 1)) {
                lines++;
            }
            last = chunks[c].get((int) end - 1);
        }
        return last == '\n' ? lines : lines + 1;
    }

    /** Where the first id begins: behind a byte order mark. */
    long start() {
        if (size < BYTE_ORDER_MARK.length) {
            return 0;
        }
        for (int n = 0; n < BYTE_ORDER_MARK.length; n++) {
            if (chunks[0].get(n) != BYTE_ORDER_MARK[n]) {
                return 0;
            }
        }
        return BYTE_ORDER_MARK.length;
    }

    /** The chunk whose first part has the byte {@code at}. */
    ByteBuffer chunk(long at) {
        return chunks[(int) (at >>> bits)];
    }

    /** Where that byte is in it. */
    int place(long at) {
        return (int) at & mask;
    }

    /** The next line feed from {@code from} on, eight bytes at a time; the limit without one. */
    static int feed(ByteBuffer chunk, int from) {
        int limit = chunk.limit();
        int at = from;
        for (; at <= limit - Long.BYTES; at += Long.BYTES) {
            long others = chunk.getLong(at) ^ LINE_FEEDS;
            long found = (others - ONES) & ~others & HIGH_BITS; // exact up to the first
            if (found != 0) {
                return at + Long.numberOfTrailingZeros(found) / Byte.SIZE;
            }
        }
        while (at < limit && chunk.get(at) != '\n') {
            at++;
        }
        return at;
    }

    /** One past the id that begins at {@code from} and has its line feed at {@code feed}. */
    static int end(ByteBuffer chunk, int from, int feed) {
        return feed > from && chunk.get(feed - 1) == '\r' ? feed - 1 : feed;
    }
}
