package io.dienstream.chaos;

import io.dienstream.job.option.Delivery;
import io.dienstream.job.option.JobOptions;
import io.dienstream.job.option.Option;
import io.dienstream.job.option.OptionException;
import io.dienstream.job.option.TimeMode;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SplittableRandom;

/**
 * What the job under test is asked to promise, and with what at work inside: drawn from the seed of
 * a run, each of it unless it is fixed.
 *
 * @param ttl after which a user without behaviors is forgotten; zero: never
 * @param idleAfter after which a silent partition no longer holds time back; zero: never
 * @param scoringParallelism subtasks of the scoring operator; 0: chained
 * @param rollout whether models change while the job runs
 */
public record Conditions(
        Delivery delivery,
        TimeMode timeMode,
        Duration ttl,
        Duration idleAfter,
        int scoringParallelism,
        boolean rollout) {
    /** Users pause for longer than this now and then, see {@link Absences}. */
    private static final Duration DRAWN_TTL = Duration.ofSeconds(10);

    /** Partitions are silent for longer than this now and then, likewise. */
    private static final Duration DRAWN_IDLE = Duration.ofSeconds(3);

    private static final int MOST_SCORING = 3;

    private static final List<Option<?>> FREE =
            List.of(
                    JobOptions.KAFKA_TIMEOUT,
                    JobOptions.PARTITION_DISCOVERY,
                    JobOptions.MAX_DRIFT,
                    JobOptions.BACKEND,
                    JobOptions.MAPPED_READS,
                    JobOptions.CHECKPOINT_INTERVAL,
                    JobOptions.CHECKPOINT_TIMEOUT,
                    JobOptions.FLUSH_AHEAD,
                    JobOptions.TOLERATED_FAILURES,
                    JobOptions.WARM_UP,
                    JobOptions.BUFFER_TIMEOUT);

    /**
     * What is not left to the seed; null for what is.
     *
     * @param scoringParallelism likewise
     * @param rollout likewise
     */
    public record Fixed(
            Delivery delivery,
            TimeMode timeMode,
            Duration ttl,
            Duration idleAfter,
            Integer scoringParallelism,
            Boolean rollout) {
        /** Everything is drawn. */
        public static final Fixed NOTHING = new Fixed(null, null, null, null, null, null);
    }

    /**
     * @throws OptionException where a silent partition could make one record both late and in time:
     *     with event time, at-least-once delivery and idleness a record may be refused before a
     *     restart and applied after it, so nobody could say which answer is the right one
     */
    public Conditions {
        if (timeMode == TimeMode.EVENT_TIME
                && delivery == Delivery.AT_LEAST_ONCE
                && !idleAfter.isZero()) {
            throw new OptionException(
                    "--idle-after is for exactly-once delivery or latest mode: with both at-least-once"
                            + " and event-time a record may be late before a restart and in time after"
                            + " it; set --idle-after 0s");
        }
    }

    /** The same for the same seed; what is fixed changes nothing of what is drawn. */
    public static Conditions draw(long seed, Fixed fixed) {
        SplittableRandom random = new SplittableRandom(seed);
        Delivery delivery = random.nextBoolean() ? Delivery.EXACTLY_ONCE : Delivery.AT_LEAST_ONCE;
        TimeMode timeMode = random.nextBoolean() ? TimeMode.EVENT_TIME : TimeMode.LATEST;
        Duration ttl = random.nextBoolean() ? DRAWN_TTL : Duration.ZERO;
        Duration idleAfter = random.nextBoolean() ? DRAWN_IDLE : Duration.ZERO;
        int scoring = random.nextBoolean() ? 1 + random.nextInt(MOST_SCORING) : 0;
        boolean rollout = random.nextBoolean();

        delivery = fixed.delivery() == null ? delivery : fixed.delivery();
        timeMode = fixed.timeMode() == null ? timeMode : fixed.timeMode();
        if (fixed.idleAfter() != null) {
            idleAfter = fixed.idleAfter();
        } else if (timeMode == TimeMode.EVENT_TIME && delivery == Delivery.AT_LEAST_ONCE) {
            idleAfter = Duration.ZERO;
        }
        return new Conditions(
                delivery,
                timeMode,
                fixed.ttl() == null ? ttl : fixed.ttl(),
                idleAfter,
                fixed.scoringParallelism() == null ? scoring : fixed.scoringParallelism(),
                fixed.rollout() == null ? rollout : fixed.rollout());
    }

    boolean exactlyOnce() {
        return delivery == Delivery.EXACTLY_ONCE;
    }

    boolean eventTime() {
        return timeMode == TimeMode.EVENT_TIME;
    }

    /**
     * Whether a valid record may come too late: time does not wait for a partition that is silent,
     * be it by itself or because its broker is away.
     */
    boolean mayBeLate() {
        return eventTime() && !idleAfter.isZero();
    }

    /** Options of the job that say so. */
    Map<String, String> options() {
        Map<String, String> options = new LinkedHashMap<>();
        options.put(JobOptions.DELIVERY.key(), key(delivery));
        options.put(JobOptions.TIME_MODE.key(), key(timeMode));
        options.put(JobOptions.STATE_TTL.key(), ttl.toMillis() + " ms");
        options.put(JobOptions.IDLE_AFTER.key(), idleAfter.toMillis() + " ms");
        options.put(JobOptions.SCORING_PARALLELISM.key(), Integer.toString(scoringParallelism));
        options.put(JobOptions.ROLLOUT_ENABLED.key(), Boolean.toString(rollout));
        return options;
    }

    /**
     * Whether an option of the job may be set beside the conditions: it changes how fast and how
     * often, not what is right.
     */
    public static boolean isFree(String key) {
        return key.startsWith(JobOptions.KAFKA_PREFIX)
                || FREE.stream().anyMatch(option -> option.key().equals(key));
    }

    /** Value by flag of {@code ./dien chaos}, in the order of its help. */
    Map<String, String> shown() {
        Map<String, String> shown = new LinkedHashMap<>();
        shown.put("delivery", key(delivery));
        shown.put("time-mode", key(timeMode));
        shown.put("ttl", seconds(ttl));
        shown.put("idle-after", seconds(idleAfter));
        shown.put("scoring-parallelism", Integer.toString(scoringParallelism));
        shown.put("rollout", Boolean.toString(rollout));
        return shown;
    }

    private static String seconds(Duration duration) {
        return duration.toMillis() % 1000 == 0
                ? duration.toSeconds() + "s"
                : duration.toMillis() + "ms";
    }

    private static String key(Enum<?> choice) {
        return choice.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
