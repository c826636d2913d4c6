package io.dienstream.train.fit;

import io.dienstream.train.batch.Batch;
import io.dienstream.train.batch.Batches;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;

/** Makes batches in a thread of its own while the engine works on the one before. */
final class Prefetch implements AutoCloseable {
    private static final int AHEAD = 4;

    private final BlockingQueue<Object> queue = new ArrayBlockingQueue<>(AHEAD);
    private final Thread thread;

    /** What goes through all the batches of a pass. */
    @FunctionalInterface
    interface Pass {
        void run(Batches.Consumer consumer) throws IOException;
    }

    /** The end of the pass, with the failure that ended it or null. */
    private record End(Throwable failure) {}

    private static final class Cancelled extends IOException {
        private static final long serialVersionUID = 1;
    }

    Prefetch(Pass pass) {
        thread = new Thread(() -> run(pass), "dien-batches");
        thread.setDaemon(true);
        thread.start();
    }

    private void run(Pass pass) {
        try {
            Throwable failure = null;
            try {
                pass.run(this::offer);
            } catch (Cancelled e) {
                return;
            } catch (IOException | RuntimeException | Error e) {
                failure = e; // whoever waits for a batch has to be told, whatever it is
            }
            queue.put(new End(failure));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void offer(Batch batch) throws IOException {
        try {
            queue.put(batch);
        } catch (InterruptedException e) {
            throw new Cancelled();
        }
    }

    /** The next batch, or null after the last. */
    Batch next() throws IOException {
        Object item;
        try {
            item = queue.take();
        } catch (InterruptedException e) {
            throw new InterruptedIOException("interrupted while waiting for a batch");
        }
        if (item instanceof Batch batch) {
            return batch;
        }
        Throwable failure = ((End) item).failure();
        if (failure instanceof IOException e) {
            throw e;
        }
        if (failure instanceof Error e) {
            throw e;
        }
        if (failure instanceof RuntimeException e) {
            throw e;
        }
        return null;
    }

    @Override
    public void close() {
        thread.interrupt();
    }
}
