package io.dienstream.job.rollout;

import io.dienstream.job.rollout.Candidate.End;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * Which version answers whom. Immutable; {@link PlanChange} makes the next one.
 *
 * @param revision how many commands were accepted
 * @param live answers everybody that no candidate answers
 * @param previousGood the last that was live and not forced; null where there is none to go back to
 * @param candidates at most two; none while {@code salt} is empty
 * @param shadows answer nobody; for readers of the log other than the scoring job
 * @param salt draws users anew for each first candidate, so that it is not always the same who
 *     tries things
 * @param paused whether live answers everybody for now, and nothing but a retreat is accepted
 * @param forced whether live was promoted unseen, though not every task was ready: the next
 *     promotion keeps {@code previousGood}
 */
public record RolloutPlan(
        long revision,
        PlannedVersion live,
        PlannedVersion previousGood,
        List<Candidate> candidates,
        List<PlannedVersion> shadows,
        String salt,
        boolean paused,
        boolean forced) {
    /** Most versions that a plan has a JVM load. */
    public static final int MOST_LOADED = 3;

    /** Without commands: the job's own model answers everybody. */
    public static final RolloutPlan INITIAL =
            new RolloutPlan(
                    0, PlannedVersion.CONFIGURED, null, List.of(), List.of(), "", false, false);

    public RolloutPlan {
        candidates = List.copyOf(candidates);
        shadows = List.copyOf(shadows);
    }

    /** The candidate that answers {@code user}, or null for the live version. */
    public Candidate candidateOf(String user) {
        if (candidates.isEmpty() || paused) {
            return null;
        }
        int bucket = Bucket.of(salt, user);
        for (Candidate candidate : candidates) {
            if (candidate.has(bucket)) {
                return candidate;
            }
        }
        return null;
    }

    /** What every task loads: live, previous, candidates. */
    public List<PlannedVersion> loaded() {
        List<PlannedVersion> loaded = new ArrayList<>(MOST_LOADED);
        loaded.add(live);
        if (previousGood != null) {
            loaded.add(previousGood);
        }
        candidates.forEach(c -> loaded.add(c.version()));
        return loaded;
    }

    /** The version of that name, in whatever role, or null. */
    public PlannedVersion version(String name) {
        return Stream.concat(loaded().stream(), shadows.stream())
                .filter(v -> v.name().equals(name))
                .findFirst()
                .orElse(null);
    }

    /** The candidate of that name, or null. */
    public Candidate candidate(String name) {
        return candidates.stream()
                .filter(c -> c.version().name().equals(name))
                .findFirst()
                .orElse(null);
    }

    /** Share of users that {@code version} answers, %. */
    public double percent(PlannedVersion version) {
        double candidatesPercent =
                paused ? 0 : candidates.stream().mapToDouble(Candidate::percent).sum();
        Candidate candidate = candidate(version.name());
        if (candidate != null) {
            return paused ? 0 : candidate.percent();
        }
        return version.equals(live) ? 100 - candidatesPercent : 0;
    }

    /** The next plan, paused as this one. */
    RolloutPlan next(
            PlannedVersion nextLive,
            PlannedVersion previous,
            List<Candidate> others,
            List<PlannedVersion> nextShadows,
            String nextSalt,
            boolean nextForced) {
        return new RolloutPlan(
                revision + 1,
                nextLive,
                previous,
                others,
                nextShadows,
                nextSalt,
                paused,
                nextForced);
    }

    /** The next plan, in which live and previous stay. */
    RolloutPlan with(List<Candidate> others, List<PlannedVersion> nextShadows, String nextSalt) {
        return next(live, previousGood, others, nextShadows, nextSalt, forced);
    }

    /** The next plan, in which live is as good as one that was not forced. */
    RolloutPlan confirmed() {
        return next(live, previousGood, candidates, shadows, salt, false);
    }

    /** The next plan, paused or not. */
    RolloutPlan paused(boolean nextPaused) {
        return new RolloutPlan(
                revision + 1, live, previousGood, candidates, shadows, salt, nextPaused, forced);
    }

    /** The end of all buckets that no candidate starts from. */
    End freeEnd() {
        return candidates.stream().anyMatch(c -> c.end() == End.LOW) ? End.HIGH : End.LOW;
    }
}
