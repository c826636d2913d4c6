package io.dienstream.console.touch;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.dienstream.console.feed.Answered;
import io.dienstream.console.feed.Feed;
import io.dienstream.console.feed.RecentUsers;
import io.dienstream.console.feed.Seen;
import io.dienstream.schema.AdRequest;
import io.dienstream.schema.Behavior;
import io.dienstream.schema.Candidate;
import io.dienstream.schema.DeadLetter;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.UUID;
import java.util.function.LongSupplier;

/**
 * What a person can do to the stream: click as some user, and ask for that user's ranking. Thread
 * safe.
 */
public final class Stage {
    /** Ads of a request where the page names none. */
    public static final int CANDIDATES = 10;

    private static final int MOST_CANDIDATES = 50;
    private static final int MOST_ITEMS = 400;
    private static final Duration ANSWER = Duration.ofSeconds(20);
    private static final Duration TRY = Duration.ofSeconds(3);
    private static final Duration GRACE = Duration.ofSeconds(2);

    private final Feed feed;
    private final Sender sender;
    private final Explainer explainer;
    private final Labels labels;
    private final AnswerView views;
    private final UserNames names;
    private final LongSupplier clock;
    private final Random random;

    /**
     * What the page asks.
     *
     * @param user as the page calls the user
     * @param ads that are to be ranked; none: some that fit the user
     * @param click fields of an item that the user clicks before; null: none
     */
    public record Wish(String user, List<String> ads, Map<String, String> click) {}

    /**
     * @param sender null: nothing is sent
     * @param labels what items are called
     * @param clock ms since the epoch
     * @param random draws candidates
     */
    public Stage(
            Feed feed,
            Sender sender,
            Explainer explainer,
            Labels labels,
            UserNames names,
            LongSupplier clock,
            Random random) {
        this.feed = feed;
        this.sender = sender;
        this.explainer = explainer;
        this.labels = labels;
        views = new AnswerView(labels);
        this.names = names;
        this.clock = clock;
        this.random = random;
    }

    /** Users whose names begin with {@code prefix}, the newest first. */
    public ArrayNode users(String prefix, int most) {
        ArrayNode array = JsonNodeFactory.instance.arrayNode();
        List<RecentUsers.Entry> entries =
                names.isMasked()
                        ? feed.users().list("", Integer.MAX_VALUE).stream()
                                .filter(e -> names.of(e.id()).startsWith(prefix))
                                .limit(most)
                                .toList()
                        : feed.users().list(prefix, most);
        for (RecentUsers.Entry e : entries) {
            array.addObject()
                    .put("user", names.of(e.id()))
                    .put("behaviors", e.behaviors())
                    .put("newest", e.newest());
        }
        return array;
    }

    /** A user's history as far as it is known, and the newest answer that the user got. */
    public ObjectNode user(String name) throws Refusal {
        String id = id(name);
        ObjectNode node = JsonNodeFactory.instance.objectNode();
        node.put("user", name);
        node.set("history", views.history(feed.users().history(id)));
        Answered newest = feed.answers().newestOf(id);
        node.set(
                "answer",
                newest == null ? JsonNodeFactory.instance.nullNode() : view(newest, name));
        return node;
    }

    private ObjectNode view(Answered answered, String user) {
        ObjectNode node = views.answer(answered, user, explainer);
        if (names.isMasked()) {
            // whoever made it may have put the user's id into it
            node.put("request_id", names.of(answered.answer().getRequestId()));
        }
        return node;
    }

    private String id(String name) throws Refusal {
        String id = names.id(name);
        if (id == null || id.isEmpty()) {
            throw new Refusal("nobody is called '" + name + "' here");
        }
        return id;
    }

    /** Items that can be clicked, by category. */
    public ArrayNode items() {
        Map<String, List<Map<String, String>>> shelves = new TreeMap<>();
        feed.ads().items().stream()
                .limit(MOST_ITEMS)
                .forEach(
                        fields ->
                                shelves.computeIfAbsent(
                                                labels.category(fields), c -> new ArrayList<>())
                                        .add(fields));
        ArrayNode array = JsonNodeFactory.instance.arrayNode();
        shelves.forEach(
                (category, items) -> {
                    ObjectNode shelf = array.addObject().put("category", category);
                    ArrayNode on = shelf.putArray("items");
                    items.forEach(fields -> labels.put(fields, on.addObject()));
                });
        return array;
    }

