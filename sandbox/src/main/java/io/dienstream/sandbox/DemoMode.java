package io.dienstream.sandbox;

import java.util.Arrays;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/** What a demo is of, and which options of the command have a say in it. */
enum DemoMode {
    /** Simulated users for a time. */
    SIMULATED(""),
    /** Simulated users until it is interrupted. */
    KEPT("--keep"),
    /** Likewise, with a time in which the second model is promoted. */
    KEPT_WITH_SWAP("--keep"),
    /** A model that learns, with traffic of its own. */
    LEARNING("--learn"),
    /** A log. */
    REPLAY("--behaviors");

    private static final Set<String> OF_SIMULATED_USERS =
            Set.of(
                    "--model",
                    "--seed",
                    "--users",
                    "--past",
                    "--behaviors-per-second",
                    "--requests-per-second",
                    "--candidates",
                    "--parallelism",
                    "--prometheus-port",
                    "--swap",
                    "--option");
    private static final Set<String> OF_LEARNING =
            Set.of(
                    "--learn",
                    "--model",
                    "--seed",
                    "--seconds",
                    "--plot",
                    "--json",
                    "--until-promotion");
    private static final Set<String> OF_A_LOG =
            Set.of(
                    "--behaviors",
                    "--requests",
                    "--model",
                    "--expected",
                    "--output",
                    "--parallelism",
                    "--option");

    private final String flag;

    DemoMode(String flag) {
        this.flag = flag;
    }

    /**
     * @param isGiven whether an option is on the command line
     */
    static DemoMode of(Predicate<String> isGiven) {
        if (isGiven.test(REPLAY.flag)) {
            return REPLAY;
        }
        if (isGiven.test(LEARNING.flag)) {
            return LEARNING;
        }
        if (isGiven.test(KEPT.flag)) {
            return isGiven.test("--swap") ? KEPT_WITH_SWAP : KEPT;
        }
        return SIMULATED;
    }

    private Set<String> options() {
        return switch (this) {
            case SIMULATED -> ofSimulatedUsers("--seconds");
            case KEPT -> ofSimulatedUsers("--keep", "--console-port");
            case KEPT_WITH_SWAP -> ofSimulatedUsers("--keep", "--console-port", "--seconds");
            case LEARNING -> OF_LEARNING;
            case REPLAY -> OF_A_LOG;
        };
    }

    private static Set<String> ofSimulatedUsers(String... more) {
        Set<String> options = new TreeSet<>(OF_SIMULATED_USERS);
        options.addAll(Set.of(more));
        return options;
    }

    /** Why {@code option} cannot be given, or nothing where it can. */
    Optional<String> refusal(String option) {
        if (options().contains(option)) {
            return Optional.empty();
        }
        return Optional.of(
                flag.isEmpty()
                        ? option + " goes with " + flagsOf(option)
                        : option + " does not go with " + flag);
    }

    private static String flagsOf(String option) {
        return Arrays.stream(values())
                .filter(mode -> mode.options().contains(option))
                .map(mode -> mode.flag)
                .distinct()
                .collect(Collectors.joining(" or "));
    }
}
