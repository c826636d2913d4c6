package io.dienstream.bench.stream;

import io.dienstream.job.option.Backend;
import java.util.List;
import java.util.Locale;

/**
 * One whole-system measurement.
 *
 * @param load what the backlog is made of
 * @param ceiling the pass-through job instead of the main one
 * @param users with state
 * @param history behaviors of each before the measurement; on average, unless the load is requests
 * @param candidates of a request
 * @param hotShare part of the measured records that are one user's
 * @param backend of keyed state
 */
public record StreamCase(
        Load load,
        boolean ceiling,
        int users,
        int history,
        int candidates,
        int parallelism,
        double hotShare,
        Backend backend) {

    /** What is read while the clock runs. */
    public enum Load {
        BEHAVIORS(80_000),
        REQUESTS(10_000),
        /** Ten behaviors a request. */
        MIXED(20_000);

        private final int perSecond;

        Load(int perSecond) {
            this.perSecond = perSecond;
        }
    }

    private static final int BEHAVIORS_OF_ELEVEN = 10;
    private static final int USUAL_CANDIDATES = 20;

    /** Whether record n of the backlog is a request. */
    boolean isRequest(long n) {
        return switch (load) {
            case BEHAVIORS -> false;
            case REQUESTS -> true;
            case MIXED -> n % (BEHAVIORS_OF_ELEVEN + 1) == BEHAVIORS_OF_ELEVEN;
        };
    }

    /** Records of a backlog that takes about {@code seconds}; long enough, never exact. */
    int records(double seconds) {
        double slower =
                load == Load.REQUESTS && !ceiling
                        ? Math.max(1, candidates / (double) USUAL_CANDIDATES)
                        : 1;
        double faster = (ceiling ? 3 : 1) * (backend == Backend.HASHMAP ? 2 : 1);
        return (int) Math.max(1_000, seconds * load.perSecond * faster / slower);
    }

    /** The same with other candidates and job. */
    public StreamCase with(int n, boolean passThrough) {
        return new StreamCase(load, passThrough, users, history, n, parallelism, hotShare, backend);
    }

    /** Of sizes, the one that mixed loads have: the first of at least 20, else the first. */
    public static int usual(List<Integer> sizes) {
        return sizes.stream().filter(n -> n >= USUAL_CANDIDATES).findFirst().orElse(sizes.get(0));
    }

    /** As tables name it. */
    String label() {
        String what =
                switch (load) {
                    case BEHAVIORS -> "behaviors";
                    case REQUESTS -> candidates + "-candidate requests";
                    case MIXED -> "10 behaviors : 1 request of " + candidates;
                };
        return what + (ceiling ? ", passed through" : "");
    }

    String backendName() {
        return backend.name().toLowerCase(Locale.ROOT);
    }
}
