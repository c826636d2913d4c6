package io.dienstream.job.artifact;

import io.dienstream.dien.Scorer;
import io.dienstream.dien.WarmUp;
import io.dienstream.dien.kernel.Kernels;
import io.dienstream.dien.kernel.KernelsProvider;
import io.dienstream.dien.kernel.ScalarKernels;
import java.io.IOException;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One scorer for each artifact and JVM, shared by all slots, released with its last user. */
public final class SharedScorers {
    private static final Logger LOG = LoggerFactory.getLogger(SharedScorers.class);
    private static final double NANOS_PER_MS = 1e6;
    private static final Map<ArtifactSource, Entry> ENTRIES = new HashMap<>();

    private SharedScorers() {}

    private static final class Entry {
        private final Scorer scorer;
        private int users;
        private boolean warm;

        Entry(Scorer scorer) {
            this.scorer = scorer;
        }
    }

    /**
     * The scorer of the artifact at {@code source}; each call needs a {@link #release}.
     *
     * @throws IOException where the artifact is refused
     */
    public static Scorer acquire(ArtifactSource source) throws IOException {
        synchronized (ENTRIES) {
            Entry entry = ENTRIES.get(source);
            if (entry == null) {
                Kernels kernels = KernelsProvider.get();
                entry = new Entry(new Scorer(source.read(), kernels));
                ENTRIES.put(source, entry);
                LOG.info(
                        "loaded model {} version {} checksum {} with {} kernels",
                        entry.scorer.model().config().name(),
                        entry.scorer.model().config().version(),
                        entry.scorer.model().checksum(),
                        kernels.describe());
                if (kernels instanceof ScalarKernels) {
                    LOG.warn(
                            "scalar kernels, several times slower than vector ones: {}",
                            KernelsProvider.whyScalar().orElse("dien.kernels=scalar"));
                }
            }
            entry.users++;
            return entry.scorer;
        }
    }

    /**
     * Scores made-up requests until the scorer of {@code source} is compiled, at most once while it
     * is in use; whoever else calls it waits.
     */
    public static void warmUp(ArtifactSource source, Duration most) {
        Entry entry;
        synchronized (ENTRIES) {
            entry = ENTRIES.get(source);
        }
        synchronized (entry) {
            if (entry.warm || most.isZero()) {
                return;
            }
            WarmUp.Outcome done = new WarmUp(entry.scorer, System::nanoTime).run(most.toNanos());
            entry.warm = true;
            LOG.info(
                    "warmed up in {} rounds: 121 candidates took {} ms at first, {} ms now{}",
                    done.rounds(),
                    done.firstNanos() / NANOS_PER_MS,
                    done.bestNanos() / NANOS_PER_MS,
                    done.steady() ? "" : "; scoring.warm-up ended it");
        }
    }

    /** Gives back what {@link #acquire} gave. */
    public static void release(ArtifactSource source) {
        synchronized (ENTRIES) {
            Entry entry = ENTRIES.get(source);
            if (entry != null && --entry.users == 0) {
                ENTRIES.remove(source);
            }
        }
    }
}
