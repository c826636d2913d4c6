package io.dienstream.datasets.log;

import com.fasterxml.jackson.databind.JsonNode;
import io.dienstream.dien.history.EventOrder;
import io.dienstream.schema.Behavior;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * A behavior log in a file, gzipped or plain, in any order. Lines are either
 *
 * <pre>
 * user TAB item TAB category TAB unix seconds [TAB event id]
 * {"user_id": ..., "timestamp": ms, "event_id": ..., "FIELD": ...}
 * </pre>
 *
 * A line without an event id gets one of {@link LineIds}, so that ties in time keep file order.
 */
public final class BehaviorLog {
    /** The order in which behaviors count. */
    public static final EventOrder<Behavior> ORDER =
            EventOrder.ofOneKind(Behavior::getTimestamp, Behavior::getEventId);

    private static final int COLUMNS = 4;

    private BehaviorLog() {}

    /** All good lines in event order; the bad ones go to {@code bad}. */
    public static List<Behavior> read(Path file, BadLines bad) throws IOException {
        return read(file, bad, b -> {});
    }

    /** What a good behavior has to meet besides. */
    @FunctionalInterface
    public interface Check {
        void check(Behavior behavior) throws LineException;
    }

    /** All lines that also pass {@code check}. */
    public static List<Behavior> read(Path file, BadLines bad, Check check) throws IOException {
        List<Behavior> behaviors = new ArrayList<>();
        LineIds ids = LineIds.of(file);
        TextLines.forEach(
                file,
                bad::refuse,
                (line, number) -> {
                    Behavior behavior = parse(line, ids.of(number));
                    check.check(behavior);
                    behaviors.add(behavior);
                });
        behaviors.sort(ORDER);
        return behaviors;
    }

    /** One line; {@code id} is its event id where it has none, see {@link LineIds}. */
    public static Behavior parse(String line, long id) throws LineException {
        Behavior behavior = line.startsWith("{") ? json(line, id) : tabs(line, id);
        if (behavior.getEventId().isEmpty()) {
            throw new LineException("the event id is empty");
        }
        return behavior;
    }

    private static Behavior tabs(String line, long id) throws LineException {
        String[] columns = line.split("\t", -1);
        if (columns.length != COLUMNS && columns.length != COLUMNS + 1) {
            throw new LineException(
                    columns.length + " columns instead of user, item, category, seconds");
        }
        if (columns[0].isEmpty()) {
            throw new LineException("the user is empty");
        }
        long timestamp;
        try {
            timestamp = LogTimes.ofSeconds(Long.parseLong(columns[3]));
        } catch (NumberFormatException e) {
            throw new LineException("the fourth column is no unix time in seconds");
        }
        String eventId = columns.length > COLUMNS ? columns[COLUMNS] : Long.toString(id);
        Map<String, String> fields = Map.of("item", columns[1], "category", columns[2]);
        return new Behavior(eventId, columns[0], timestamp, fields);
    }

    private static Behavior json(String line, long id) throws LineException {
        JsonNode node = JsonLines.parse(line);
        String eventId = JsonLines.optionalText(node, "event_id", Long.toString(id));
        Map<String, String> fields =
                JsonLines.fields(node, List.of("event_id", "user_id", "timestamp"));
        return new Behavior(
                eventId,
                JsonLines.text(node, "user_id"),
                JsonLines.integer(node, "timestamp"),
                fields);
    }
}
