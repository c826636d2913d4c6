package io.dienstream.datasets.simulate;

import io.dienstream.schema.AdRequest;
import io.dienstream.schema.Behavior;
import io.dienstream.schema.Candidate;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;

/**
 * Users whose interests drift, over a catalog with popularity skew, and the click probability of
 * every candidate known. A user is interested in the three categories that came up last; a behavior
 * is in one of them, the newest most often, or now and then in a new one, usually a neighbor of the
 * newest, which comes in front while the oldest is forgotten. So what was clicked lately says more
 * than what was clicked often. The click probability is
 *
 * <pre>
 * p = s(-2.4 + 3.0 * affinity(user, category) + quality(item)),  affinity 1, 0.55, 0.25 or 0
 * </pre>
 *
 * Interests are a function of the user's behaviors, nothing is hidden: the AUC of p is what a model
 * that sees the behaviors can reach.
 *
 * <p>Deterministic in the seed and the times it is given. Not thread safe.
 */
public final class Simulator {
    /** Categories of the catalog. */
    public static final int CATEGORIES = 50;

    /** Items in each. */
    public static final int ITEMS_PER_CATEGORY = 40;

    private static final String REQUEST = "r";
    private static final long CATALOG_SEED = 20260101;
    private static final double DRIFT = 0.12;
    private static final double NEIGHBOR = 0.7;
    private static final double[] BEHAVIOR_SHARES = {0.6, 0.87, 1};
    private static final int NONE = -1;
    private static final double[] AFFINITY = {1, 0.55, 0.25};
    private static final double BIAS = -2.4;
    private static final double AFFINITY_WEIGHT = 3.0;
    private static final double FROM_INTERESTS = 0.45;

    private final Catalog catalog = new Catalog(CATALOG_SEED, CATEGORIES, ITEMS_PER_CATEGORY);
    private final Random random;
    private final int[][] interests;
    private final long[] lastTime;
    private long eventIds;
    private long requestIds;

    /**
     * A request with what only the simulator knows.
     *
     * @param probability true click probability of each candidate
     * @param clicked whether it would be clicked if shown
     * @param newestBehavior event time of the user's newest behavior so far, ms; 0 before the first
     */
    public record Truth(
            AdRequest request, double[] probability, boolean[] clicked, long newestBehavior) {}

    public Simulator(long seed, int users) {
        random = new Random(seed);
        interests = new int[users][];
        lastTime = new long[users];
        for (int u = 0; u < users; u++) {
            interests[u] = new int[] {NONE, NONE, NONE};
        }
    }

    /** A behavior of some user, not before {@code now}, later than all of that user's before. */
    public Behavior behavior(long now) {
        int user = random.nextInt(interests.length);
        int[] interest = interests[user];
        boolean drifted = drift(interest);
        double share = drifted ? 0 : random.nextDouble();
        int category = interest[0];
        for (int k = BEHAVIOR_SHARES.length - 1; k >= 0; k--) {
            boolean within = share < BEHAVIOR_SHARES[k] && interest[k] != NONE;
            category = within ? interest[k] : category;
        }
        return behavior(user, catalog.popularItem(category, random), now);
    }

    private Behavior behavior(int user, int item, long now) {
        lastTime[user] = Math.max(now, lastTime[user] + 1);
        return new Behavior(
                Long.toString(eventIds++), "u" + user, lastTime[user], catalog.fields(item));
    }

    private boolean drift(int[] interest) {
        if (interest[0] != NONE && random.nextDouble() >= DRIFT) {
            return false;
        }
        int next;
        do {
            next =
                    interest[0] != NONE && random.nextDouble() < NEIGHBOR
                            ? (interest[0] + 1 + random.nextInt(3)) % catalog.categories()
                            : catalog.popularCategory(random);
        } while (next == interest[0] || next == interest[1] || next == interest[2]);
        interest[2] = interest[1];
        interest[1] = interest[0];
        interest[0] = next;
        return true;
    }

    /** An ad request of some user at {@code now} with {@code candidates} different ads. */
    public Truth request(long now, int candidates) {
        int user = random.nextInt(interests.length);
        Set<Integer> items = new HashSet<>();
        List<Candidate> ads = new ArrayList<>(candidates);
        double[] probability = new double[candidates];
        boolean[] clicked = new boolean[candidates];
        while (ads.size() < candidates) {
            int category = NONE;
            if (random.nextDouble() < FROM_INTERESTS) {
                category = interests[user][random.nextInt(AFFINITY.length)];
            }
            if (category == NONE) {
                category = catalog.popularCategory(random);
            }
            int item = catalog.popularItem(category, random);
            if (items.add(item)) {
                int n = ads.size();
                ads.add(catalog.ad(item));
                probability[n] = clickProbability(user, item);
                clicked[n] = random.nextDouble() < probability[n];
            }
        }
        AdRequest request =
                new AdRequest(
                        REQUEST + requestIds++,
                        "u" + user,
                        Math.max(now, lastTime[user]),
                        Map.of(),
                        Map.of(),
                        ads);
        return new Truth(request, probability, clicked, lastTime[user]);
    }

    /**
     * The number of a request, from 0 in the order they were made; -1 of an id of nobody's here.
     */
    public static long requestNumber(String requestId) {
        if (!requestId.startsWith(REQUEST)) {
            return -1;
        }
        try {
            return Long.parseUnsignedLong(requestId, REQUEST.length(), requestId.length(), 10);
        } catch (NumberFormatException e) {
            return -1;
        }
    }

    /**
     * A new season: a category and its items have ids from now on that no model has seen, and are
     * as popular and as liked as before.
     *
     * @param category from 0, the most popular one
     */
    public void renew(int category) {
        catalog.renew(category);
    }

    private double clickProbability(int user, int item) {
        double affinity = 0;
        for (int k = AFFINITY.length - 1; k >= 0; k--) {
            affinity = interests[user][k] == catalog.category(item) ? AFFINITY[k] : affinity;
        }
        double logit = BIAS + AFFINITY_WEIGHT * affinity + catalog.quality(item);
        return 1 / (1 + Math.exp(-logit));
    }
}
