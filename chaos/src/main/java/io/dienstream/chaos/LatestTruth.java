package io.dienstream.chaos;

import io.dienstream.chaos.Rollbacks.Rollback;
import io.dienstream.chaos.Worlds.World;
import io.dienstream.job.record.InboundRecord;
import io.dienstream.sandbox.Parity;
import io.dienstream.schema.AdRequest;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * Latest mode: a record is applied when it arrives. Within a topic a user's records keep their
 * order, between topics they have none: a request may overtake a behavior. So every answer must be
 * that of some state which the user can have been in by then, and from one answer to the next the
 * states only go forward; back only across a return to a checkpoint, and no further than that.
 */
final class LatestTruth implements Checker.Truth {
    /** So much of event time the job need not have seen before it was stopped. */
    private static final long UNSEEN_MS = 5_000;

    private final Verdicts verdicts;
    private final Conditions conditions;
    private final long lastWatermark;

    /**
     * @param lastWatermark how far event time can have come before the job was stopped, ms
     */
    LatestTruth(Verdicts verdicts, Conditions conditions, long lastWatermark) {
        this.verdicts = verdicts;
        this.conditions = conditions;
        this.lastWatermark = lastWatermark;
    }

    /**
     * One copy of an answer.
     *
     * @param attempt returns to a checkpoint before it
     * @param number of the request among those of its user
     */
    private record Said(int attempt, int number, AdRequest request, Outputs.Copy copy) {}

    @Override
    public void check(String user, List<InboundRecord> records) {
        List<InboundRecord> behaviors = of(InboundRecord.Kind.BEHAVIOR, records);
        List<InboundRecord> erasures = of(InboundRecord.Kind.ERASURE, records);
        List<Said> said = said(of(InboundRecord.Kind.AD_REQUEST, records));
        Worlds worlds =
                new Worlds(
                        verdicts.offline(),
                        conditions.ttl().toMillis(),
                        behaviors,
                        erasures,
                        new LateLetters());
        Course course = new Course(worlds);
        said.forEach(course::follow);
        Collection<World> end = course.end();
        verdicts.state(user, end.stream().map(World::history).toList());
        erasures.forEach(e -> verdicts.report().applied());
        behaviors.forEach(this::account);
    }

    private static List<InboundRecord> of(InboundRecord.Kind kind, List<InboundRecord> records) {
        return records.stream().filter(r -> r.kind() == kind).toList();
    }

    /** A behavior has one outcome: that of the dead letters, where there is one. */
    private void account(InboundRecord behavior) {
        if (verdicts.letter(behavior) == null) {
            verdicts.report().applied();
        } else {
            verdicts.refused(Verdicts.origin(behavior), Verdicts.LATE);
        }
    }

    private List<Said> said(List<InboundRecord> requests) {
        List<Said> said = new ArrayList<>();
        for (int n = 0; n < requests.size(); n++) {
            AdRequest request = requests.get(n).adRequest();
            Outputs.Answer answer = verdicts.answer(request, true);
            if (answer != null) {
                for (Outputs.Copy copy : answer.copies()) {
                    said.add(new Said(attempt(copy.computedAt()), n, request, copy));
                }
            }
        }
        said.sort(Comparator.comparingInt(Said::attempt).thenComparingInt(Said::number));
        return said;
    }

    private int attempt(long at) {
        return (int) verdicts.rollbacks().all().stream().filter(r -> r.at() <= at).count();
    }

    private final class LateLetters implements Worlds.Letters {
        @Override
        public boolean mayBeLate(InboundRecord b) {
            return verdicts.letter(b) != null;
        }

        @Override
        public boolean mayBeInTime(InboundRecord b) {
            Outputs.Letter letter = verdicts.letter(b);
            return letter == null || verdicts.rollbacks().mayHaveUndone(letter.computedAt()[0]);
        }
    }

    /** Follows one user from answer to answer. */
    private final class Course {
        private final Worlds worlds;

        /** What was possible after each answer of the attempt, and how it came about. */
        private final List<Step> steps = new ArrayList<>();

        private Set<World> now;
        private int attempt;

        private record Step(long computedAt, Set<World> worlds) {}

        Course(Worlds worlds) {
            this.worlds = worlds;
            now = worlds.first();
        }

        void follow(Said said) {
            goBackUntil(said.attempt());
            long at = said.copy().computedAt();
            // no record moves time past the clock, and the watermark is behind by the lateness
            long watermark = at - ClusterSettings.LATENESS_MS;
            Set<World> explaining = new LinkedHashSet<>();
            double least = Double.POSITIVE_INFINITY;
            for (World w : worlds.reachable(now, at, watermark)) {
                if (Verdicts.sawTheSame(said.copy(), said.request(), w.history())) {
                    double difference =
                            verdicts.difference(said.copy(), said.request(), w.history());
                    if (difference <= Parity.TOLERANCE) {
                        explaining.add(w);
                    }
                    least = Math.min(least, difference);
                }
            }
            if (explaining.isEmpty()) {
                verdicts.report()
                        .wrong(
                                "%s saw %d behaviors up to %s: no state of its user explains that"
                                        .formatted(
                                                said.request().getRequestId(),
                                                said.copy().sequenceLength(),
                                                said.copy().newestBehavior()));
                return;
            }
            verdicts.report().difference(least);
            if (!maybeOfTheAttemptBefore(at)) {
                now = explaining;
                steps.add(new Step(at, now));
            }
        }

        /** One that was dying may have said it, and what it had seen, the next has yet to see. */
        private boolean maybeOfTheAttemptBefore(long at) {
            return verdicts.rollbacks().all().stream()
                    .anyMatch(r -> r.at() <= at && at <= r.until());
        }

        private void goBackUntil(int next) {
            List<Rollback> all = verdicts.rollbacks().all();
            for (; attempt < next; attempt++) {
                long from = all.get(attempt).from();
                int kept = 0;
                while (kept < steps.size() && steps.get(kept).computedAt() < from) {
                    kept++;
                }
                steps.subList(kept, steps.size()).clear();
                now = kept == 0 ? worlds.first() : steps.get(kept - 1).worlds();
            }
        }

        /** All records are applied. */
        Collection<World> end() {
            goBackUntil(verdicts.rollbacks().size());
            return worlds.atTheEnd(
                    worlds.reachable(now, Long.MAX_VALUE, lastWatermark),
                    lastWatermark - UNSEEN_MS);
        }
    }
}
