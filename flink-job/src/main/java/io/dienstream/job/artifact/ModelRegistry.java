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
 *
 * <p>How many there are follows from who may hold one; nothing here refuses another.
 *
 * <ul>
 *   <li>A task that picks versions holds those of the plan in effect, at most {@link
 *       io.dienstream.job.rollout.RolloutPlan#MOST_LOADED}; by the clock also those of the newest
 *       plan, which is another one only while commands wait for their {@code effective_at}; and the
 *       one that still answers because the plan's live version is not ready: 3, or 4 while a
 *       version is stood in for, or 7 with commands ahead. By event time it is 3, and 5 from a
 *       request that is late by more than a plan to the next record. All tasks of a job hold the
 *       same ones, but for the moment in which a command is on its way to some of them.
 *   <li>A scoring subtask holds those that it used last, at most 3. One that the plan has let go,
 *       and that nobody was answered by for ten seconds, goes within ten more, with the next
 *       request.
 * </ul>
 *
 * <p>So a JVM whose tasks are up to date and answer requests holds 3, 4 or 7 of a job, and for some
 * twenty seconds after a plan has changed at most 3 more for each scoring subtask. {@link #held}
 * tells.
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

    /** How many models this JVM has loaded or is loading; those that were refused are none. */
    public int held() {
        synchronized (entries) {
            return (int)
                    entries.values().stream().filter(e -> e.state != LoadState.REFUSED).count();
        }
    }

    /**
     * Has {@code ref} loaded, if it is not.
     *
     * @param attempt a greater one than before has what was refused loaded again
     */
    public ModelLease lease(ModelRef ref, long attempt) {
        return lease(ref, attempt, false);
    }

    /** Likewise, as a version that a plan wants here: see {@link ModelLease#isLetGo}. */
    public ModelLease leaseForPlan(ModelRef ref, long attempt) {
        return lease(ref, attempt, true);
    }

    private ModelLease lease(ModelRef ref, long attempt, boolean planned) {
        synchronized (entries) {
            Entry entry = entries.computeIfAbsent(ref, r -> new Entry(r));
            entry.plans += planned ? 1 : 0;
            entry.letGo &= entry.plans == 0;
            boolean again = entry.state == LoadState.REFUSED && attempt > entry.attempt;
            if (entry.users++ == 0 || again) {
                entry.attempt = attempt;
                entry.state = LoadState.FETCHING;
                loaders.execute(() -> load(entry));
            }
            return new ModelLease(this, entry, planned);
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

    void release(Entry entry, boolean planned) {
        synchronized (entries) {
            if (planned) {
                entry.plans--;
                entry.letGo = entry.plans == 0;
            }
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

    /**
     * Whether a load is to be over soon: for who waits for it, for what waits behind it, or since
     * nobody wants it any more.
     */
    private boolean hurries(Entry entry) {
        return entry.waiting > 0 || !loaders.getQueue().isEmpty() || !isWanted(entry);
    }

    private void load(Entry entry) {
        loads.incrementAndGet();
        try {
            Pace pace = new LoadPace(entry.ref.settings().share(), () -> hurries(entry));
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
        WarmUp.Outcome done = new WarmUp(scorer, System::nanoTime, pace::rest).run(most);
        LOG.info(
                "warmed up in {} rounds: 121 candidates took {} ms at first, {} ms now{}",
                done.rounds(),
                done.firstNanos() / NANOS_PER_MS,
                done.bestNanos() / NANOS_PER_MS,
                done.steady() ? "" : "; scoring.warm-up ended it");
    }

    /**
     * A model and who uses it; what is not volatile under the registry's lock, {@code waiting}
     * under the entry's own.
     */
    static final class Entry {
        final ModelRef ref;
        int users;
        int plans;
        long attempt;
        volatile int waiting;
        volatile boolean letGo;
        volatile LoadState state = LoadState.FETCHING;
        volatile Scorer scorer;
        volatile String reason = "";

        Entry(ModelRef ref) {
            this.ref = ref;
        }
    }
}
