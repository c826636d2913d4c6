package io.dienstream.dien.artifact;

import io.dienstream.dien.model.IdEncoding;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The {@code vocabulary} encoding: line k (from 0) of a UTF-8 file is row k + 1. Lines end with a
 * line feed alone; everything else belongs to the id.
 */
public final class Vocabulary implements IdEncoding {
    /** Of an id with its line feed, on average: what bounds a file by the rows of its embedding. */
    private static final long MOST_ID_BYTES = 1024;

    private final Map<String, Integer> rows;

    private Vocabulary(Map<String, Integer> rows) {
        this.rows = rows;
    }

    /**
     * @throws ArtifactException naming the file, and the line where one is to blame
     */
    static Vocabulary read(Path file, String name, int embeddingRows) throws IOException {
        String[] lines = lines(file, MOST_ID_BYTES * embeddingRows);
        if (lines.length > embeddingRows - 1) {
            throw new ArtifactException(
                    file,
                    "%d lines are more than rows - 1 = %d of embedding.%s"
                            .formatted(lines.length, embeddingRows - 1, name));
        }
        Map<String, Integer> rows = new HashMap<>(lines.length * 2);
        for (int k = 0; k < lines.length; k++) {
            Integer before = rows.put(lines[k], k + 1);
            if (before != null) {
                throw new ArtifactException(
                        file, "line " + (k + 1) + " repeats the id of line " + before);
            }
        }
        return new Vocabulary(rows);
    }

    /** The encoding of a vocabulary that is not in a file yet: {@code ids} by line. */
    public static Vocabulary of(List<String> ids) {
        Map<String, Integer> rows = new HashMap<>(ids.size() * 2);
        for (String id : ids) {
            rows.put(id, rows.size() + 1);
        }
        return new Vocabulary(rows);
    }

    private static String[] lines(Path file, long most) throws IOException {
        if (!Files.isRegularFile(file)) {
            throw new ArtifactException(file, "the vocabulary is missing");
        }
        String text;
        try {
            byte[] bytes = ArtifactFiles.read(file, most);
            text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
        } catch (CharacterCodingException e) {
            throw new ArtifactException(file, "is not UTF-8", e);
        }
        if (text.isEmpty()) {
            return new String[0];
        }
        String body = text.endsWith("\n") ? text.substring(0, text.length() - 1) : text;
        return body.split("\n", -1);
    }

    /** Ids by line, as {@link ModelWriter} takes them. */
    static byte[] encode(List<String> ids) {
        StringBuilder text = new StringBuilder();
        for (String id : ids) {
            text.append(id).append('\n');
        }
        return text.toString().getBytes(StandardCharsets.UTF_8);
    }

    @Override
    public int row(String id) {
        return id == null || id.isEmpty() ? 0 : rows.getOrDefault(id, 0);
    }
}
