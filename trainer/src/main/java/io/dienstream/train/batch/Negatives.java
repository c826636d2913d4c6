package io.dienstream.train.batch;

import io.dienstream.datasets.format.CatalogEntry;
import io.dienstream.datasets.prepare.PopularitySampler;
import java.util.List;
import java.util.random.RandomGenerator;

/** Draws ads from the catalog: negative candidates, and the auxiliary loss's negative behaviors. */
public final class Negatives {
    private static final int ATTEMPTS = 20;

    private final int[][] ads;
    private final int[][] behaviors;
    private final PopularitySampler sampler;
    private final double unknownRate;

    /**
     * @param uniform whether every ad is as likely; otherwise by how often it was acted upon
     * @param unknownRate share of the negative behaviors' ids that become row 0, as many as of the
     *     behaviors that happened: otherwise row 0 alone would tell the two apart
     */
    public Negatives(
            List<CatalogEntry> catalog,
            ExampleEncoder encoder,
            boolean uniform,
            double unknownRate) {
        this.unknownRate = unknownRate;
        ads = new int[catalog.size()][];
        behaviors = new int[catalog.size()][];
        double[] weights = new double[catalog.size()];
        for (int i = 0; i < ads.length; i++) {
            ads[i] = encoder.ad(catalog.get(i).fields());
            behaviors[i] = encoder.behavior(catalog.get(i).fields());
            weights[i] = uniform ? 1 : catalog.get(i).count();
        }
        sampler = new PopularitySampler(weights);
    }

    /** Puts a drawn ad in place of every sampled candidate of {@code e}, none of them clicked. */
    public EncodedExample redraw(EncodedExample e, RandomGenerator random) {
        int[] drawn = e.ads().clone();
        int width = e.candidates() == 0 ? 0 : drawn.length / e.candidates();
        for (int n = 0; n < e.candidates(); n++) {
            if (e.sampled()[n]) {
                int[] ad = ads[sampler.next(random)];
                for (int i = 0; i < ATTEMPTS && isClicked(ad, e, width); i++) {
                    ad = ads[sampler.next(random)];
                }
                System.arraycopy(ad, 0, drawn, n * width, width);
            }
        }
        return e.withAds(drawn);
    }

    private static boolean isClicked(int[] ad, EncodedExample e, int width) {
        for (int n = 0; n < e.candidates(); n++) {
            if (e.clicked()[n] && equal(ad, e.ads(), n * width)) {
                return true;
            }
        }
        return false;
    }

    /** Rows of a behavior that did not happen in place of the one at {@code offset}. */
    int[] behavior(int[] happened, int offset, RandomGenerator random) {
        int[] drawn = behaviors[sampler.next(random)];
        for (int i = 0; i < ATTEMPTS && equal(drawn, happened, offset); i++) {
            drawn = behaviors[sampler.next(random)];
        }
        return unknownRate > 0 ? EncodedExample.some(drawn, unknownRate, random) : drawn;
    }

    private static boolean equal(int[] ad, int[] rows, int offset) {
        for (int f = 0; f < ad.length; f++) {
            if (ad[f] != rows[offset + f]) {
                return false;
            }
        }
        return true;
    }
}
