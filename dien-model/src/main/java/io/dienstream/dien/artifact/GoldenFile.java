package io.dienstream.dien.artifact;

import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import io.dienstream.dien.file.NamedOutput;
import io.dienstream.dien.model.GoldenAnswer;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Requests with answers that an artifact may carry, a JSON object a line: {@code user}, {@code
 * context}, {@code behaviors}, {@code candidates}, {@code pctr}. They are no part of its checksum:
 * all they can do is to have it refused.
 */
public final class GoldenFile {
    /** Name inside an artifact. */
    public static final String NAME = "golden.jsonl";

    /** More are refused. */
    private static final int MOST_BYTES = 4 << 20;

    private static final int MOST_LINES = 1_000;

    private GoldenFile() {}

    /**
     * The answers of the artifact in {@code directory}; none where it carries none.
     *
     * @throws ArtifactException naming the line that is none, or where the file leads out of the
     *     directory
     */
    public static List<GoldenAnswer> read(Path directory) throws IOException {
        try (ArtifactDirectory files = ArtifactDirectory.open(directory)) {
            return read(files);
        }
    }

    static List<GoldenAnswer> read(ArtifactDirectory files) throws IOException {
        return files.has(NAME) ? parse(files.path(NAME), files.read(NAME, MOST_BYTES)) : List.of();
    }

    /**
     * The answers in {@code bytes}.
     *
     * @param file that they are from, for messages, which never quote a file that is of another
     *     kind: it may be one that whoever reads the message may not read
     * @throws ArtifactException naming the line that is none
     */
    public static List<GoldenAnswer> parse(Path file, byte[] bytes) throws ArtifactException {
        if (bytes.length > MOST_BYTES) {
            throw new ArtifactException(
                    file, "is larger than the " + MOST_BYTES + " bytes it may have");
        }
        String text = new String(bytes, StandardCharsets.UTF_8);
        List<GoldenAnswer> answers = new ArrayList<>();
        for (String line : text.lines().toList()) {
            if (answers.size() == MOST_LINES) {
                throw new ArtifactException(file, "has more than " + MOST_LINES + " lines");
            }
            String part = "line " + (answers.size() + 1) + " ";
            answers.add(answer(file, part, tree(file, part, line)));
        }
        return answers;
    }

    private static JsonNode tree(Path file, String part, String line) throws ArtifactException {
        try {
            return Json.MAPPER.readTree(line);
        } catch (JsonProcessingException e) {
            // neither its message nor the exception itself: both quote the line
            JsonLocation at = e.getLocation(); // none where a bound of the parser was met
            throw new ArtifactException(
                    file,
                    part + "is not JSON" + (at == null ? "" : ", from column " + at.getColumnNr()));
        }
    }

    private static GoldenAnswer answer(Path file, String part, JsonNode node)
            throws ArtifactException {
        List<Map<String, String>> candidates = all(file, part, node, "candidates");
        List<Float> pctr = new ArrayList<>();
        for (JsonNode p : node.path("pctr")) {
            if (!p.isNumber()) {
                throw new ArtifactException(file, part + "pctr: one is no number");
            }
            if (!(p.asDouble() >= 0 && p.asDouble() <= 1)) {
                throw new ArtifactException(file, part + "pctr: " + p + " is not from 0 to 1");
            }
            pctr.add(p.floatValue());
        }
        if (pctr.isEmpty() || pctr.size() != candidates.size()) {
            throw new ArtifactException(
                    file,
                    "%s%d pctr for %d candidates: one of each is needed at least, and as many"
                            .formatted(part, pctr.size(), candidates.size()));
        }
        return new GoldenAnswer(
                fields(file, part + "user", node.path("user")),
                fields(file, part + "context", node.path("context")),
                all(file, part, node, "behaviors"),
                candidates,
                pctr);
    }

    private static List<Map<String, String>> all(Path file, String part, JsonNode node, String key)
            throws ArtifactException {
        List<Map<String, String>> all = new ArrayList<>();
        for (JsonNode fields : node.path(key)) {
            all.add(fields(file, part + key, fields));
        }
        return all;
    }

    /** What is missing is nothing; what is there must be texts by name. */
    private static Map<String, String> fields(Path file, String what, JsonNode node)
            throws ArtifactException {
        Map<String, String> fields = new HashMap<>();
        for (Map.Entry<String, JsonNode> field : node.properties()) {
            if (!field.getValue().isTextual()) {
                throw new ArtifactException(file, what + ": " + field.getKey() + " is no text");
            }
            fields.put(field.getKey(), field.getValue().asText());
        }
        if (!node.isMissingNode() && !node.isObject()) {
            throw new ArtifactException(file, what + ": is no object of names and texts");
        }
        return fields;
    }

    /** Adds answers to the artifact in {@code directory}; the same make the same bytes. */
    public static void write(Path directory, List<GoldenAnswer> answers) throws IOException {
        StringBuilder text = new StringBuilder();
        for (GoldenAnswer answer : answers) {
            text.append(line(answer)).append('\n');
        }
        NamedOutput.write(directory.resolve(NAME), text.toString());
    }

    private static String line(GoldenAnswer a) throws JsonProcessingException {
        Map<String, Object> line = new LinkedHashMap<>();
        line.put("user", new TreeMap<>(a.user()));
        line.put("context", new TreeMap<>(a.context()));
        line.put("behaviors", a.behaviors().stream().map(TreeMap::new).toList());
        line.put("candidates", a.candidates().stream().map(TreeMap::new).toList());
        line.put("pctr", a.pctr());
        return Json.MAPPER.writeValueAsString(line);
    }
}
