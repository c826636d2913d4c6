package io.dienstream.operate.rollout;

import io.dienstream.job.rollout.PlannedVersion;
import io.dienstream.job.rollout.RolloutLog;
import io.dienstream.job.rollout.RolloutPlan;

/**
 * The version that was live at a time, and the command that made it so: a promotion or a rollback,
 * whatever else was commanded since.
 *
 * @param plan in effect then
 * @param since the command; null where none was, and the jobs' own model was live
 */
public record LiveVersion(RolloutPlan plan, RolloutLog.Entry since) {

    /**
     * @param time ms: event time in event-time mode, else the clock's
     */
    public static LiveVersion at(RolloutLog log, long time) {
        LiveVersion now = new LiveVersion(RolloutPlan.INITIAL, null);
        for (RolloutLog.Entry entry : log.entries()) {
            if (entry.refusal() != null || entry.effectiveAt() > time) {
                continue;
            }
            boolean isOther = !isSame(now.plan.live(), entry.plan().live());
            now = new LiveVersion(entry.plan(), isOther ? entry : now.since);
        }
        return now;
    }

    /** Published again it is the same artifact, though of another place; a name may come again. */
    private static boolean isSame(PlannedVersion one, PlannedVersion other) {
        return one.name().equals(other.name()) && one.sha256().equals(other.sha256());
    }
}
