package io.dienstream.it;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.zip.GZIPInputStream;

/**
 * The files of a real log, its model, and what another implementation answered to its requests.
 *
 * @param expected by request
 */
record LogFiles(Path model, Path behaviors, Path requests, Path expected) {
    private static final ObjectMapper JSON = new ObjectMapper();

    static LogFiles of(String name) {
        return new LogFiles(
                Dataset.model(name),
                Dataset.interactions(name),
                Dataset.requests(name),
                Dataset.expected(name));
    }

    /**
     * The same as far as it is of every {@code n}th user; the model stays where it is.
     *
     * @param directory for the new files
     */
    LogFiles ofEveryNthUser(int n, Path directory) throws IOException {
        Path fewBehaviors = directory.resolve("behaviors.tsv");
        keep(behaviors, fewBehaviors, line -> Dataset.isOfEveryNth(user(line), n));
        Set<String> kept = new HashSet<>();
        Path fewRequests = directory.resolve("requests.jsonl");
        keep(
                requests,
                fewRequests,
                line -> {
                    JsonNode request = JSON.readTree(line);
                    return Dataset.isOfEveryNth(request.get("user_id").asText(), n)
                            && kept.add(request.get("request_id").asText());
                });
        Path fewExpected = directory.resolve("expected.jsonl");
        keep(
                expected,
                fewExpected,
                line -> kept.contains(JSON.readTree(line).get("request_id").asText()));
        return new LogFiles(model, fewBehaviors, fewRequests, fewExpected);
    }

    /** The first column. */
    private static String user(String line) {
        return line.substring(0, line.indexOf('\t'));
    }

    /** Whether a line stays. */
    private interface Kept {
        boolean test(String line) throws IOException;
    }

    private static void keep(Path compressed, Path to, Kept kept) throws IOException {
        List<String> lines = new ArrayList<>();
        try (BufferedReader reader =
                new BufferedReader(
                        new InputStreamReader(
                                new GZIPInputStream(Files.newInputStream(compressed)),
                                StandardCharsets.UTF_8))) {
            for (String line = reader.readLine(); line != null; line = reader.readLine()) {
                if (kept.test(line)) {
                    lines.add(line);
                }
            }
        }
        Files.write(to, lines);
    }
}
