package io.dienstream.job.artifact;

import io.dienstream.dien.Scorer;
import io.dienstream.dien.artifact.ModelReader;
import io.dienstream.dien.kernel.Kernels;
import io.dienstream.dien.kernel.KernelsProvider;
import io.dienstream.dien.kernel.ScalarKernels;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One scorer for each artifact and JVM, shared by all slots, released with its last user. */
public final class SharedScorers {
    private static final Logger LOG = LoggerFactory.getLogger(SharedScorers.class);
    private static final Map<String, Entry> ENTRIES = new HashMap<>();

    private SharedScorers() {}

    private static final class Entry {
        private final Scorer scorer;
        private int users;

        Entry(Scorer scorer) {
            this.scorer = scorer;
        }
    }

    /**
     * The scorer of the artifact at {@code path}; each call needs a {@link #release}.
     *
     * @throws IOException where the artifact is refused
     */
    public static Scorer acquire(String path) throws IOException {
        synchronized (ENTRIES) {
            Entry entry = ENTRIES.get(path);
            if (entry == null) {
                Kernels kernels = KernelsProvider.get();
                entry = new Entry(new Scorer(ModelReader.read(Path.of(path)), kernels));
                ENTRIES.put(path, entry);
                LOG.info(
                        "loaded model {} version {} checksum {} with {} kernels",
                        entry.scorer.model().config().name(),
                        entry.scorer.model().config().version(),
                        entry.scorer.model().checksum(),
                        kernels.describe());
                if (kernels instanceof ScalarKernels) {
                    LOG.warn("scalar kernels: add --add-modules=jdk.incubator.vector to the JVM");
                }
            }
            entry.users++;
            return entry.scorer;
        }
    }

    /** Gives back what {@link #acquire} gave. */
    public static void release(String path) {
        synchronized (ENTRIES) {
            Entry entry = ENTRIES.get(path);
            if (entry != null && --entry.users == 0) {
                ENTRIES.remove(path);
            }
        }
    }
}
