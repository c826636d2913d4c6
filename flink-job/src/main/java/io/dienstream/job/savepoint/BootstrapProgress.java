package io.dienstream.job.savepoint;

import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.atomic.LongAdder;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.flink.state.api.output.BootstrapStreamTaskRunner;

/**
 * How far a bootstrap in this JVM has come, and what became of the threads that write its state.
 * Flink runs each writer in a thread of its own whose failure it does not notice: the task would
 * wait for it for ever, or end without its part of the state. The operators find this object by its
 * number, the only part of it that is serialized with them.
 */
public final class BootstrapProgress implements AutoCloseable {
    private static final AtomicLong NUMBERS = new AtomicLong();
    private static final Map<Long, BootstrapProgress> RUNNING = new ConcurrentHashMap<>();

    /** In the names that Flink gives to the threads in which state is written. */
    private static final String WRITER_THREAD = "-bootstrap-thread-";

    /** Of the task that hands over to such a thread, and waits for ever where it is gone. */
    private static final String FEEDER = BootstrapStreamTaskRunner.class.getName();

    /** How Flink names the thread of a task: its number of how many, and the attempt. */
    private static final Pattern TASK = Pattern.compile("\\((\\d+)/\\d+\\)#\\d+$");

    private final long number = NUMBERS.incrementAndGet();
    private final LongAdder admitted = new LongAdder();
    private final LongAdder replayed = new LongAdder();
    private final AtomicReference<Throwable> failure = new AtomicReference<>();
    private final Set<Thread> completed = ConcurrentHashMap.newKeySet();
    private final Set<Thread> seen = new HashSet<>();
    private final Set<Thread> alone = new HashSet<>();

    private BootstrapProgress() {}

    /** One for a new bootstrap. */
    public static BootstrapProgress begin() {
        BootstrapProgress progress = new BootstrapProgress();
        RUNNING.put(progress.number, progress);
        return progress;
    }

    /** The one that {@link #begin} made; of a bootstrap that is over, one that nobody looks at. */
    public static BootstrapProgress of(long number) {
        BootstrapProgress running = RUNNING.get(number);
        return running == null ? new BootstrapProgress() : running;
    }

    /** What operators carry to find it. */
    public long number() {
        return number;
    }

    /** A valid record was read. */
    public void admit() {
        admitted.increment();
    }

    /** {@code records} of a user have become a history. */
    void replayed(long records) {
        replayed.add(records);
    }

    /** The writer in this thread cannot go on. */
    void failed(Throwable cause) {
        failure.compareAndSet(null, cause);
    }

    /** The writer in this thread has handed over its part of the state. */
    void completed() {
        completed.add(Thread.currentThread());
    }

    /** How many valid records were read. */
    public long admitted() {
        return admitted.sum();
    }

    /** How many of them have become part of a history. */
    public long replayed() {
        return replayed.sum();
    }

    /** How many writers have handed over their part of the state. */
    public int writers() {
        return completed.size();
    }

    /**
     * Why the bootstrap cannot end well: a writer's failure, or that one is gone without a word. To
     * be asked now and then while it runs, always by the same thread.
     */
    public Optional<Throwable> failure() {
        Map<Thread, StackTraceElement[]> threads = Thread.getAllStackTraces();
        for (Thread thread : threads.keySet()) {
            if (thread.getName().contains(WRITER_THREAD)) {
                seen.add(thread);
            }
        }
        lookForTasksWithoutWriter(threads);
        if (failure.get() == null) {
            for (Thread thread : seen) {
                if (!thread.isAlive() && !completed.contains(thread)) {
                    failed(
                            new IllegalStateException(
                                    "a thread that writes state is gone; the log may say why"));
                }
            }
        }
        return Optional.ofNullable(failure.get());
    }

    /**
     * One look is not enough: a task whose writer has just ended well goes on a moment later.
     *
     * @param threads their stacks of one moment
     */
    private void lookForTasksWithoutWriter(Map<Thread, StackTraceElement[]> threads) {
        Set<Thread> now = new HashSet<>();
        threads.forEach(
                (thread, stack) -> {
                    Matcher task = TASK.matcher(thread.getName());
                    if (isFeeding(stack) && task.find()) {
                        int subtask = Integer.parseInt(task.group(1)) - 1;
                        String writer = WRITER_THREAD + subtask;
                        if (threads.keySet().stream()
                                .noneMatch(t -> t.getName().endsWith(writer))) {
                            now.add(thread);
                        }
                    }
                });
        if (now.stream().anyMatch(alone::contains)) {
            failed(
                    new IllegalStateException(
                            "a thread that writes state ended before it began; standard error may say why"));
        }
        alone.clear();
        alone.addAll(now);
    }

    /** Whether a task hands users over to the thread that writes them. */
    private static boolean isFeeding(StackTraceElement[] stack) {
        for (StackTraceElement frame : stack) {
            if (frame.getClassName().equals(FEEDER)) {
                return !frame.getMethodName().equals("open");
            }
        }
        return false;
    }

    @Override
    public void close() {
        RUNNING.remove(number);
    }
}
