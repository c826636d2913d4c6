package io.dienstream.chaos;

import java.io.IOException;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Starts again what has died and should run, as an orchestrator would. */
final class Supervisor implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Supervisor.class);
    private static final long LOOK_NANOS = 200_000_000;

    private final List<Child> children;
    private final Thread thread;
    private volatile boolean open = true;

    Supervisor(List<Child> children) {
        this.children = children;
        thread = new Thread(this::watch, "supervisor");
        thread.setDaemon(true);
        thread.start();
    }

    private void watch() {
        while (open) {
            for (Child child : children) {
                try {
                    // the lock is the child's: no start between a release and its kill
                    synchronized (child) {
                        if (open && child.missing()) {
                            LOG.info("{} is gone, starting it again", child.name());
                            child.start();
                        }
                    }
                } catch (IOException e) {
                    LOG.error("{} does not start", child.name(), e);
                }
            }
            LockSupport.parkNanos(LOOK_NANOS);
        }
    }

    @Override
    public void close() throws InterruptedException {
        open = false;
        thread.join();
    }
}
