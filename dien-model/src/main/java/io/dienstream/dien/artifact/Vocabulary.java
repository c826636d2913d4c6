package io.dienstream.dien.artifact;

import io.dienstream.dien.file.MalformedTextException;
import io.dienstream.dien.file.TextReader;
import io.dienstream.dien.model.IdEncoding;
import java.io.BufferedWriter;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.OutputStreamWriter;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The {@code vocabulary} encoding: line k (from 0) of a UTF-8 file is row k + 1. Lines end with a
 * line feed, or a carriage return and a line feed; a byte order mark is skipped. Everything else
 * belongs to the id.
 */
public final class Vocabulary implements IdEncoding {
    /** Of an id with its line feed, on average: what bounds a file by the rows of its embedding. */
    private static final long MOST_ID_BYTES = 1024;

    /** Of the map: a file of line feeds alone asks for no more than this. */
    private static final int FIRST_CAPACITY = 1 << 20;

    private final Map<String, Integer> rows;

    private Vocabulary(Map<String, Integer> rows) {
        this.rows = rows;
    }

    /** Bytes that a vocabulary of an embedding of {@code rows} rows may have. */
    static long mostBytes(int rows) {
        return MOST_ID_BYTES * rows;
    }

    /**
     * @param file that {@code bytes} were read from, for messages
     * @param name of the embedding
     * @throws ArtifactException naming the file, and the line where one is to blame
     */
    static Vocabulary parse(Path file, byte[] bytes, String name, int embeddingRows)
            throws ArtifactException {
        int lines = lines(bytes);
        if (lines > embeddingRows - 1) {
            throw new ArtifactException(
                    file,
                    "%d lines are more than rows - 1 = %d of embedding.%s"
                            .formatted(lines, embeddingRows - 1, name));
        }
        Map<String, Integer> rows = new HashMap<>(2 * Math.min(lines, FIRST_CAPACITY));
        TextReader reader = TextReader.of(file, new ByteArrayInputStream(bytes));
        for (int k = 1; k <= lines; k++) {
            Integer before = rows.put(line(file, reader, k), k);
            if (before != null) {
                throw new ArtifactException(
                        file, "line " + k + " repeats the id of line " + before);
            }
        }
        return new Vocabulary(rows);
    }

    private static int lines(byte[] bytes) {
        int lines = 0;
        for (byte b : bytes) {
            lines += b == '\n' ? 1 : 0;
        }
        return bytes.length == 0 || bytes[bytes.length - 1] == '\n' ? lines : lines + 1;
    }

    /** The encoding of a vocabulary that is not in a file yet: {@code ids} by line. */
    public static Vocabulary of(List<String> ids) {
        Map<String, Integer> rows = new HashMap<>(ids.size() * 2);
        for (String id : ids) {
            rows.put(id, rows.size() + 1);
        }
        return new Vocabulary(rows);
    }

    private static String line(Path file, TextReader reader, int k) throws ArtifactException {
        try {
            return reader.readLine();
        } catch (MalformedTextException e) {
            throw new ArtifactException(
                    file, "line " + k + " " + MalformedTextException.PROBLEM, e);
        } catch (IOException e) {
            throw new ArtifactException(file, "line " + k + ": " + e.getMessage(), e);
        }
    }

    /**
     * Writes ids by line, as {@link ModelWriter} has them, one after the other.
     *
     * @throws IllegalArgumentException where an id has a line break: it would be read as two
     */
    static void write(Path file, List<String> ids) throws IOException {
        try (Writer out =
                new BufferedWriter(
                        new OutputStreamWriter(
                                Files.newOutputStream(file), StandardCharsets.UTF_8))) {
            int row = 0;
            for (String id : ids) {
                row++;
                if (id.indexOf('\n') >= 0 || id.endsWith("\r")) {
                    throw new IllegalArgumentException(
                            "row %d: an id with a line break cannot be in a vocabulary"
                                    .formatted(row));
                }
                out.append(id).append('\n');
            }
        }
    }

    @Override
    public int row(String id) {
        return id == null || id.isEmpty() ? 0 : rows.getOrDefault(id, 0);
    }
}
