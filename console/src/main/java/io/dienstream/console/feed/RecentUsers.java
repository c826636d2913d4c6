package io.dienstream.console.feed;

import io.dienstream.dien.history.EventOrder;
import io.dienstream.schema.AdRequest;
import io.dienstream.schema.Behavior;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;

/** Users who did something lately, and what. Of fixed size; thread safe. */
public final class RecentUsers {
    private static final EventOrder<Seen> ORDER =
            EventOrder.ofOneKind(Seen::timestamp, Seen::eventId);

    private final int mostBehaviors;
    private final Ring<String, User> users;

    private static final class User {
        private final List<Seen> behaviors = new ArrayList<>();
        private long count;
        private Map<String, String> fields = Map.of();
        private Map<String, String> context = Map.of();
    }

    /** A user as a list shows it. */
    public record Entry(String id, long behaviors, long newest) {}

    /** What a user's newest request said of user and context. */
    public record Profile(Map<String, String> user, Map<String, String> context) {}

    /**
     * @param mostUsers who are kept
     * @param mostBehaviors that are kept of each, the newest
     */
    public RecentUsers(int mostUsers, int mostBehaviors) {
        this.mostBehaviors = mostBehaviors;
        users = new Ring<>(mostUsers);
    }

    private User user(String id) {
        return users.computeIfAbsent(id, u -> new User());
    }

    /** Takes a behavior; one that is known already changes nothing. */
    public synchronized void add(Behavior b) {
        User user = user(b.getUserId());
        Seen seen = new Seen(b.getTimestamp(), b.getEventId(), b.getFields());
        int at = Collections.binarySearch(user.behaviors, seen, ORDER);
        if (at >= 0) {
            return;
        }
        user.behaviors.add(-at - 1, seen);
        user.count++;
        if (user.behaviors.size() > mostBehaviors) {
            user.behaviors.remove(0);
        }
    }

    /** Takes what a request says of its user. */
    public synchronized void add(AdRequest request) {
        if (!request.getUser().isEmpty() || !request.getContext().isEmpty()) {
            User user = user(request.getUserId());
            user.fields = request.getUser();
            user.context = request.getContext();
        }
    }

    /** Oldest first; empty for a user of whom nothing is known. */
    public synchronized List<Seen> history(String id) {
        User user = users.get(id);
        return user == null ? List.of() : List.copyOf(user.behaviors);
    }

    /** Empty maps for a user who has asked for nothing. */
    public synchronized Profile profile(String id) {
        User user = users.get(id);
        return user == null
                ? new Profile(Map.of(), Map.of())
                : new Profile(user.fields, user.context);
    }

    /** Those whose id begins with {@code prefix} and who have done something, newest first. */
    public synchronized List<Entry> list(String prefix, int most) {
        List<Entry> entries = new ArrayList<>();
        // not users.get: looking at them must not change who was active last
        for (Map.Entry<String, User> e : users.entrySet()) {
            List<Seen> behaviors = e.getValue().behaviors;
            if (e.getKey().startsWith(prefix) && !behaviors.isEmpty()) {
                long newest = behaviors.get(behaviors.size() - 1).timestamp();
                entries.add(new Entry(e.getKey(), e.getValue().count, newest));
            }
        }
        Collections.reverse(entries);
        return List.copyOf(entries.subList(0, Math.min(most, entries.size())));
    }

    public synchronized int size() {
        return users.size();
    }
}
