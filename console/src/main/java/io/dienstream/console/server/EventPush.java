package io.dienstream.console.server;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/** Server-sent events: to each page its view, once in a while, until it goes away. */
public final class EventPush {
    private final Semaphore places;
    private final long intervalMs;
    private final Supplier<Supplier<String>> views;

    /**
     * @param most pages at once: each holds a thread
     * @param intervalMs between two events
     * @param views makes what tells one page event after event, as JSON in one line
     */
    public EventPush(int most, long intervalMs, Supplier<Supplier<String>> views) {
        places = new Semaphore(most);
        this.intervalMs = intervalMs;
        this.views = views;
    }

    /** Whether there is room for one more; then {@link #leave} has to follow. */
    boolean enter() {
        return places.tryAcquire();
    }

    void leave() {
        places.release();
    }

    /** Writes until the page or this process goes away. */
    void run(OutputStream out) throws IOException, InterruptedException {
        Supplier<String> view = views.get();
        while (true) {
            out.write(
                    ("event: watch\ndata: " + view.get() + "\n\n")
                            .getBytes(StandardCharsets.UTF_8));
            out.flush();
            TimeUnit.MILLISECONDS.sleep(intervalMs);
        }
    }
}
