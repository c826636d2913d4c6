package io.dienstream.sandbox;

import io.dienstream.cli.terminal.Printable;
import io.dienstream.datasets.log.BehaviorLog;
import io.dienstream.datasets.log.RequestLog;
import io.dienstream.datasets.offline.OfflineScorer;
import io.dienstream.dien.history.EventLog;
import io.dienstream.dien.history.InterestHistory;
import io.dienstream.schema.AdRequest;
import io.dienstream.schema.Behavior;
import io.dienstream.schema.ScoredCandidate;
import io.dienstream.schema.ScoredRequest;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Compares every answer of the stream with the offline score of the same history and model. */
public final class Parity {
    /** The largest difference of a pCTR that is still the same answer. */
    public static final double TOLERANCE = 1e-5;

    private final OfflineScorer offline;
    private long scores;
    private double largest;
    private String worst = "";
    private long wrongLength;

    public Parity(OfflineScorer offline) {
        this.offline = offline;
    }

    /**
     * Event-time answers: the log is replayed offline in event order, user by user.
     *
     * @param behaviors in any order, and so the requests
     */
    public void checkEventTime(
            List<Behavior> behaviors,
            List<AdRequest> requests,
            Map<String, ScoredRequest> answers) {
        Map<String, List<Behavior>> byUser = byUser(behaviors);
        Map<String, List<AdRequest>> requestsByUser = new HashMap<>();
        for (AdRequest r : requests) {
            requestsByUser.computeIfAbsent(r.getUserId(), u -> new ArrayList<>()).add(r);
        }
        requestsByUser.forEach(
                (user, own) -> {
                    own.sort(RequestLog.ORDER);
                    replay(byUser.getOrDefault(user, List.of()), own, answers);
                });
    }

    private void replay(
            List<Behavior> behaviors,
            List<AdRequest> requests,
            Map<String, ScoredRequest> answers) {
        EventLog<Behavior> log = new EventLog<>(behaviors, BehaviorLog.ORDER);
        InterestHistory history = offline.newHistory();
        for (AdRequest r : requests) {
            log.upTo(r.getTimestamp(), b -> offline.add(history, b));
            compare(r, history, answers.get(r.getRequestId()));
        }
    }

    /**
     * Latest-mode answers: each says how many behaviors it saw and how new the newest was. By
     * purity its states are those of just these behaviors run from zero, so they are, offline.
     *
     * @param behaviors of each user strictly growing in time
     */
    public void checkLatest(
            List<Behavior> behaviors,
            List<AdRequest> requests,
            Map<String, ScoredRequest> answers) {
        Map<String, List<Behavior>> byUser = byUser(behaviors);
        for (AdRequest r : requests) {
            ScoredRequest answer = answers.get(r.getRequestId());
            if (answer != null) {
                List<Behavior> own = byUser.getOrDefault(r.getUserId(), List.of());
                checkLatest(r, seen(own, answer), answer);
            }
        }
    }

    /**
     * One latest-mode answer.
     *
     * @param seen the behaviors that it says it saw, oldest first
     */
    public void checkLatest(AdRequest request, List<Behavior> seen, ScoredRequest answer) {
        compare(request, offline.history(seen, request.getTimestamp()), answer);
    }

    private static List<Behavior> seen(List<Behavior> own, ScoredRequest answer) {
        Long newest = answer.getNewestBehaviorTimestamp();
        int end = 0;
        while (newest != null && end < own.size() && own.get(end).getTimestamp() <= newest) {
            end++;
        }
        return own.subList(Math.max(0, end - answer.getSequenceLength()), end);
    }

    private void compare(AdRequest request, InterestHistory history, ScoredRequest answer) {
        if (answer == null) {
            return;
        }
        int length = offline.score(request, history);
        if (length != answer.getSequenceLength()) {
            wrongLength++;
        }
        for (ScoredCandidate c : answer.getCandidates()) {
            double difference = Math.abs(c.getPctr() - offline.scores().pctr(c.getPosition()));
            scores++;
            if (difference > largest || Double.isNaN(difference)) {
                largest = Double.isNaN(difference) ? Double.POSITIVE_INFINITY : difference;
                worst = request.getRequestId();
            }
        }
    }

    private static Map<String, List<Behavior>> byUser(List<Behavior> behaviors) {
        Map<String, List<Behavior>> byUser = new HashMap<>();
        for (Behavior b : behaviors) {
            byUser.computeIfAbsent(b.getUserId(), u -> new ArrayList<>()).add(b);
        }
        return byUser;
    }

    /** Whether every score agrees, and every history has the length it must have. */
    public boolean holds() {
        return scores > 0 && largest <= TOLERANCE && wrongLength == 0;
    }

    /** Largest difference of a pCTR. */
    public double largest() {
        return largest;
    }

    /** How many scores were compared. */
    public long scores() {
        return scores;
    }

    /** The parity line. */
    public String summary() {
        String detail =
                wrongLength > 0
                        ? ", %,d histories of a wrong length".formatted(wrongLength)
                        : holds() ? "" : ", worst in request " + Printable.of(worst);
        return "parity: %,d scores recomputed offline, largest difference %.2e, allowed %.0e: %s%s"
                .formatted(scores, largest, TOLERANCE, holds() ? "ok" : "FAILED", detail);
    }
}
