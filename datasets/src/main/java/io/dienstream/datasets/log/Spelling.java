package io.dienstream.datasets.log;

import java.util.Collection;
import java.util.Comparator;
import java.util.Locale;
import java.util.Optional;

/** What somebody may have meant by a name that nobody knows. */
public final class Spelling {
    private static final int SHORTEST_BEGINNING = 3;
    private static final int LETTERS_A_SLIP = 3;

    private Spelling() {}

    /** The known name that {@code name} most probably stands for, where one is near. */
    public static Optional<String> nearest(String name, Collection<String> known) {
        return known.stream()
                .filter(k -> isNear(name, k))
                .min(
                        Comparator.<String>comparingInt(k -> distance(plain(name), plain(k)))
                                .thenComparing(Comparator.naturalOrder()));
    }

    /** {@code ; did you mean 'x'?}, or nothing. */
    public static String hint(String name, Collection<String> known) {
        return nearest(name, known).map(k -> "; did you mean '" + k + "'?").orElse("");
    }

    /** A third of the letters wrong, or the beginning of the other. */
    private static boolean isNear(String a, String b) {
        String x = plain(a);
        String y = plain(b);
        int longer = Math.max(x.length(), y.length());
        boolean beginning =
                Math.min(x.length(), y.length()) >= SHORTEST_BEGINNING
                        && (x.startsWith(y) || y.startsWith(x));
        return beginning || distance(x, y) <= longer / LETTERS_A_SLIP;
    }

    /** Whether {@code a} is {@code b} but for one letter, case, and what joins words. */
    static boolean isSlip(String a, String b) {
        return distance(plain(a), plain(b)) <= 1;
    }

    private static String plain(String name) {
        return name.toLowerCase(Locale.ROOT).replaceAll("[_.\\-\\s]", "");
    }

    /** Letters to add, drop, change, or swap with their neighbor. */
    private static int distance(String a, String b) {
        int[][] d = new int[a.length() + 1][b.length() + 1];
        for (int i = 0; i <= a.length(); i++) {
            for (int j = 0; j <= b.length(); j++) {
                if (i == 0 || j == 0) {
                    d[i][j] = i + j;
                    continue;
                }
                int change = a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1;
                d[i][j] =
                        Math.min(d[i - 1][j - 1] + change, 1 + Math.min(d[i - 1][j], d[i][j - 1]));
                boolean swapped =
                        i > 1
                                && j > 1
                                && a.charAt(i - 1) == b.charAt(j - 2)
                                && a.charAt(i - 2) == b.charAt(j - 1);
                if (swapped) {
                    d[i][j] = Math.min(d[i][j], d[i - 2][j - 2] + 1);
                }
            }
        }
        return d[a.length()][b.length()];
    }
}
