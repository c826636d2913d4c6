package io.dienstream.dien.artifact;

import io.dienstream.dien.file.MalformedTextException;
import io.dienstream.dien.file.NamedOutput;
import io.dienstream.dien.file.Pace;
import io.dienstream.dien.model.IdEncoding;
import java.io.IOException;
import java.io.Writer;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The {@code vocabulary} encoding: line k (from 0) of a UTF-8 file is row k + 1. Lines end with a
 * line feed, or a carriage return and a line feed; a byte order mark is skipped. Everything else
 * belongs to the id.
 *
 * <p>The ids stay where they were read to. An index leads to them: n + n/3 + 1 slots of eight
 * bytes, each empty or 32 bits of an id's hash with its row, and the places of n/4 lines, eight
 * bytes each. That is 12.7 bytes an id beside the file's own, for each of them whatever their
 * number, and like those on the heap where they are few and mapped where they are many.
 */
public final class Vocabulary implements IdEncoding {
    /** Lines from one whose place is known to the next. */
    private static final int STRIDE = VocabularyText.LINES_AHEAD;

    private static final long LOW = 0xffffffffL;

    /** Some tens of microseconds, whatever is done with a line. */
    static final int LINES_BETWEEN_RESTS = 1 << 10;

    private static final String TOO_LONG =
            "has more than the %d bytes that an id may have"
                    .formatted(VocabularyText.MOST_ID_BYTES);

    /** Of the byte order: skipped where a file begins with it. */
    private static final String MARK = "\uFEFF";

    private final VocabularyText text;
    private final IdHash hash;
    private final int ids;

    /** The slots, then the places of lines. */
    private final Longs index;

    private final long slots;

    private Vocabulary(VocabularyText text, IdHash hash, int ids, Longs index, long slots) {
        this.text = text;
        this.hash = hash;
        this.ids = ids;
        this.index = index;
        this.slots = slots;
    }

    /**
     * @param file that {@code bytes} were read from, for messages
     * @param name of the embedding
     * @param hash of ids, by a key that whoever chose them did not know
     * @throws ArtifactException naming the file, and the line where one is to blame
     */
    static Vocabulary parse(
            Path file,
            FileBytes bytes,
            String name,
            int embeddingRows,
            IdHash hash,
            ArtifactContents.Limits limits)
            throws IOException {
        VocabularyText text = new VocabularyText(bytes, limits.chunkBits());
        long lines = text.lines();
        requireRows(file, lines, name, embeddingRows);
        int ids = (int) lines;
        Longs index = zeros(indexBytes(ids) / Long.BYTES, "the index of its ids", file, limits);
        Vocabulary vocabulary = new Vocabulary(text, hash, ids, index, slots(ids));
        vocabulary.fill(file, limits);
        return vocabulary;
    }

    private static Longs zeros(long count, String what, Path file, ArtifactContents.Limits limits)
            throws IOException {
        try {
            return Longs.zeros(count, limits);
        } catch (IOException e) {
            String problem = "%s, %d bytes, cannot be written".formatted(what, count * Long.BYTES);
            throw FileBytes.noPlace(file, problem, limits.copies(), e);
        }
    }

    private static void requireRows(Path file, long lines, String name, int embeddingRows)
            throws ArtifactException {
        if (lines > embeddingRows - 1) {
            throw new ArtifactException(
                    file,
                    "%d lines are more than rows - 1 = %d of embedding.%s"
                            .formatted(lines, embeddingRows - 1, name));
        }
    }

    /** Likewise, of the file that this one was read from. */
    Vocabulary requireRows(Path file, String name, int embeddingRows) throws ArtifactException {
        requireRows(file, ids, name, embeddingRows);
        return this;
    }

    private static long slots(int ids) {
        return ids + ids / 3L + 1;
    }

    static long indexBytes(int ids) {
        return Long.BYTES * (slots(ids) + (ids + (STRIDE - 1L)) / STRIDE);
    }

    private void fill(Path file, ArtifactContents.Limits limits) throws IOException {
        try (LineHashes hashes = new LineHashes(file, ids, limits)) {
            ArtifactException fault = hashLines(file, hashes, limits.pace());
            IndexFill fill = new IndexFill(this, index, slots, limits);
            fill.fill(hashes);
            if (fill.repeated() != 0) {
                throw refuse(file, fill.repeated(), "repeats the id of line " + fill.before());
            }
            if (fault != null) {
                throw fault;
            }
        }
    }

    /**
     * Hashes the lines up to the first that holds no id, and notes where every fourth begins.
     *
     * @return what is wrong with that line, or null: of those before it one may repeat another, and
     *     is the first fault then
     */
    private ArtifactException hashLines(Path file, LineHashes hashes, Pace pace)
            throws IOException {
        Utf8 utf8 = new Utf8();
        byte[] id = new byte[0];
        long at = text.start();
        for (int row = 1; row <= ids; row++) {
            if (row % STRIDE == 1) {
                index.set(slots + row / STRIDE, at);
            }
            ByteBuffer chunk = text.chunk(at);
            int from = text.place(at);
            int feed = VocabularyText.feed(chunk, from);
            int n = VocabularyText.end(chunk, from, feed) - from;
            if (n > VocabularyText.MOST_ID_BYTES) {
                return refuse(file, row, TOO_LONG);
            }
            if (n > id.length) {
                id = new byte[Math.min(2 * n, VocabularyText.MOST_ID_BYTES)];
            }
            chunk.get(from, id, 0, n);
            if (!utf8.isValid(id, n)) {
                return refuse(file, row, MalformedTextException.PROBLEM);
            }
            hashes.add(hash.of(id, n));
            if (row % LINES_BETWEEN_RESTS == 0) {
                pace.rest();
            }
            at += feed + 1L - from;
        }
        return null;
    }

