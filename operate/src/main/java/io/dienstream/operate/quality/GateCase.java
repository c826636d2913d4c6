package io.dienstream.operate.quality;

import io.dienstream.evaluation.gate.Blocks;
import io.dienstream.evaluation.gate.Gate;
import io.dienstream.evaluation.gate.GateRules;
import io.dienstream.evaluation.gate.Judgement;
import io.dienstream.evaluation.gate.PairedWindow;
import io.dienstream.evaluation.gate.UserShares;
import io.dienstream.evaluation.gate.Verdict;
import io.dienstream.evaluation.online.QualitySums;
import io.dienstream.job.learning.quality.QualityRecords;
import io.dienstream.job.rollout.Candidate;
import io.dienstream.job.rollout.PlannedVersion;
import io.dienstream.job.rollout.RolloutLog;
import io.dienstream.job.rollout.RolloutPlan;
import io.dienstream.schema.ModelCommandKind;
import io.dienstream.schema.ModelQuality;
import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** One version before the gate: what the plan says of it, and what was measured. */
public final class GateCase {
    private static final String ALL = "all";
    private static final int FINGERPRINT = 16;
    private static final double WHOLE = 100;

    private final RolloutLog log;
    private final RolloutPlan plan;
    private final PlannedVersion version;
    private final boolean isShadow;

    /**
     * The step that a verdict asks for.
     *
     * @param kind RAMP, PROMOTE, ROLLBACK or RETIRE
     * @param percent of a RAMP
     */
    public record Step(ModelCommandKind kind, double percent) {}

    /**
     * @param name of the version
     * @throws IOException where it is neither a shadow nor a candidate of the plan
     */
    public GateCase(RolloutLog log, String name) throws IOException {
        this.log = log;
        plan = log.plan();
        version = plan.version(name);
        isShadow = version != null && plan.shadows().contains(version);
        if (version == null || (!isShadow && plan.candidate(name) == null)) {
            throw new IOException(
                    "version %s is neither a shadow nor a candidate of plan %d; ./dien model status"
                            .formatted(name, plan.revision()));
        }
    }

    /** Whether it answers nobody. */
    public boolean isShadow() {
        return isShadow;
    }

    /** Revision of the plan that is judged. */
    public long revision() {
        return plan.revision();
    }

    /**
     * Judges it by the windows that count: those after it was published, or after {@code
     * trainedUntil} where that is told; of a candidate also those after the newest change of
     * shares.
     *
     * @param trainedUntil ms, or null
     * @param now ms
     * @throws IOException where a window's sketch is none
     */
    public Judgement judge(QualityLog quality, GateRules rules, Long trainedUntil, long now)
            throws IOException {
        Gate gate = new Gate(rules);
        long from = trainedUntil == null ? publishedAt() : trainedUntil;
        String arm = isShadow ? "shadow" : "candidate";
        List<ModelQuality> own =
                quality.windows(
                        q ->
                                q.getSegment().equals(ALL)
                                        && q.getArm().equals(arm)
                                        && q.getModelFingerprint().equals(fingerprint(version)));
        Map<Long, ModelQuality> live = liveWindows(quality);
        if (isShadow) {
            Blocks blocks = gate.pairedBlocks(from);
            return gate.shadow(blocks, fill(blocks, own, live, now, from));
        }
        long since = Math.max(from, sharesChangedAt());
        Blocks blocks = gate.splitBlocks(since);
        return gate.split(blocks, fill(blocks, own, live, now, since));
    }

