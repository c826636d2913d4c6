package io.dienstream.console.feed;

import io.dienstream.schema.Candidate;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;

/** Ads that requests offered lately, and items of behaviors. Of fixed size; thread safe. */
public final class RecentAds {
    private final Ring<String, Candidate> ads;
    private final Ring<Map<String, String>, Boolean> items;

    /**
     * @param most ads, and as many items
     */
    public RecentAds(int most) {
        ads = new Ring<>(most);
        items = new Ring<>(most);
    }

    public synchronized void add(Candidate ad) {
        ads.put(ad.getAdId(), ad);
    }

    /** Takes the fields of a behavior. */
    public synchronized void add(Map<String, String> fields) {
        items.put(fields, true);
    }

    /** The ad, or null where it is not kept any more. */
    public synchronized Candidate ad(String id) {
        return ads.get(id);
    }

    /** Items of behaviors, newest first. */
    public synchronized List<Map<String, String>> items() {
        List<Map<String, String>> all = new ArrayList<>(items.keySet());
        Collections.reverse(all);
        return all;
    }

    /**
     * Ads for a request: about half share a value with what the user did, the others are drawn from
     * all, in one currency.
     *
     * @param history fields of the user's behaviors
     * @param most ads; fewer where fewer are known
     */
    public synchronized List<Candidate> draw(
            List<Map<String, String>> history, int most, Random random) {
        List<Candidate> all = new ArrayList<>(ads.values());
        if (all.isEmpty()) {
            return List.of();
        }
        Collections.shuffle(all, random);
        String currency = all.get(0).getCurrency();
        all.removeIf(ad -> !ad.getCurrency().equals(currency));
        Set<String> values = new HashSet<>();
        history.forEach(fields -> fields.forEach((k, v) -> values.add(k + "=" + v)));
        List<Candidate> chosen = new ArrayList<>();
        all.stream().filter(ad -> shares(ad, values)).limit(most / 2).forEach(chosen::add);
        all.stream()
                .filter(ad -> !chosen.contains(ad))
                .limit(most - chosen.size())
                .forEach(chosen::add);
        Collections.shuffle(chosen, random);
        return chosen;
    }

    private static boolean shares(Candidate ad, Set<String> values) {
        return ad.getFields().entrySet().stream()
                .anyMatch(e -> values.contains(e.getKey() + "=" + e.getValue()));
    }

    public synchronized int size() {
        return ads.size();
    }
}