    /** Whether two lines have the same id. */
    boolean isSame(int row, int other) {
        long place = placeBefore(other);
        ByteBuffer chunk = text.chunk(place);
        int from = start(other, chunk, text.place(place));
        byte[] id =
                new byte[VocabularyText.end(chunk, from, VocabularyText.feed(chunk, from)) - from];
        chunk.get(from, id, 0, id.length);
        return isLine(row, null, id, id.length);
    }

    /** Of the last line up to that of {@code row} whose place is known. */
    private long placeBefore(int row) {
        return index.get(slots + (row - 1) / STRIDE);
    }

    /**
     * Where the line of {@code row} begins.
     *
     * @param known place in {@code chunk} of the line at {@link #placeBefore}
     */
    private static int start(int row, ByteBuffer chunk, int known) {
        int from = known;
        for (int more = (row - 1) % STRIDE; more > 0; more--) {
            from = VocabularyText.feed(chunk, from) + 1;
        }
        return from;
    }

    /** The slot where the search for a hash begins. */
    static long home(long hash, long slots) {
        return ((hash & LOW) * slots) >>> 32; // below 2^64: both are below 2^32
    }

    static long entry(long hash, int row) {
        return (hash & ~LOW) | row;
    }

    private static ArtifactException refuse(Path file, int row, String problem) {
        return new ArtifactException(file, "line " + row + " " + problem);
    }

    /**
     * The slot of an id, or the empty one that it would have.
     *
     * @param ascii the id, or null
     * @param utf8 in its first {@code n} bytes the id where {@code ascii} is null
     */
    private long slot(long h, String ascii, byte[] utf8, int n) {
        long slot = home(h, slots);
        while (true) {
            long entry = index.get(slot);
            if (entry == 0 || ((entry ^ h) >>> 32 == 0 && isLine((int) entry, ascii, utf8, n))) {
                return slot;
            }
            slot = slot + 1 == slots ? 0 : slot + 1;
        }
    }

    private boolean isLine(int row, String ascii, byte[] utf8, int n) {
        long place = placeBefore(row);
        ByteBuffer chunk = text.chunk(place);
        int from = start(row, chunk, text.place(place));
        if (VocabularyText.end(chunk, from, VocabularyText.feed(chunk, from)) - from != n) {
            return false;
        }
        for (int i = 0; i < n; i++) {
            if (chunk.get(from + i) != (ascii != null ? (byte) ascii.charAt(i) : utf8[i])) {
                return false;
            }
        }
        return true;
    }

    /** The encoding of a vocabulary that is not in a file yet: {@code ids} by line, in a map. */
    public static IdEncoding of(List<String> ids) {
        Map<String, Integer> rows = new HashMap<>(ids.size() * 2);
        for (String id : ids) {
            rows.put(id, rows.size() + 1);
        }
        return id -> id == null || id.isEmpty() ? 0 : rows.getOrDefault(id, 0);
    }

    /** Whether {@code id} can be in a vocabulary, wherever in it. */
    public static boolean holds(String id) {
        return isLine(id) && isText(id) && !isMarked(id);
    }

    /** Whether {@code id} begins with a byte order mark, which is not read at a text's begin. */
    public static boolean isMarked(String id) {
        return id.startsWith(MARK);
    }

    private static boolean isLine(String id) {
        return id.indexOf('\n') < 0 && !id.endsWith("\r");
    }

    /** Whether it is UTF-8 of as many bytes as an id may have. */
    private static boolean isText(String id) {
        if (!Utf8.isText(id)) {
            return false;
        }
        return id.length() <= VocabularyText.MOST_ID_BYTES / Utf8.MOST_BYTES
                || Utf8.bytes(id).length <= VocabularyText.MOST_ID_BYTES;
    }

    /**
     * Writes ids by line, as {@link ModelWriter} has them, one after the other.
     *
     * @throws IllegalArgumentException where an id would be read as another, or as two
     */
    public static void write(Path file, Iterable<String> ids) throws IOException {
        try (Writer out = NamedOutput.writer(file)) {
            int row = 0;
            for (String id : ids) {
                row++;
                if (!isLine(id)) {
                    throw new IllegalArgumentException(
                            "row %d: an id with a line break cannot be in a vocabulary"
                                    .formatted(row));
                }
                if (row == 1 && isMarked(id)) {
                    throw new IllegalArgumentException(
                            "row 1: an id with a byte order mark would be read without it");
                }
                if (!isText(id)) {
                    throw new IllegalArgumentException(
                            "row %d: an id with half a pair of surrogates, or more than %d bytes, cannot be in a vocabulary"
                                    .formatted(row, VocabularyText.MOST_ID_BYTES));
                }
                out.append(id).append('\n');
            }
        }
    }

    /** How many there are. */
    public int ids() {
        return ids;
    }

    /** Bytes of the ids' text. */
    public long textBytes() {
        return text.size();
    }

    /** Bytes of the index. */
    public long indexBytes() {
        return indexBytes(ids);
    }

    @Override
    public int row(String id) {
        if (id == null || id.isEmpty()) {
            return 0;
        }
        long h = hash.ofAscii(id);
        if (h != IdHash.NOT_ASCII) {
            return (int) index.get(slot(h, id, null, id.length()));
        }
        byte[] utf8 = Utf8.bytes(id);
        return utf8 == null
                ? 0
                : (int) index.get(slot(hash.of(utf8, utf8.length), null, utf8, utf8.length));
    }
}
