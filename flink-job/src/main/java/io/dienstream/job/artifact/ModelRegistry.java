package io.dienstream.job.artifact;

import io.dienstream.dien.Scorer;
import io.dienstream.dien.WarmUp;
import io.dienstream.dien.file.Pace;
import io.dienstream.dien.kernel.Kernels;
import io.dienstream.dien.kernel.KernelsProvider;
import io.dienstream.dien.kernel.ScalarKernels;
import io.dienstream.dien.model.Model;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The models of a JVM, one scorer for each artifact, shared by all slots and released with its last
 * user. They are loaded by threads of this registry, so that no task waits unless it asks to.
 */
public final class ModelRegistry {
    private static final Logger LOG = LoggerFactory.getLogger(ModelRegistry.class);
    private static final double NANOS_PER_MS = 1e6;
    private static final int LOADERS = 3;

    private static final ModelRegistry SHARED = new ModelRegistry(new ModelLoader()::load);

    private final Loader loader;
    private final ThreadPoolExecutor loaders;
    private final Map<ModelRef, Entry> entries = new HashMap<>();
    private final AtomicLong changes = new AtomicLong();
    private final AtomicLong loads = new AtomicLong();

    /** How an artifact is read. */
    interface Loader {
        Model load(ModelRef ref, Consumer<LoadState> progress, Pace pace) throws IOException;
    }

    ModelRegistry(Loader loader) {
        this.loader = loader;
        loaders =
                new ThreadPoolExecutor(
                        LOADERS,
                        LOADERS,
                        1,
                        TimeUnit.SECONDS,
                        new LinkedBlockingQueue<>(),
                        task -> {
                            Thread thread = new Thread(task, "dien-model-loader");
                            thread.setDaemon(true);
                            return thread;
                        });
        // a job that is gone must not keep its classes by a thread
        loaders.allowCoreThreadTimeOut(true);
    }

    /** The one of this JVM. */
    public static ModelRegistry shared() {
        return SHARED;
    }

    /** Grows with each step of any model: whoever has seen it all need not look again. */
    public long changes() {
        return changes.get();
    }

    /** How many loads have been asked for since this JVM began, those that failed included. */
    public long loads() {
        return loads.get();
    }

    /** How many models there are, loaded or not. */
    int size() {
        synchronized (entries) {
            return entries.size();
        }
    }

    /**
     * Has {@code ref} loaded, if it is not.
     *
     * @param attempt a greater one than before has what was refused loaded again
     */
    public ModelLease lease(ModelRef ref, long attempt) {
        synchronized (entries) {
            Entry entry = entries.computeIfAbsent(ref, r -> new Entry(r));
            boolean again = entry.state == LoadState.REFUSED && attempt > entry.attempt;
            if (entry.users++ == 0 || again) {
                entry.attempt = attempt;
                entry.state = LoadState.FETCHING;
                loaders.execute(() -> load(entry));
            }
            return new ModelLease(this, entry);
        }
    }

    /** Has what was refused loaded again. */
    void retry(Entry entry) {
        synchronized (entries) {
            if (entry.state == LoadState.REFUSED) {
                entry.state = LoadState.FETCHING;
                loaders.execute(() -> load(entry));
            }
        }
    }

    void release(Entry entry) {
        synchronized (entries) {
            if (--entry.users == 0) {
                entries.remove(entry.ref, entry);
            }
        }
    }

    private boolean isWanted(Entry entry) {
        synchronized (entries) {
            return entry.users > 0;
        }
    }

    private void load(Entry entry) {
        loads.incrementAndGet();
        try {
            Pace pace = new LoadPace(entry.ref.settings().share(), () -> entry.waiting > 0);
            Model model = loader.load(entry.ref, state -> step(entry, state), pace);
            if (!isWanted(entry)) {
                return;
            }
            Kernels kernels = KernelsProvider.get();
            Scorer scorer = new Scorer(model, kernels);
            log(scorer, kernels);
            step(entry, LoadState.WARMING);
            warmUp(entry.ref, scorer, pace);
            entry.scorer = scorer;
            step(entry, LoadState.READY);
        } catch (IOException | RuntimeException e) {
            refuse(entry, e.getMessage() == null ? e.toString() : e.getMessage(), e);
        } catch (OutOfMemoryError | LinkageError e) {
            refuse(entry, "this JVM cannot hold it: " + e, e);
        }
    }

    private void refuse(Entry entry, String reason, Throwable e) {
        LOG.warn("model {} is refused: {}", entry.ref.uri(), reason, e);
        entry.reason = reason;
        step(entry, LoadState.REFUSED);
    }

    private void step(Entry entry, LoadState state) {
        synchronized (entry) {
            entry.state = state;
            entry.notifyAll();
        }
        changes.incrementAndGet();
    }

    private static void log(Scorer scorer, Kernels kernels) {
        LOG.info(
                "loaded model {} version {} checksum {} with {} kernels",
                scorer.model().config().name(),
                scorer.model().config().version(),
                scorer.model().checksum(),
                kernels.describe());
        if (kernels instanceof ScalarKernels) {
            LOG.warn(
                    "scalar kernels, several times slower than vector ones: {}",
                    KernelsProvider.whyScalar().orElse("dien.kernels=scalar"));
        }
    }

    private static void warmUp(ModelRef ref, Scorer scorer, Pace pace) {
        long most = ref.settings().warmUp().toNanos();
        if (most == 0) {
            return;
        }
        WarmUp.Outcome done = new WarmUp(scorer, System::nanoTime, pace).run(most);
        LOG.info(
                "warmed up in {} rounds: 121 candidates took {} ms at first, {} ms now{}",
                done.rounds(),
                done.firstNanos() / NANOS_PER_MS,
                done.bestNanos() / NANOS_PER_MS,
                done.steady() ? "" : "; scoring.warm-up ended it");
    }

    /**
     * A model and who uses it; {@code users} and {@code attempt} under the registry's lock, {@code
     * waiting} under the entry's own.
     */
    static final class Entry {
        final ModelRef ref;
        int users;
        long attempt;
        volatile int waiting;
        volatile LoadState state = LoadState.FETCHING;
        volatile Scorer scorer;
        volatile String reason = "";

        Entry(ModelRef ref) {
            this.ref = ref;
        }
    }
}
