package io.dienstream.job.rollout;

import io.dienstream.job.rollout.Refusal.Code;
import io.dienstream.schema.ModelCommand;
import io.dienstream.schema.ModelStage;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/**
 * What a command makes of a plan: the next one, or the same with the reason why. Pure, so whoever
 * reads the log from its beginning comes to the same plans, and a refused command is refused by
 * all.
 *
 * @param plan after the command
 * @param refusal null where the command was accepted
 */
public record PlanChange(RolloutPlan plan, Refusal refusal) {
    private static final Pattern SHA256 = Pattern.compile("[0-9a-f]{64}");

    /** Longest name or URI, chars: commands are kept in state. */
    private static final int LONGEST = 1024;

    private static final int BUCKETS_A_PERCENT = Bucket.COUNT / 100;

    private static PlanChange refused(RolloutPlan plan, Code code, String message) {
        return new PlanChange(plan, new Refusal(code, message));
    }

    /** Applies {@code c} to {@code plan}. */
    public static PlanChange apply(RolloutPlan plan, ModelCommand c) {
        if (c.getExpectedRevision() != plan.revision()) {
            return refused(
                    plan,
                    Code.STALE_REVISION,
                    "expected_revision is %d, the plan has revision %d: somebody else was first"
                            .formatted(c.getExpectedRevision(), plan.revision()));
        }
        return switch (c.getKind()) {
            case PUBLISH -> publish(plan, c);
            case RAMP -> ramp(plan, c);
            case PROMOTE -> promote(plan, c);
            case ROLLBACK -> rollback(plan, c);
            case RETIRE -> retire(plan, c);
            case PAUSE -> pause(plan, true);
            case RESUME -> pause(plan, false);
            case UNKNOWN ->
                    refused(plan, Code.UNKNOWN_KIND, "a kind of command of a later release");
        };
    }

    private static PlanChange publish(RolloutPlan plan, ModelCommand c) {
        PlanChange refusal = refusalOfNew(plan, c);
        if (refusal != null) {
            return refusal;
        }
        long revision = plan.revision() + 1;
        PlannedVersion version =
                new PlannedVersion(c.getVersion(), c.getUri(), c.getSha256(), revision);
        PlannedVersion same = plan.version(c.getVersion());
        if (same != null) {
            return again(plan, same, version);
        }
        if (c.getStage() == ModelStage.SHADOW) {
            List<PlannedVersion> shadows = new ArrayList<>(plan.shadows());
            shadows.add(version);
            return accepted(plan.with(plan.candidates(), shadows, plan.salt()));
        }
        return addCandidate(plan, version, c);
    }

    /** Why a published version is none, or null. */
    private static PlanChange refusalOfNew(RolloutPlan plan, ModelCommand c) {
        if (plan.paused()) {
            return paused(plan);
        }
        String name = c.getVersion();
        if (name.isBlank() || name.length() > LONGEST) {
            return refused(
                    plan,
                    Code.INVALID_FIELD,
                    "version is empty or over %d chars".formatted(LONGEST));
        }
        if (c.getUri().isBlank() || c.getUri().length() > LONGEST) {
            return refused(
                    plan, Code.INVALID_FIELD, "uri is empty or over %d chars".formatted(LONGEST));
        }
        if (!SHA256.matcher(c.getSha256()).matches()) {
            return refused(plan, Code.INVALID_FIELD, "sha256 is not 64 digits, 0-9 and a-f");
        }
        return buckets(c) < 0 ? invalidPercent(plan) : null;
    }

    /** The same artifact under the same name is another try to load it; anything else a mistake. */
    private static PlanChange again(RolloutPlan plan, PlannedVersion same, PlannedVersion version) {
        if (!same.sha256().equals(version.sha256())) {
            return refused(
                    plan,
                    Code.VERSION_EXISTS,
                    ("version %s is in the plan with another artifact: retire it, or publish under"
                                    + " another name")
                            .formatted(version.name()));
        }
        List<Candidate> candidates =
                plan.candidates().stream()
                        .map(c -> c.of(swap(c.version(), same, version)))
                        .toList();
        List<PlannedVersion> shadows =
                plan.shadows().stream().map(s -> swap(s, same, version)).toList();
        PlannedVersion live = swap(plan.live(), same, version);
        PlannedVersion previous = swap(plan.previousGood(), same, version);
        return accepted(plan.next(live, previous, candidates, shadows, plan.salt(), plan.forced()));
    }