    private Gate.Circumstances fill(
            Blocks blocks,
            List<ModelQuality> own,
            Map<Long, ModelQuality> live,
            long now,
            long from)
            throws IOException {
        double coverage = Double.NaN;
        UserShares shares = null;
        for (ModelQuality q : own) {
            ModelQuality other = live.get(q.getWindowStart());
            if (other == null) {
                continue; // not told yet, or nobody was answered by the live version
            }
            QualitySums sums = QualityRecords.sums(q);
            blocks.add(
                    new PairedWindow(
                            q.getWindowStart(),
                            q.getWindowEnd(),
                            QualityRecords.sums(other),
                            sums));
            if (q.getWindowStart() < from) {
                continue;
            }
            if (q.getClickCoverage() != null) {
                double told = q.getClickCoverage();
                coverage = Double.isNaN(coverage) ? told : Math.min(coverage, told);
            }
            if (shares == null || users(q, other) > shares.live() + shares.candidate()) {
                shares = new UserShares(other.getUsers(), q.getUsers(), expected());
            }
        }
        return new Gate.Circumstances(now, coverage, isShadow ? null : shares);
    }

    private static long users(ModelQuality a, ModelQuality b) {
        return a.getUsers() + b.getUsers();
    }

    /** The candidate's share among its users and the live version's. */
    private double expected() {
        Candidate candidate = plan.candidate(version.name());
        double own = candidate == null ? 0 : candidate.percent();
        return own / (own + plan.percent(plan.live()));
    }

    /** By start; where the plan does not know the live artifact, the one with most impressions. */
    private Map<Long, ModelQuality> liveWindows(QualityLog quality) {
        Map<Long, ModelQuality> live = new HashMap<>();
        List<ModelQuality> windows =
                quality.windows(
                        q ->
                                q.getSegment().equals(ALL)
                                        && q.getArm().equals("live")
                                        && (plan.live().isConfigured()
                                                || q.getModelFingerprint()
                                                        .equals(fingerprint(plan.live()))));
        for (ModelQuality q : windows) {
            live.merge(
                    q.getWindowStart(),
                    q,
                    (a, b) -> b.getImpressions() > a.getImpressions() ? b : a);
        }
        return live;
    }

    private static String fingerprint(PlannedVersion version) {
        return version.sha256().substring(0, FINGERPRINT);
    }

    /** When the newest artifact of that name came: what it was trained on was before. */
    private long publishedAt() {
        return newest(ModelCommandKind.PUBLISH, version.name());
    }

    private long newest(ModelCommandKind kind, String name) {
        long at = 0;
        for (RolloutLog.Entry entry : log.entries()) {
            boolean counts =
                    entry.refusal() == null
                            && entry.command().getKind() == kind
                            && entry.command().getVersion().equals(name);
            at = counts ? Math.max(at, entry.effectiveAt()) : at;
        }
        return at;
    }

    /** When users last moved between versions. */
    private long sharesChangedAt() {
        long at = 0;
        RolloutPlan before = RolloutPlan.INITIAL;
        for (RolloutLog.Entry entry : log.entries()) {
            if (entry.refusal() != null) {
                continue;
            }
            RolloutPlan after = entry.plan();
            boolean same =
                    after.candidates().equals(before.candidates())
                            && after.salt().equals(before.salt())
                            && after.live().equals(before.live())
                            && after.paused() == before.paused();
            at = same ? at : Math.max(at, entry.effectiveAt());
            before = after;
        }
        return at;
    }

    /**
     * What {@code verdict} asks for; null where it asks for nothing.
     *
     * @param steps shares of users, %, ascending; after the last a candidate is promoted
     */
    public Step step(Verdict verdict, List<Double> steps) {
        if (verdict == Verdict.INCONCLUSIVE) {
            return null;
        }
        if (verdict == Verdict.FAIL) {
            return new Step(isShadow ? ModelCommandKind.RETIRE : ModelCommandKind.ROLLBACK, 0);
        }
        double now = isShadow ? 0 : plan.candidate(version.name()).percent();
        for (double step : steps) {
            if (step > now && step < WHOLE) {
                return new Step(ModelCommandKind.RAMP, step);
            }
        }
        return new Step(ModelCommandKind.PROMOTE, 0);
    }
}
