package io.dienstream.job.rollout;

import java.util.Locale;

/**
 * Why a command changed nothing.
 *
 * @param message for people
 */
public record Refusal(Code code, String message) {
    /** The name is what scripts and metrics see. */
    public enum Code {
        /** A kind that this release does not know. */
        UNKNOWN_KIND,
        /** The writer had seen another plan than the one in effect. */
        STALE_REVISION,
        /** A field is missing or not what it must be. */
        INVALID_FIELD,
        /** No version of that name is in the plan. */
        UNKNOWN_VERSION,
        /** A version of that name, with another artifact, is in the plan. */
        VERSION_EXISTS,
        /** Live, previous and candidates would be more than a JVM holds. */
        TOO_MANY_VERSIONS,
        /** All candidates together would have more than all users. */
        OVER_100_PERCENT,
        /** It answers everybody already; less is a rollback. */
        ALREADY_LIVE,
        /** The live version cannot be retired. */
        STILL_LIVE,
        /** Only a candidate, which every task has loaded, can become live. */
        NOT_A_CANDIDATE,
        /** There is no candidate to withdraw and no version that was live before. */
        NOTHING_TO_ROLL_BACK_TO,
        /** The rollout is paused. */
        PAUSED,
        /** The rollout is not paused. */
        NOT_PAUSED;

        /** As metrics and JSON have it. */
        public String code() {
            return name().toLowerCase(Locale.ROOT);
        }
    }
}