    private static PlannedVersion swap(PlannedVersion v, PlannedVersion old, PlannedVersion now) {
        return old.equals(v) ? now : v;
    }

    private static PlanChange addCandidate(
            RolloutPlan plan, PlannedVersion version, ModelCommand c) {
        if (plan.loaded().size() >= RolloutPlan.MOST_LOADED) {
            return refused(
                    plan,
                    Code.TOO_MANY_VERSIONS,
                    "%d versions are loaded already: retire the previous or a candidate"
                            .formatted(RolloutPlan.MOST_LOADED));
        }
        int buckets = buckets(c);
        if (buckets > free(plan, null)) {
            return over(plan);
        }
        List<Candidate> candidates = new ArrayList<>(plan.candidates());
        candidates.add(new Candidate(version, plan.freeEnd(), buckets));
        List<PlannedVersion> shadows = new ArrayList<>(plan.shadows());
        shadows.removeIf(s -> s.name().equals(version.name()));
        String salt = plan.candidates().isEmpty() ? c.getCommandId() : plan.salt();
        return accepted(plan.with(candidates, shadows, salt));
    }

    private static PlanChange ramp(RolloutPlan plan, ModelCommand c) {
        if (plan.paused()) {
            return paused(plan);
        }
        int buckets = buckets(c);
        if (buckets < 0) {
            return invalidPercent(plan);
        }
        PlannedVersion version = plan.version(c.getVersion());
        if (version == null) {
            return unknown(plan, c);
        }
        if (version.equals(plan.live())) {
            return refused(
                    plan,
                    Code.ALREADY_LIVE,
                    "version %s is live: a rollback takes it back".formatted(version.name()));
        }
        if (plan.shadows().contains(version)) {
            return addCandidate(plan, version, c);
        }
        Candidate candidate = plan.candidate(c.getVersion());
        if (candidate == null) {
            return notCandidate(plan, c);
        }
        if (buckets > free(plan, candidate)) {
            return over(plan);
        }
        List<Candidate> candidates =
                plan.candidates().stream()
                        .map(other -> other.equals(candidate) ? other.with(buckets) : other)
                        .toList();
        return accepted(plan.with(candidates, plan.shadows(), plan.salt()));
    }

    /**
     * What was live becomes the version to go back to, unless it was forced and nobody has
     * confirmed it since: then the one before it stays that.
     */
    private static PlanChange promote(RolloutPlan plan, ModelCommand c) {
        if (plan.paused()) {
            return paused(plan);
        }
        PlannedVersion version = plan.version(c.getVersion());
        if (version == null) {
            return unknown(plan, c);
        }
        if (version.equals(plan.live())) {
            return plan.forced() && !c.getForced()
                    ? accepted(plan.confirmed())
                    : refused(
                            plan,
                            Code.ALREADY_LIVE,
                            "version %s is live already".formatted(version.name()));
        }
        Candidate candidate = plan.candidate(c.getVersion());
        if (candidate == null) {
            return notCandidate(plan, c);
        }
        List<Candidate> rest = new ArrayList<>(plan.candidates());
        rest.remove(candidate);
        String salt = rest.isEmpty() ? "" : plan.salt();
        PlannedVersion good = plan.forced() ? plan.previousGood() : plan.live();
        return accepted(plan.next(version, good, rest, plan.shadows(), salt, c.getForced()));
    }

