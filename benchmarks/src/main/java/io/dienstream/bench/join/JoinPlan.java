package io.dienstream.bench.join;

import java.io.Serializable;

/**
 * How much is joined.
 *
 * @param behaviors of a request as it was served; most of its snapshot
 * @param candidates of a request
 * @param shown of them, its first ones
 * @param rate impressions a second of event time
 * @param clickRate clicks an impression
 * @param lateShare of the clicks: those come after W, within 2 W
 * @param parallelism of the job
 * @param seconds for which the clock runs once labels become final
 * @param warmUp seconds before that
 */
public record JoinPlan(
        int behaviors,
        int candidates,
        int shown,
        double rate,
        double clickRate,
        double lateShare,
        int parallelism,
        double seconds,
        double warmUp)
        implements Serializable {
    private static final long serialVersionUID = 1;
}
