package io.dienstream.chaos;

import io.dienstream.datasets.offline.OfflineScorer;
import io.dienstream.dien.history.InterestHistory;
import io.dienstream.job.record.InboundRecord;
import io.dienstream.sandbox.Parity;
import io.dienstream.schema.AdRequest;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;

/** Holds one output, or one state, against what it must be, and reports what it finds. */
final class Verdicts {
    static final String LATE = "late";

    /** Before the user ids of requests that come when everything is settled. */
    static final String END = "end-";

    private final OfflineScorer offline;
    private final Versions versions;
    private final Outputs outputs;
    private final Map<String, InterestHistory> states;
    private final Rollbacks rollbacks;
    private final ChaosReport.Builder report;

    /**
     * @param offline of the job's own model
     * @param states of all users, from the savepoint at the end
     * @param rollbacks they explain repetitions
     */
    Verdicts(
            OfflineScorer offline,
            Versions versions,
            Outputs outputs,
            Map<String, InterestHistory> states,
            Rollbacks rollbacks,
            ChaosReport.Builder report) {
        this.offline = offline;
        this.versions = versions;
        this.outputs = outputs;
        this.states = new HashMap<>(states);
        this.rollbacks = rollbacks;
        this.report = report;
    }

    OfflineScorer offline() {
        return offline;
    }

    Rollbacks rollbacks() {
        return rollbacks;
    }

    ChaosReport.Builder report() {
        return report;
    }

    /** The name of a record's place. */
    static String origin(InboundRecord record) {
        var o = record.origin();
        return Outputs.origin(o.topic(), o.partition(), o.offset());
    }

    /** The dead letters of a record, or null. */
    Outputs.Letter letter(InboundRecord record) {
        return outputs.letter(origin(record));
    }

    /** The record must be in the dead letters once, for this reason. */
    void refused(String origin, String reason) {
        Outputs.Letter letter = outputs.takeLetter(origin);
        if (letter == null) {
            report.lost("no dead letter of " + origin + ", expected " + reason);
        } else if (!letter.reason().equals(reason)) {
            report.wrong(origin + " is " + letter.reason() + ", expected " + reason);
        } else {
            report.deadLettered(reason);
            once(letter.computedAt(), false, "dead letters of " + origin);
        }
    }

    /**
     * A request must have one answer and be served once.
     *
     * @param mayDiffer whether a repetition may say something else
     * @return the answer; null where there is none to be compared
     */
    Outputs.Answer answer(AdRequest request, boolean mayDiffer) {
        String id = request.getRequestId();
        Outputs.Answer answer = outputs.takeAnswer(id);
        long[] served = outputs.takeServed(id);
        if (answer == null) {
            report.lost("no answer to " + id);
            return null;
        }
        if (answer.first().expired()) {
            report.expired();
            return null;
        }
        report.answered();
        answer.copies().forEach(copy -> judge(request, copy));
        String wentBack = versions.wentBack(request.getUserId(), answer.first());
        if (wentBack != null) {
            report.wrong(id + " " + wentBack);
        }
        once(answer.computedAt(), !mayDiffer && answer.different(), "answers to " + id);
        if (served.length == 0) {
            report.lost(id + " was not written as served");
        } else {
            once(served, false, "served " + id);
        }
        return answer;
    }

    /** By the version that its plan gives the user to, or one that may stand in for it. */
    private void judge(AdRequest request, Outputs.Copy copy) {
        String id = request.getRequestId();
        Versions.Judgement judgement = versions.judge(request, copy);
        if (judgement.finding() == Versions.Finding.WRONG) {
            report.wrong(id + " " + judgement.reason());
            return;
        }
        boolean standsIn = judgement.finding() == Versions.Finding.STANDS_IN;
        report.answeredBy(versions.name(copy), standsIn);
        boolean atTheEnd = request.getUserId().startsWith(END);
        if (atTheEnd && (standsIn || copy.revision() != versions.newest())) {
            report.wrong(
                    "%s is by %s of plan %d, and all tasks had the versions of plan %d"
                            .formatted(
                                    id, versions.name(copy), copy.revision(), versions.newest()));
        }
    }

