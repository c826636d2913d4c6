package io.dienstream.datasets.log;

import com.fasterxml.jackson.databind.JsonNode;
import io.dienstream.schema.AdClick;
import io.dienstream.schema.Impression;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.ToLongFunction;

/**
 * What an ad server reports, as JSON lines. An impression: {@code request_id, ad_id, user_id,
 * timestamp} (ms) and optionally {@code position} (from 0) and {@code propensity}. A click: the
 * same four and {@code click_id}.
 */
public final class ShownLog {
    private static final List<String> IMPRESSION =
            List.of("request_id", "ad_id", "user_id", "timestamp", "position", "propensity");
    private static final List<String> CLICK =
            List.of("click_id", "request_id", "ad_id", "user_id", "timestamp");

    private ShownLog() {}

    /** All good lines in the order of their times; the bad ones go to {@code bad}. */
    public static List<Impression> impressions(Path file, BadLines bad) throws IOException {
        return read(file, bad, ShownLog::impression, Impression::getTimestamp);
    }

    /** One record of a line. */
    private interface Line<T> {
        T parse(String line) throws LineException;
    }

    private static <T> List<T> read(
            Path file, BadLines bad, Line<T> line, ToLongFunction<T> timestamp) throws IOException {
        List<T> all = new ArrayList<>();
        TextLines.forEach(file, bad::refuse, (text, number) -> all.add(line.parse(text)));
        all.sort(Comparator.comparingLong(timestamp));
        return all;
    }

    private static Impression impression(String line) throws LineException {
        JsonNode node = JsonLines.parse(line);
        JsonLines.onlyKnown(node, IMPRESSION, "an impression");
        Integer position = null;
        if (!node.path("position").isMissingNode() && !node.path("position").isNull()) {
            long given = JsonLines.integer(node, "position");
            if (given < 0 || given > Integer.MAX_VALUE) {
                throw new LineException("position is " + given);
            }
            position = (int) given;
        }
        JsonNode propensity = node.path("propensity");
        if (!propensity.isMissingNode() && !propensity.isNull() && !propensity.isNumber()) {
            throw new LineException("propensity is no number");
        }
        return new Impression(
                JsonLines.text(node, "request_id"),
                JsonLines.text(node, "ad_id"),
                JsonLines.text(node, "user_id"),
                JsonLines.integer(node, "timestamp"),
                position,
                propensity.isNumber() ? (Double) propensity.asDouble() : null);
    }

    /** Likewise of clicks. */
    public static List<AdClick> clicks(Path file, BadLines bad) throws IOException {
        return read(file, bad, ShownLog::click, AdClick::getTimestamp);
    }

    private static AdClick click(String line) throws LineException {
        JsonNode node = JsonLines.parse(line);
        JsonLines.onlyKnown(node, CLICK, "a click");
        return new AdClick(
                JsonLines.text(node, "click_id"),
                JsonLines.text(node, "request_id"),
                JsonLines.text(node, "ad_id"),
                JsonLines.text(node, "user_id"),
                JsonLines.integer(node, "timestamp"));
    }
}
