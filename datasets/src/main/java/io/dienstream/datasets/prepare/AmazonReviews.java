package io.dienstream.datasets.prepare;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.json.JsonReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.dienstream.datasets.log.LineException;
import io.dienstream.datasets.log.LogTimes;
import io.dienstream.dien.history.EventKey;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Amazon product reviews, 5-core, with the meta file beside them: JSON lines of {@code reviewerID,
 * asin, unixReviewTime} and of {@code asin, categories} (2014: lists of paths, in a dialect with
 * single quotes) or {@code asin, category} (2018: one path). A review counts as a click, as in the
 * DIEN paper; the category is the finest of the first path.
 */
public final class AmazonReviews implements InteractionSource {
    private static final JsonMapper MAPPER =
            JsonMapper.builder()
                    .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
                    .enable(JsonReadFeature.ALLOW_SINGLE_QUOTES)
                    .enable(JsonReadFeature.ALLOW_BACKSLASH_ESCAPING_ANY_CHARACTER)
                    .build();

    private final Path reviews;
    private final Path meta;

    public AmazonReviews(Path reviews, Path meta) {
        this.reviews = reviews;
        this.meta = meta;
    }

    @Override
    public List<Path> files() {
        return List.of(reviews, meta);
    }

    @Override
    public void read(LineBudget bad, Consumer consumer) throws IOException {
        Map<String, String> categories = new HashMap<>();
        InteractionSource.lines(
                meta,
                bad,
                (line, number) -> {
                    JsonNode node = parse(line);
                    categories.put(text(node, "asin"), category(node));
                });
        InteractionSource.lines(
                reviews,
                bad,
                (line, number) -> {
                    JsonNode node = parse(line);
                    String item = text(node, "asin");
                    JsonNode time = node.path("unixReviewTime");
                    if (!time.isIntegralNumber() || !time.canConvertToLong()) {
                        throw new LineException("unixReviewTime is missing or no whole number");
                    }
                    consumer.accept(
                            new Interaction(
                                    text(node, "reviewerID"),
                                    List.of(item, categories.getOrDefault(item, "")),
                                    LogTimes.ofSeconds(time.asLong()),
                                    EventKey.ofNumber(number)));
                });
    }

    private static JsonNode parse(String line) throws LineException {
        try {
            return MAPPER.readTree(line);
        } catch (JsonProcessingException e) {
            throw new LineException("is not JSON: " + e.getOriginalMessage());
        }
    }

    private static String text(JsonNode node, String name) throws LineException {
        String value = node.path(name).asText();
        if (value.isEmpty()) {
            throw new LineException(name + " is missing or empty");
        }
        return value;
    }

    private static String category(JsonNode node) {
        JsonNode path =
                node.has("category") ? node.path("category") : node.path("categories").path(0);
        return path.path(path.size() - 1).asText().strip().replace('\n', ' ');
    }
}
