package io.dienstream.dien;

import static org.assertj.core.api.Assertions.fail;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.util.List;
import java.util.Objects;

/**
 * What a test needs of the machine and not every machine has. Without it the test is skipped, with
 * a word; where the system property {@code dien.require} (or else the environment's DIEN_REQUIRE)
 * names it, that is a failure instead, so that a machine that is to have it cannot lose its tests
 * unseen. Its value is a list with commas, or {@code all}.
 */
public final class Needed {
    private Needed() {}

    /**
     * @param what its name in {@code dien.require}
     * @param otherwise what is missing
     */
    public static void here(String what, boolean isHere, String otherwise) {
        String environment = Objects.requireNonNullElse(System.getenv("DIEN_REQUIRE"), "");
        here(what, isHere, otherwise, System.getProperty("dien.require", environment));
    }

    static void here(String what, boolean isHere, String otherwise, String required) {
        List<String> names = List.of(required.strip().split("\\s*,\\s*"));
        if (!isHere && (names.contains(what) || names.contains("all"))) {
            fail("%s, and dien.require=%s", otherwise, required);
        }
        assumeTrue(isHere, () -> "SKIPPED (" + what + "): " + otherwise);
    }
}
