package io.dienstream.console.feed;

import io.dienstream.schema.ScoredRequest;
import io.dienstream.schema.ServedRequest;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/** The newest answers, of fixed number, and who waits for one. Thread safe. */
public final class RecentAnswers {
    private final Ring<String, Answered> answers;
    private final Ring<String, Boolean> awaited;

    /**
     * @param most answers
     */
    public RecentAnswers(int most) {
        answers = new Ring<>(most);
        awaited = new Ring<>(most);
    }

    /** Says that the request's answer will be asked for: its parts are kept whatever the load. */
    public synchronized void expect(String requestId) {
        awaited.put(requestId, true);
    }

    /** Whether somebody waits for the answer. */
    public synchronized boolean isExpected(String requestId) {
        return awaited.containsKey(requestId);
    }

    public synchronized void add(ScoredRequest answer, long nanos) {
        answers.merge(
                answer.getRequestId(),
                new Answered(answer, null, nanos),
                (old, fresh) -> fresh.with(old.served()));
        notifyAll();
    }

    public synchronized void add(ServedRequest served) {
        answers.merge(
                served.getRequestId(),
                new Answered(null, served, 0),
                (old, fresh) -> old.with(served));
        notifyAll();
    }

    /**
     * Waits for an answer. What it was scored with comes through another topic: once the answer is
     * there, {@code grace} is waited for that at the most.
     *
     * @return null where no answer came within {@code most}
     */
    public synchronized Answered await(String requestId, Duration most, Duration grace)
            throws InterruptedException {
        long deadline = System.nanoTime() + most.toNanos();
        boolean hasAnswer = false;
        while (true) {
            Answered found = answers.get(requestId);
            if (found != null && found.isComplete()) {
                return found;
            }
            if (found != null && found.answer() != null && !hasAnswer) {
                hasAnswer = true;
                deadline = System.nanoTime() + grace.toNanos();
            }
            long left = deadline - System.nanoTime();
            if (left <= 0) {
                return hasAnswer ? found : null;
            }
            TimeUnit.NANOSECONDS.timedWait(this, left);
        }
    }

    /** The user's newest answer with what it was scored with, or null. */
    public synchronized Answered newestOf(String user) {
        Answered newest = null;
        for (Answered a : answers.values()) {
            boolean isTheirs = a.isComplete() && a.answer().getUserId().equals(user);
            if (isTheirs
                    && (newest == null
                            || a.answer().getTimestamp() >= newest.answer().getTimestamp())) {
                newest = a;
            }
        }
        return newest;
    }

    public synchronized int size() {
        return answers.size();
    }
}