    /**
     * Takes back the candidate that is named. Without a name everybody is answered by the version
     * that was live before, and where there is none candidates lose their users to the live one.
     */
    private static PlanChange rollback(RolloutPlan plan, ModelCommand c) {
        String name = c.getVersion();
        if (!name.isEmpty() && !name.equals(plan.live().name())) {
            return plan.candidate(name) == null ? unknown(plan, c) : retire(plan, c);
        }
        boolean tried = plan.candidates().stream().anyMatch(other -> other.buckets() > 0);
        PlannedVersion previous = plan.previousGood();
        if (previous != null) {
            return accepted(plan.next(previous, null, List.of(), plan.shadows(), "", false));
        }
        if (tried && name.isEmpty()) {
            return accepted(plan.with(List.of(), plan.shadows(), ""));
        }
        return refused(
                plan,
                Code.NOTHING_TO_ROLL_BACK_TO,
                "no version was live before %s, and no candidate has users"
                        .formatted(plan.live().name()));
    }

    private static PlanChange retire(RolloutPlan plan, ModelCommand c) {
        PlannedVersion version = plan.version(c.getVersion());
        if (version == null) {
            return unknown(plan, c);
        }
        if (version.equals(plan.live())) {
            return refused(
                    plan,
                    Code.STILL_LIVE,
                    "version %s is live: promote another one, or roll back"
                            .formatted(version.name()));
        }
        List<Candidate> candidates = new ArrayList<>(plan.candidates());
        candidates.removeIf(candidate -> candidate.version().equals(version));
        List<PlannedVersion> shadows = new ArrayList<>(plan.shadows());
        shadows.remove(version);
        PlannedVersion previous = plan.previousGood();
        return accepted(
                plan.next(
                        plan.live(),
                        version.equals(previous) ? null : previous,
                        candidates,
                        shadows,
                        candidates.isEmpty() ? "" : plan.salt(),
                        plan.forced()));
    }

    private static PlanChange pause(RolloutPlan plan, boolean paused) {
        if (plan.paused() == paused) {
            return paused
                    ? paused(plan)
                    : refused(plan, Code.NOT_PAUSED, "the rollout is not paused");
        }
        return accepted(plan.paused(paused));
    }

    private static PlanChange accepted(RolloutPlan next) {
        return new PlanChange(next, null);
    }

    /** How many buckets the command asks for; -1 where its percentage is none. */
    private static int buckets(ModelCommand c) {
        double percent = c.getPercent();
        return percent >= 0 && percent <= 100 ? (int) Math.round(percent * BUCKETS_A_PERCENT) : -1;
    }

    /** Buckets that no candidate but {@code own} has. */
    private static int free(RolloutPlan plan, Candidate own) {
        return Bucket.COUNT
                - plan.candidates().stream()
                        .filter(c -> !c.equals(own))
                        .mapToInt(Candidate::buckets)
                        .sum();
    }

    private static PlanChange invalidPercent(RolloutPlan plan) {
        return refused(plan, Code.INVALID_FIELD, "percent is not from 0 to 100");
    }

    private static PlanChange over(RolloutPlan plan) {
        return refused(
                plan, Code.OVER_100_PERCENT, "the candidates' shares add up to more than 100 %");
    }

    private static PlanChange paused(RolloutPlan plan) {
        return refused(plan, Code.PAUSED, "the rollout is paused: resume it first");
    }

    private static PlanChange unknown(RolloutPlan plan, ModelCommand c) {
        return refused(
                plan,
                Code.UNKNOWN_VERSION,
                "no version %s is in the plan: %s".formatted(c.getVersion(), names(plan)));
    }

    private static PlanChange notCandidate(RolloutPlan plan, ModelCommand c) {
        return refused(
                plan,
                Code.NOT_A_CANDIDATE,
                "version %s is no candidate: publish it as one, or give a shadow users by a ramp"
                        .formatted(c.getVersion()));
    }

    private static List<String> names(RolloutPlan plan) {
        List<String> names = new ArrayList<>();
        plan.loaded().forEach(v -> names.add(v.name()));
        plan.shadows().forEach(v -> names.add(v.name()));
        return names;
    }
}
