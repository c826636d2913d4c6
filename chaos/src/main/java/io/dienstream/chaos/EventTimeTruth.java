package io.dienstream.chaos;

import io.dienstream.datasets.offline.OfflineScorer;
import io.dienstream.dien.history.InterestHistory;
import io.dienstream.job.record.InboundRecord;
import io.dienstream.sandbox.Parity;
import io.dienstream.schema.AdRequest;
import java.util.ArrayList;
import java.util.List;

/**
 * Event-time mode: every user's records in event order, at equal times behaviors first, whatever
 * the order of arrival and however often the job was restarted.
 *
 * <p>Where partitions may be idle, one that was silent may be overtaken by time: its behaviors are
 * then late, its requests answered from the history as it is by then, but only around a silence.
 */
final class EventTimeTruth implements Checker.Truth {
    /** A record that was late may be refused so long after its partition has come back. */
    private static final long AFTER_SILENCE_MS = 5_000;

    private final Verdicts verdicts;
    private final Conditions conditions;
    private final Absences absences;
    private final Disturbances disturbances;
    private final long lastWatermark;

    /**
     * @param lastWatermark how far event time came before the job was stopped, ms
     */
    EventTimeTruth(
            Verdicts verdicts,
            Conditions conditions,
            Absences absences,
            Disturbances disturbances,
            long lastWatermark) {
        this.verdicts = verdicts;
        this.conditions = conditions;
        this.absences = absences;
        this.disturbances = disturbances;
        this.lastWatermark = lastWatermark;
    }

    /** A request that time had overtaken: it sees the history as it was then or later. */
    private record Overtaken(AdRequest request, Outputs.Copy answer) {}

    @Override
    public void check(String user, List<InboundRecord> records) {
        records.sort(InboundRecord.EVENT_ORDER);
        UserState state = new UserState(verdicts.offline(), conditions.ttl().toMillis());
        List<Overtaken> overtaken = new ArrayList<>();
        for (InboundRecord record : records) {
            expire(state, record.eventTime() - 1, overtaken);
            switch (record.kind()) {
                case BEHAVIOR -> behavior(record, state);
                case ERASURE -> {
                    state.erase(record);
                    verdicts.report().applied();
                }
                case AD_REQUEST -> request(record, state, overtaken);
            }
            settle(overtaken, state.history());
        }
        expire(state, lastWatermark, overtaken);
        for (Overtaken left : overtaken) {
            verdicts.sameScore(left.answer(), left.request(), state.history());
        }
        verdicts.state(user, List.of(state.history()));
    }

    private void expire(UserState state, long time, List<Overtaken> overtaken) {
        if (state.expires() <= time) {
            state.expire();
            settle(overtaken, state.history());
        }
    }

    private void behavior(InboundRecord record, UserState state) {
        Outputs.Letter letter = verdicts.letter(record);
        if (letter != null && maybeOvertaken(record, letter.computedAt()[0])) {
            verdicts.refused(Verdicts.origin(record), Verdicts.LATE);
            verdicts.report().overtaken();
        } else if (state.add(record) == InterestHistory.Outcome.LATE) {
            verdicts.refused(Verdicts.origin(record), Verdicts.LATE);
        } else {
            verdicts.report().applied();
        }
    }

    private void request(InboundRecord record, UserState state, List<Overtaken> overtaken) {
        AdRequest request = record.adRequest();
        Outputs.Answer answer = verdicts.answer(request, false);
        if (answer == null) {
            return;
        }
        Outputs.Copy first = answer.first();
        if (!first.late()) {
            verdicts.sameScore(first, request, state.history());
            answer.copies().stream()
                    .filter(copy -> copy.revision() != first.revision())
                    .forEach(copy -> verdicts.sameScore(copy, request, state.history()));
        } else if (maybeOvertaken(record, first.computedAt())) {
            verdicts.report().overtaken();
            overtaken.add(new Overtaken(request, first));
        } else {
            verdicts.report().wrong(request.getRequestId() + " was late, and nothing was silent");
        }
    }

    private boolean maybeOvertaken(InboundRecord record, long at) {
        return conditions.mayBeLate()
                && (disturbances.covers(at)
                        || absences.silentWithin(
                                record.origin().partition(), AFTER_SILENCE_MS, at));
    }

    /** Those whose answers this history explains. */
    private void settle(List<Overtaken> overtaken, InterestHistory history) {
        overtaken.removeIf(o -> explains(history, o));
    }

    private boolean explains(InterestHistory history, Overtaken o) {
        if (!Verdicts.sawTheSame(o.answer(), o.request(), history)) {
            return false;
        }
        double difference = verdicts.difference(o.answer(), o.request(), history);
        if (difference <= Parity.TOLERANCE) {
            verdicts.report().difference(difference);
            return true;
        }
        return false;
    }

    /** One user's history, and when it is forgotten. */
    static final class UserState {
        private final OfflineScorer offline;
        private final long ttlMs;
        private InterestHistory history;
        private long touched = Long.MIN_VALUE;

        UserState(OfflineScorer offline, long ttlMs) {
            this.offline = offline;
            this.ttlMs = ttlMs;
            history = offline.newHistory();
        }

        InterestHistory history() {
            return history;
        }

        /** Event time after which there is no state any more, ms. */
        long expires() {
            return ttlMs == 0 || touched == Long.MIN_VALUE ? Long.MAX_VALUE : touched + ttlMs;
        }

        void expire() {
            history = offline.newHistory();
            touched = Long.MIN_VALUE;
        }

        InterestHistory.Outcome add(InboundRecord record) {
            InterestHistory.Outcome outcome = offline.add(history, record.behavior());
            if (outcome.changes()) {
                touched = Math.max(touched, record.eventTime());
            }
            return outcome;
        }

        /** An erasure of a stranger is a beginning, any other moves no time. */
        void erase(InboundRecord record) {
            offline.erase(history, record.eventTime());
            touched = touched == Long.MIN_VALUE ? record.eventTime() : touched;
        }
    }
}
