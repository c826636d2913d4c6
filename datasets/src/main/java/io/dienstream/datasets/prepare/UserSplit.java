package io.dienstream.datasets.prepare;

import io.dienstream.datasets.format.Split;
import java.util.Set;
import java.util.SplittableRandom;

/** Draws each user's split by seed and id alone, so it does not depend on what else is in a log. */
final class UserSplit {
    private static final long MIX = 0x9E3779B97F4A7C15L;

    private final PrepareSettings settings;
    private final Set<String> testUsers;

    /**
     * @param testUsers the test, or null to draw it
     */
    UserSplit(PrepareSettings settings, Set<String> testUsers) {
        this.settings = settings;
        this.testUsers = testUsers;
    }

    Split of(String user) {
        double draw = new SplittableRandom(settings.seed() * MIX + hash(user)).nextDouble();
        double test = testUsers == null ? settings.testShare() : 0;
        if (testUsers != null && testUsers.contains(user)) {
            return Split.TEST;
        }
        if (draw < test) {
            return Split.TEST;
        }
        return draw < test + settings.validationShare() ? Split.VALIDATION : Split.TRAIN;
    }

    private static long hash(String user) {
        long hash = 0;
        for (int i = 0; i < user.length(); i++) {
            hash = hash * 1_000_003L + user.charAt(i);
        }
        return hash;
    }
}