    private void once(long[] computedAt, boolean different, String what) {
        int times = computedAt.length;
        if (times == 1) {
            return;
        }
        if (rollbacks.explain(computedAt) && !different) {
            report.repeated(times - 1);
        } else {
            report.doubled(times + " " + (different ? "different " : "") + what);
        }
    }

    /**
     * Whether an answer saw as many behaviors of {@code history}, up to the same one, as its
     * request would there.
     */
    static boolean sawTheSame(Outputs.Copy answer, AdRequest request, InterestHistory history) {
        int length = history.prefix(request.getTimestamp());
        return length == answer.sequenceLength()
                && Objects.equals(
                        length == 0 ? null : history.timestamp(length - 1), answer.newestBehavior())
                && answer.pctr().length == request.getCandidates().size();
    }

    /**
     * The largest difference of a pCTR to the offline one by the version that the answer names;
     * infinite for a number that is none, and for a version that is not known.
     */
    double difference(Outputs.Copy answer, AdRequest request, InterestHistory history) {
        OfflineScorer scorer = versions.of(answer);
        if (scorer == null) {
            return Double.POSITIVE_INFINITY;
        }
        scorer.score(request, versions.asSeenBy(answer, history));
        double largest = 0;
        for (int n = 0; n < answer.pctr().length; n++) {
            double difference = Math.abs(answer.pctr()[n] - scorer.scores().pctr(n));
            largest = Double.isNaN(difference) ? Double.POSITIVE_INFINITY : largest;
            largest = Math.max(largest, Double.isNaN(difference) ? 0 : difference);
        }
        return largest;
    }

    /** An answer must say what its request would be answered with this history. */
    void sameScore(Outputs.Copy answer, AdRequest request, InterestHistory history) {
        String id = request.getRequestId();
        if (!sawTheSame(answer, request, history)) {
            report.wrong(
                    "%s saw %d behaviors up to %s, offline %d"
                            .formatted(
                                    id,
                                    answer.sequenceLength(),
                                    answer.newestBehavior(),
                                    history.prefix(request.getTimestamp())));
            return;
        }
        double largest = difference(answer, request, history);
        report.difference(largest);
        if (!(largest <= Parity.TOLERANCE)) {
            report.wrong(id + " differs from the offline score by " + largest);
        }
    }

    /** The user's state must be one of {@code possible}; one of nothing is no state. */
    void state(String user, Iterable<InterestHistory> possible) {
        InterestHistory state = states.remove(user);
        for (InterestHistory expected : possible) {
            if (state == null ? isNothing(expected) : isKept(state, expected)) {
                if (state != null) {
                    report.stateSame();
                }
                return;
            }
        }
        report.stateWrong((state == null ? "no state of " : "another state of ") + user);
    }

    private static boolean isNothing(InterestHistory history) {
        return history.size() == 0 && history.erasedThrough() == Long.MIN_VALUE;
    }

    /** Whether it is the expected one with the states of a version that was live at any time. */
    private boolean isKept(InterestHistory state, InterestHistory expected) {
        return isSame(state, expected)
                || versions.asKept(expected).stream().anyMatch(kept -> isSame(state, kept));
    }

    private static boolean isSame(InterestHistory state, InterestHistory expected) {
        boolean same =
                !isNothing(expected)
                        && state.size() == expected.size()
                        && state.erasedThrough() == expected.erasedThrough()
                        && state.floorTimestamp() == expected.floorTimestamp();
        for (int t = 0; same && t < state.size(); t++) {
            same =
                    state.eventKey(t).equals(expected.eventKey(t))
                            && state.timestamp(t) == expected.timestamp(t);
        }
        for (int i = 0; same && i < state.size() * state.hidden(); i++) {
            same = Math.abs(state.states()[i] - expected.states()[i]) <= Parity.TOLERANCE;
        }
        return same;
    }

    /** To be called when every input has been held against what came out. */
    void finish() {
        report.unasked(outputs.unasked());
        states.forEach((user, state) -> report.stateWrong("a state of nobody: " + user));
    }
}
