package io.dienstream.job.artifact;

import io.dienstream.dien.Scorer;
import java.io.IOException;

/** One user's hold on a model of the JVM; closed once. */
public final class ModelLease implements AutoCloseable {
    private final ModelRegistry registry;
    private final ModelRegistry.Entry entry;
    private final boolean planned;
    private boolean closed;

    ModelLease(ModelRegistry registry, ModelRegistry.Entry entry, boolean planned) {
        this.registry = registry;
        this.entry = entry;
        this.planned = planned;
    }

    public LoadState state() {
        return entry.state;
    }

    /** Why it is refused. */
    public String reason() {
        return entry.reason;
    }

    public boolean isReady() {
        return entry.state == LoadState.READY;
    }

    /** What scores with it; only where it {@link #isReady}. */
    public Scorer scorer() {
        return entry.scorer;
    }

    /** Whether plans have wanted it in this JVM and none does now. */
    public boolean isLetGo() {
        return entry.letGo;
    }

    /** Has it loaded again, if it is refused. */
    public void retry() {
        registry.retry(entry);
    }

    /** Waits until it is ready or refused; whoever loads it hurries meanwhile. */
    public LoadState await() throws InterruptedException {
        synchronized (entry) {
            entry.waiting++;
            try {
                while (entry.state != LoadState.READY && entry.state != LoadState.REFUSED) {
                    entry.wait();
                }
            } finally {
                entry.waiting--;
            }
            return entry.state;
        }
    }

    /**
     * Waits for what scores with it.
     *
     * @throws IOException where it is refused, with the reason
     */
    public Scorer awaitScorer() throws IOException, InterruptedException {
        if (await() == LoadState.REFUSED) {
            throw new IOException("model " + entry.ref.uri() + " is refused: " + entry.reason);
        }
        return entry.scorer;
    }

    @Override
    public void close() {
        if (!closed) {
            closed = true;
            registry.release(entry, planned);
        }
    }
}
