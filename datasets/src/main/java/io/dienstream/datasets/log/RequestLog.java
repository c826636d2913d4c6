package io.dienstream.datasets.log;

import com.fasterxml.jackson.databind.JsonNode;
import io.dienstream.dien.history.EventOrder;
import io.dienstream.schema.AdRequest;
import io.dienstream.schema.Behavior;
import io.dienstream.schema.Candidate;
import io.dienstream.schema.Pricing;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Ad requests as JSON lines: {@code request_id, user_id, timestamp} (ms), {@code user} and {@code
 * context} (objects of fields, optional), {@code candidates} (each with {@code ad_id}, ad fields
 * and optionally {@code pricing, bid_micros, currency, pcvr}), and, for offline scoring, {@code
 * behaviors} (each with {@code timestamp} and fields). A candidate without a bid bids one unit a
 * click, so that its rank is by pCTR. Ads and behaviors without an id of their own get numbers that
 * none of the same request has, in their order.
 */
public final class RequestLog {
    /** The order in which requests are asked. */
    public static final EventOrder<AdRequest> ORDER =
            EventOrder.ofOneKind(AdRequest::getTimestamp, AdRequest::getRequestId);

    private static final List<String> KEYS =
            List.of(
                    "request_id",
                    "user_id",
                    "timestamp",
                    "user",
                    "context",
                    "candidates",
                    "behaviors");
    private static final List<String> CANDIDATE_KEYS =
            List.of("ad_id", "pricing", "bid_micros", "currency", "pcvr");
    private static final long ONE_UNIT_MICROS = 1_000_000;
    private static final String DEFAULT_CURRENCY = "USD";

    private RequestLog() {}

    /**
     * One request line.
     *
     * @param line its number, from 1
     * @param behaviors what the line itself carries, in line order
     */
    public record Line(long line, AdRequest request, List<Behavior> behaviors) {}

    /** What takes the lines, one after the other. */
    @FunctionalInterface
    public interface Consumer {
        void accept(Line line) throws LineException, IOException;
    }

    /** Where request lines come from, whatever is refused of them. */
    @FunctionalInterface
    public interface Source {
        /** Hands every good line to {@code consumer}. */
        void forEach(Consumer consumer) throws IOException;
    }

    /** Hands every good line to {@code consumer}; the bad ones go to {@code bad}. */
    public static void forEach(Path file, BadLines bad, Consumer consumer) throws IOException {
        TextLines.forEach(
                file, bad::refuse, (line, number) -> consumer.accept(parse(line, number)));
    }

    /** One line, whose number is {@code number}, from 1. */
    public static Line parse(String line, long number) throws LineException {
        JsonNode node = JsonLines.parse(line);
        JsonLines.onlyKnown(node, KEYS, "a request");
        AdRequest request =
                new AdRequest(
                        JsonLines.text(node, "request_id"),
                        JsonLines.text(node, "user_id"),
                        JsonLines.integer(node, "timestamp"),
                        fields(node, "user"),
                        fields(node, "context"),
                        candidates(node));
        return new Line(number, request, behaviors(node, request.getUserId()));
    }

    private static Map<String, String> fields(JsonNode node, String name) throws LineException {
        JsonNode object = node.path(name);
        if (object.isMissingNode() || object.isNull()) {
            return Map.of();
        }
        if (!object.isObject()) {
            throw new LineException(name + " is no object");
        }
        return JsonLines.fields(object, List.of());
    }

    private static List<Candidate> candidates(JsonNode node) throws LineException {
        JsonNode list = node.path("candidates");
        if (!list.isArray()) {
            throw new LineException("candidates is no list");
        }
        long first = firstFree(list, "ad_id");
        List<Candidate> candidates = new ArrayList<>(list.size());
        for (JsonNode c : list) {
            candidates.add(candidate(c, candidates.size(), first));
        }
        return candidates;
    }

    private static Candidate candidate(JsonNode c, int position, long first) throws LineException {
        if (!c.isObject()) {
            throw new LineException("candidates[" + position + "] is no object");
        }
        String pricing = JsonLines.optionalText(c, "pricing", Pricing.CPC.name());
        Pricing kind;
        try {
            kind = Pricing.valueOf(pricing);
        } catch (IllegalArgumentException e) {
            throw new LineException("pricing '" + pricing + "' is none of CPM, CPC, CPA");
        }
        JsonNode pcvr = c.path("pcvr");
        if (!pcvr.isMissingNode() && !pcvr.isNull() && !pcvr.isNumber()) {
            throw new LineException("candidates[" + position + "].pcvr is no number");
        }
        return new Candidate(
                JsonLines.optionalText(c, "ad_id", Long.toString(first + position)),
                JsonLines.fields(c, CANDIDATE_KEYS),
                kind,
                c.has("bid_micros") ? JsonLines.integer(c, "bid_micros") : ONE_UNIT_MICROS,
                JsonLines.optionalText(c, "currency", DEFAULT_CURRENCY),
                pcvr.isNumber() ? pcvr.asDouble() : null);
    }

    private static List<Behavior> behaviors(JsonNode node, String userId) throws LineException {
        JsonNode list = node.path("behaviors");
        if (list.isMissingNode() || list.isNull()) {
            return List.of();
        }
        if (!list.isArray()) {
            throw new LineException("behaviors is no list");
        }
        long first = firstFree(list, "event_id");
        List<Behavior> behaviors = new ArrayList<>(list.size());
        for (JsonNode b : list) {
            if (!b.isObject()) {
                throw new LineException("behaviors[" + behaviors.size() + "] is no object");
            }
            String eventId =
                    JsonLines.optionalText(b, "event_id", Long.toString(first + behaviors.size()));
            behaviors.add(
                    new Behavior(
                            eventId,
                            userId,
                            JsonLines.integer(b, "timestamp"),
                            JsonLines.fields(b, List.of("event_id", "timestamp"))));
        }
        return behaviors;
    }

    /**
     * A number from which on as many as {@code list} is long are the id {@code name} of none of its
     * elements; 0 where it can be.
     */
    private static long firstFree(JsonNode list, String name) {
        Set<String> given = new HashSet<>();
        list.forEach(e -> given.add(e.path(name).asText()));
        long first = 0;
        for (long n = 0; n < first + list.size(); n++) {
            if (given.contains(Long.toString(n))) {
                first = n + 1;
            }
        }
        return first;
    }
}
