package io.dienstream.datasets.simulate;

import io.dienstream.schema.Candidate;
import io.dienstream.schema.Pricing;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;

/**
 * The simulator's items: each in a category, with a popularity (Zipf, within its category and of
 * the category), a quality that moves its click probability, and an ad with one of the three
 * pricings. Made from a seed of its own, so that a model trained on one run knows the items of
 * every other.
 */
final class Catalog {
    private static final List<Pricing> PRICINGS = List.of(Pricing.CPM, Pricing.CPC, Pricing.CPA);
    private static final double ZIPF = 0.9;
    private static final double QUALITY_DEVIATION = 0.6;
    private static final long UNIT_MICROS = 1_000_000;
    private static final String CURRENCY = "USD";

    private final int categories;
    private final int itemsPerCategory;
    private final double[] categoryShares;
    private final double[] itemShares;
    private final double[] quality;
    private final Candidate[] ads;
    private final int[] renewed;

    Catalog(long seed, int categories, int itemsPerCategory) {
        Random random = new Random(seed);
        this.categories = categories;
        this.itemsPerCategory = itemsPerCategory;
        categoryShares = zipf(categories);
        itemShares = zipf(itemsPerCategory);
        quality = new double[categories * itemsPerCategory];
        ads = new Candidate[quality.length];
        renewed = new int[categories];
        for (int item = 0; item < quality.length; item++) {
            quality[item] = QUALITY_DEVIATION * random.nextGaussian();
            ads[item] = ad(item, random);
        }
    }

    private Candidate ad(int item, Random random) {
        Pricing pricing = PRICINGS.get(random.nextInt(PRICINGS.size()));
        double units =
                switch (pricing) {
                    case CPM -> 5 + 40 * random.nextDouble();
                    case CPC -> 0.1 + 0.5 * random.nextDouble();
                    case CPA -> 4 + 20 * random.nextDouble();
                };
        Double pcvr = pricing == Pricing.CPA ? 0.01 + 0.04 * random.nextDouble() : null;
        long bid = Math.round(units * UNIT_MICROS);
        return new Candidate("ad-" + item, fields(item), pricing, bid, CURRENCY, pcvr);
    }

    /** Cumulative shares of ranks 1..n. */
    private static double[] zipf(int n) {
        double[] cumulative = new double[n];
        double sum = 0;
        for (int k = 0; k < n; k++) {
            sum += 1 / Math.pow(k + 1, ZIPF);
            cumulative[k] = sum;
        }
        for (int k = 0; k < n; k++) {
            cumulative[k] /= sum;
        }
        return cumulative;
    }

    private static int draw(double[] cumulative, Random random) {
        int at = Arrays.binarySearch(cumulative, random.nextDouble());
        return Math.min(at < 0 ? -at - 1 : at, cumulative.length - 1);
    }

    int categories() {
        return categories;
    }

    int popularCategory(Random random) {
        return draw(categoryShares, random);
    }

    int popularItem(int category, Random random) {
        return category * itemsPerCategory + draw(itemShares, random);
    }

    int category(int item) {
        return item / itemsPerCategory;
    }

    double quality(int item) {
        return quality[item];
    }

    Candidate ad(int item) {
        return ads[item];
    }

    Map<String, String> fields(int item) {
        int category = category(item);
        String season = renewed[category] == 0 ? "" : "-" + renewed[category];
        return Map.of("item", "i" + item + season, "category", "c" + category + season);
    }

    /**
     * The category and its items are called something else from now on; they are what they were.
     */
    void renew(int category) {
        renewed[category]++;
        int first = category * itemsPerCategory;
        for (int item = first; item < first + itemsPerCategory; item++) {
            Candidate ad = ads[item];
            ads[item] =
                    new Candidate(
                            ad.getAdId(),
                            fields(item),
                            ad.getPricing(),
                            ad.getBidMicros(),
                            ad.getCurrency(),
                            ad.getPcvr());
        }
    }
}
