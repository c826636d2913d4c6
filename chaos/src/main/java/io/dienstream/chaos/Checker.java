package io.dienstream.chaos;

import io.dienstream.datasets.offline.OfflineScorer;
import io.dienstream.dien.history.InterestHistory;
import io.dienstream.job.record.InboundRecord;
import io.dienstream.sandbox.Parity;
import io.dienstream.schema.AdRequest;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import me.tongfei.progressbar.ProgressBar;

/**
 * Holds everything that came out against the offline truth: all of the input, user by user in event
 * order. Every valid request must be answered once with the offline score, every bad record must be
 * in the dead letters once with its reason, every user's state must be the rebuilt one.
 */
final class Checker {
    private static final int LARGEST_EXAMPLES = 10;

    private final OfflineScorer offline;
    private final Outputs outputs;
    private final Map<String, InterestHistory> states;
    private final Rollbacks rollbacks;
    private final ChaosReport.Builder report;

    /**
     * @param states of all users, from the savepoint at the end
     * @param rollbacks behind a commit: they explain repetitions that say the same
     */
    Checker(
            OfflineScorer offline,
            Outputs outputs,
            Map<String, InterestHistory> states,
            Rollbacks rollbacks,
            ChaosReport.Builder report) {
        this.offline = offline;
        this.outputs = outputs;
        this.states = new HashMap<>(states);
        this.rollbacks = rollbacks;
        this.report = report;
    }

    /** Checks one partition of the input. */
    void check(InputLog log, ProgressBar bar) {
        log.counts.forEach(report::in);
        log.refused.forEach(this::refused);
        for (String user : log.users()) {
            List<InboundRecord> records = log.of(user);
            records.sort(InboundRecord.EVENT_ORDER);
            state(user, replay(records));
            bar.stepBy(records.size());
        }
    }

    /** To be called after all partitions. */
    void finish() {
        report.unasked(outputs.unasked());
        states.forEach((user, state) -> report.stateWrong("a state of nobody: " + user));
    }

    private void refused(String origin, String reason) {
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

    private InterestHistory replay(List<InboundRecord> records) {
        InterestHistory history = offline.newHistory();
        for (InboundRecord record : records) {
            switch (record.kind()) {
                case BEHAVIOR -> {
                    if (offline.add(history, record.behavior()) == InterestHistory.Outcome.LATE) {
                        var o = record.origin();
                        refused(Outputs.origin(o.topic(), o.partition(), o.offset()), "late");
                    } else {
                        report.applied();
                    }
                }
                case ERASURE -> {
                    offline.erase(history, record.eventTime());
                    report.applied();
                }
                case AD_REQUEST -> answer(record.adRequest(), history);
            }
        }
        return history;
    }

    private void answer(AdRequest request, InterestHistory history) {
        String id = request.getRequestId();
        Outputs.Answer answer = outputs.takeAnswer(id);
        long[] served = outputs.takeServed(id);
        if (answer == null) {
            report.lost("no answer to " + id);
            return;
        }
        if (answer.expired()) {
            report.expired();
            return;
        }
        report.answered();
        once(answer.computedAt(), answer.different(), "answers to " + id);
        if (served.length == 0) {
            report.lost(id + " was not written as served");
        } else {
            once(served, false, "served " + id);
        }
        int length = offline.score(request, history);
        float[] pctr = answer.pctr();
        if (length != answer.sequenceLength() || pctr.length != request.getCandidates().size()) {
            report.wrong(
                    "%s saw %d behaviors, offline %d"
                            .formatted(id, answer.sequenceLength(), length));
            return;
        }
        double largest = 0;
        for (int n = 0; n < pctr.length; n++) {
            double difference = Math.abs(pctr[n] - offline.scores().pctr(n));
            largest = difference <= largest ? largest : difference;
        }
        report.difference(largest);
        if (!(largest <= Parity.TOLERANCE)) {
            report.wrong(id + " differs from the offline score by " + largest);
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

    private void state(String user, InterestHistory expected) {
        InterestHistory state = states.remove(user);
        boolean nothing = expected.size() == 0 && expected.erasedThrough() == Long.MIN_VALUE;
        if (state == null) {
            if (!nothing) {
                report.stateWrong("no state of " + user);
            }
            return;
        }
        boolean same =
                state.size() == expected.size()
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
        if (same) {
            report.stateSame();
        } else {
            report.stateWrong("another state of " + user);
        }
    }

    /** How many examples a report keeps of each failure. */
    static int examples() {
        return LARGEST_EXAMPLES;
    }
}