    /**
     * Clicks, where the wish says so, and asks for a ranking that has seen the click: a request
     * that overtakes it on its way is asked again.
     *
     * @return the answer, and under {@code timing} ms from sending to reading: {@code click_ms} of
     *     the click, {@code answer_ms} of the last request, {@code total_ms} of all
     * @throws Refusal where nothing may be sent, no ad is known, or no answer came
     */
    public ObjectNode ask(Wish wish) throws Refusal, IOException, InterruptedException {
        requireWriting();
        String id = id(wish.user());
        List<Candidate> ads = candidates(id, wish.ads());
        long begin = System.nanoTime();
        long floor = Long.MIN_VALUE;
        double clickMs = 0;
        if (wish.click() != null) {
            floor = click(id, wish.click());
            clickMs = ms(System.nanoTime() - begin);
        }
        int tries = 0;
        while (true) {
            tries++;
            long asked = System.nanoTime();
            Answered answered = ask(id, ads, floor);
            boolean late = System.nanoTime() - begin > ANSWER.toNanos();
            if (!late && !hasSeen(answered, floor)) {
                continue;
            }
            ObjectNode node = view(answered, wish.user());
            node.putObject("timing")
                    .put("click_ms", clickMs)
                    .put("answer_ms", ms(answered.arrivedNanos() - asked))
                    .put("total_ms", ms(answered.arrivedNanos() - begin))
                    .put("requests", tries)
                    .put("seen", hasSeen(answered, floor));
            return node;
        }
    }

    private void requireWriting() throws Refusal {
        if (sender == null) {
            throw new Refusal("this console only reads: start it with --write");
        }
    }

    private List<Candidate> candidates(String id, List<String> wanted) throws Refusal {
        List<Candidate> ads = new ArrayList<>();
        for (String ad : wanted.subList(0, Math.min(MOST_CANDIDATES, wanted.size()))) {
            Candidate known = feed.ads().ad(ad);
            if (known != null) {
                ads.add(known);
            }
        }
        if (ads.isEmpty()) {
            List<Map<String, String>> history =
                    feed.users().history(id).stream().map(Seen::fields).toList();
            synchronized (random) {
                ads = feed.ads().draw(history, CANDIDATES, random);
            }
        }
        if (ads.isEmpty()) {
            throw new Refusal("no request with ads has come through the topic yet");
        }
        return ads;
    }

    /** Sends a behavior; returns its time, ms. */
    private long click(String id, Map<String, String> fields)
            throws IOException, InterruptedException {
        List<Seen> history = feed.users().history(id);
        long newest =
                history.isEmpty() ? Long.MIN_VALUE : history.get(history.size() - 1).timestamp();
        long now = Math.max(clock.getAsLong(), newest + 1);
        Behavior behavior = new Behavior(UUID.randomUUID().toString(), id, now, fields);
        sender.send(behavior);
        feed.users().add(behavior);
        return now;
    }

    private Answered ask(String id, List<Candidate> ads, long floor)
            throws Refusal, IOException, InterruptedException {
        String requestId = "console-" + UUID.randomUUID();
        RecentUsers.Profile profile = feed.users().profile(id);
        feed.answers().expect(requestId);
        String place =
                sender.send(
                        new AdRequest(
                                requestId,
                                id,
                                Math.max(clock.getAsLong(), floor),
                                profile.user(),
                                profile.context(),
                                ads));
        Answered answered = feed.answers().await(requestId, TRY, GRACE);
        DeadLetter letter = answered == null ? feed.letters().of(place) : null;
        if (letter != null) {
            throw new Refusal("refused: " + letter.getReason() + ", " + letter.getMessage());
        }
        if (answered == null) {
            answered = feed.answers().await(requestId, ANSWER.minus(TRY), GRACE);
        }
        if (answered == null) {
            throw new Refusal(
                    "no answer within %d s: does the job run, and read this Kafka?"
                            .formatted(ANSWER.toSeconds()));
        }
        return answered;
    }

    private static boolean hasSeen(Answered answered, long floor) {
        Long newest = answered.answer().getNewestBehaviorTimestamp();
        return floor == Long.MIN_VALUE || (newest != null && newest >= floor);
    }

    private static double ms(long nanos) {
        return nanos / 1e6;
    }
}
