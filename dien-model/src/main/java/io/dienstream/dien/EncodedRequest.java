package io.dienstream.dien;

import java.util.Arrays;

/** The row ids of one ad request: a reusable buffer, filled by {@link RequestEncoder}. */
public final class EncodedRequest {
    private final int adFields;

    /** [user fields]. */
    final int[] user;

    /** [context fields]. */
    final int[] context;

    /** [N, ad fields], grown as needed. */
    int[] ads;

    private int candidates;

    EncodedRequest(int userFields, int contextFields, int adFields) {
        this.user = new int[userFields];
        this.context = new int[contextFields];
        this.adFields = adFields;
        this.ads = new int[0];
    }

    void reset(int n) {
        candidates = n;
        if (ads.length < n * adFields) {
            ads = Arrays.copyOf(ads, Math.max(n, 32) * adFields);
        }
    }

    /** N. */
    public int candidates() {
        return candidates;
    }

    /** Of candidate {@code n}'s rows. */
    int hash(int n) {
        int hash = 1;
        for (int f = n * adFields; f < (n + 1) * adFields; f++) {
            hash = 31 * hash + ads[f];
        }
        return hash;
    }

    /** Whether two candidates have the same rows. */
    boolean isSame(int a, int b) {
        for (int f = 0; f < adFields; f++) {
            if (ads[a * adFields + f] != ads[b * adFields + f]) {
                return false;
            }
        }
        return true;
    }

    /** How many of candidate {@code n}'s fields are unknown (row 0). */
    public int unknownFields(int n) {
        int unknown = 0;
        for (int f = 0; f < adFields; f++) {
            unknown += ads[n * adFields + f] == 0 ? 1 : 0;
        }
        return unknown;
    }
}
