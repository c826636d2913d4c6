package io.dienstream.job;

import io.dienstream.dien.history.EventKey;
import io.dienstream.schema.AdRequest;
import io.dienstream.schema.Behavior;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/**
 * A user's random log with all that logs have: behaviors out of order, at one moment, twice, once
 * more under another time, without a field, with one that no model has; requests before, between
 * and after them. Beside it, as an oracle, what each request must see.
 *
 * @param behaviors as they arrive
 */
public record RandomLog(String user, List<Behavior> behaviors, List<AdRequest> requests) {
    private static final int MOMENTS = 30;
    private static final int MOST_BEHAVIORS = 40;
    private static final int REQUESTS = 6;

    private static final Comparator<Behavior> ORDER =
            Comparator.comparingLong(Behavior::getTimestamp)
                    .thenComparing(b -> EventKey.of(b.getEventId()));

    /** Of {@link Records}' fields, times within a second of {@link Records#START}. */
    public static RandomLog of(String user, Random random) {
        List<Behavior> behaviors = new ArrayList<>();
        int size = 1 + random.nextInt(MOST_BEHAVIORS);
        for (int n = 0; n < size; n++) {
            long time = Records.START + random.nextInt(MOMENTS);
            String id = (random.nextBoolean() ? "" : "e") + (random.nextInt(100) * 100 + n);
            Behavior b = new Behavior(id, user, time, fields(random));
            behaviors.add(b);
            switch (random.nextInt(8)) {
                case 0 -> behaviors.add(b);
                case 1 ->
                        behaviors.add(
                                new Behavior(
                                        id, user, time + 1 + random.nextInt(9), fields(random)));
                default -> {}
            }
        }
        Collections.shuffle(behaviors, random);
        List<AdRequest> requests = new ArrayList<>();
        for (int n = 0; n < REQUESTS; n++) {
            int time = random.nextInt(MOMENTS + 12) - 1;
            requests.add(Records.request(user, user + "-r" + n, time, 3));
        }
        return new RandomLog(user, List.copyOf(behaviors), requests);
    }

    private static Map<String, String> fields(Random random) {
        Map<String, String> fields = new HashMap<>();
        fields.put("item", "i" + random.nextInt(23));
        if (random.nextInt(5) > 0) {
            fields.put("category", "c" + random.nextInt(5));
        }
        if (random.nextInt(5) == 0) {
            fields.put("color", "red");
        }
        return fields;
    }

    /** What a request at {@code timestamp}, ms, sees where {@code maxLength} are retained. */
    public List<Behavior> seen(long timestamp, int maxLength) {
        List<Behavior> kept = new ArrayList<>();
        counted(timestamp, maxLength, kept);
        return kept;
    }

    /** The behaviors that change the history up to {@code timestamp}, oldest first. */
    public List<Behavior> counted(long timestamp, int maxLength) {
        return counted(timestamp, maxLength, new ArrayList<>());
    }

    private List<Behavior> counted(long timestamp, int maxLength, List<Behavior> kept) {
        List<Behavior> counted = new ArrayList<>();
        Behavior evicted = null;
        for (Behavior b : behaviors.stream().sorted(ORDER).toList()) {
            boolean repeats = kept.stream().anyMatch(k -> k.getEventId().equals(b.getEventId()));
            boolean late = evicted != null && ORDER.compare(b, evicted) <= 0;
            if (b.getTimestamp() > timestamp || repeats || late) {
                continue;
            }
            counted.add(b);
            kept.add(b);
            if (kept.size() > maxLength) {
                int leaving = (int) Math.ceil(maxLength / 4.0);
                evicted = kept.get(leaving - 1);
                kept.subList(0, leaving).clear();
            }
        }
        return counted;
    }
}
