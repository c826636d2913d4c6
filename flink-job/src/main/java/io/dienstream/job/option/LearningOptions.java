package io.dienstream.job.option;

import static io.dienstream.job.option.Option.duration;
import static io.dienstream.job.option.Option.text;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/** Every option of the learning job in one table; some are the scoring job's too. Immutable. */
public final class LearningOptions extends Settings {
    private static final long serialVersionUID = 1;

    public static final Option<String> GROUP_ID = JobOptions.GROUP_ID.withDefault("dien-learning");
    public static final Option<String> SERVED =
            JobOptions.SERVED.withDefault(
                    "served", "Topic that requests as they were scored are read from");
    public static final Option<String> IMPRESSIONS =
            text("topics.impressions", "impressions", "Topic that impressions are read from");
    public static final Option<String> CLICKS =
            text("topics.ad-clicks", "ad-clicks", "Topic that clicks on ads are read from");
    public static final Option<String> EXAMPLES =
            text(
                    "topics.training-examples",
                    "training-examples",
                    "Topic that joined examples are written to");
    public static final Option<String> CORRECTIONS =
            text(
                    "topics.label-corrections",
                    "label-corrections",
                    "Topic for clicks that came after their example was final");
    public static final Option<String> DEAD_LETTERS =
            JobOptions.DEAD_LETTERS.withDefault("learning-dead-letters");
    public static final Option<String> TRANSACTION_PREFIX =
            JobOptions.TRANSACTION_PREFIX.withDefault("dien-learning");
    public static final Option<Duration> ALLOWED_LATENESS =
            JobOptions.ALLOWED_LATENESS.withDefault(
                    "10s",
                    "How far behind the newest event time of its partition a record may be; labels"
                            + " wait so much longer");
    public static final Option<Duration> IDLE_AFTER =
            JobOptions.IDLE_AFTER.withDefault(
                    "0s",
                    "A partition of served or impressions without records for so long no longer"
                            + " holds back time; 0s: never. Clicks always do: without them nobody"
                            + " knows that there were none");
    public static final Option<Duration> MAX_DRIFT =
            JobOptions.MAX_DRIFT.withDefault(
                    "1d",
                    "How far in event time one of the three topics is read ahead of the others,"
                            + " which waits in state until then; 0s: without bound");
    public static final Option<Duration> WAIT =
            new Option<>(
                    "labels.wait",
                    "30min",
                    "a duration of at least 1 ms",
                    "W: a candidate's label is final so long after its impression, in event time",
                    Parsers.duration(Duration.ofMillis(1), Duration.ofDays(365)));
    public static final Option<Duration> CORRECTION_WAIT =
            duration(
                    "labels.correction-wait",
                    "1d",
                    "W2, at least W: a click up to so long after the impression corrects a label"
                            + " that was final; later ones are counted");
    public static final Option<Duration> IMPRESSION_WAIT =
            duration(
                    "labels.impression-wait",
                    "0s",
                    "A request that nobody was shown so long after its time is forgotten; 0s: as"
                            + " long as labels.wait");
    public static final Option<Double> NEGATIVE_RATE =
            new Option<>(
                    "examples.negative-rate",
                    "1",
                    "more than 0, at most 1",
                    "w: share of the candidates without a click that is kept; it stands beside each"
                            + " of them as sampling_rate",
                    Parsers.share());
    public static final Option<String> SALT =
            new Option<>(
                    "examples.salt",
                    "",
                    "any text, or nothing",
                    "Draws which negatives are kept: the same salt, request and ad, the same answer",
                    text -> text);
    public static final Option<String> DIRECTORY =
            new Option<>(
                    "examples.directory",
                    "",
                    "a URI, or nothing",
                    "Directory that examples and corrections are written to as Avro files as well,"
                            + " by the hour; empty: none",
                    text -> text);

    public static final Option<String> QUALITY =
            text(
                    "topics.model-quality",
                    "model-quality",
                    "Topic for sums over windows by version, arm and segment: dien quality reads"
                            + " them");
    public static final Option<Duration> QUALITY_WINDOW =
            duration(
                    "quality.window",
                    "5min",
                    "Length of a window of online quality, in event time of impressions; 0s: none"
                            + " are written");

    /** The whole table, in the order of docs/reference/options.md. */
    public static final List<Option<?>> ALL =
            List.of(
                    JobOptions.BOOTSTRAP_SERVERS,
                    GROUP_ID,
                    JobOptions.KAFKA_TIMEOUT,
                    JobOptions.PARTITION_DISCOVERY,
                    JobOptions.START_OFFSETS,
                    SERVED,
                    IMPRESSIONS,
                    CLICKS,
                    EXAMPLES,
                    CORRECTIONS,
                    DEAD_LETTERS,
                    JobOptions.UNBOUNDED_RECORDS,
                    JobOptions.REGISTRY_URL,
                    JobOptions.REGISTRY_CREDENTIALS,
                    JobOptions.REGISTRY_TIMEOUT,
                    ALLOWED_LATENESS,
                    IDLE_AFTER,
                    MAX_DRIFT,
                    JobOptions.MAX_AHEAD,
                    JobOptions.EARLIEST,
                    WAIT,
                    CORRECTION_WAIT,
                    IMPRESSION_WAIT,
                    NEGATIVE_RATE,
                    SALT,
                    DIRECTORY,
                    QUALITY,
                    QUALITY_WINDOW,
                    JobOptions.MODELS,
                    JobOptions.ROLLOUT_ENABLED,
                    JobOptions.ROLLOUT_MODEL,
                    JobOptions.MODEL_PUBLIC_KEY,
                    JobOptions.MODEL_CACHE,
                    JobOptions.MODEL_CACHE_SIZE,
                    JobOptions.MODEL_COPY_DIRECTORY,
                    JobOptions.MODEL_LOAD_SHARE,
                    JobOptions.MAX_CANDIDATES,
                    JobOptions.MAX_VALUE_LENGTH,
                    JobOptions.BACKEND,
                    JobOptions.MAPPED_READS,
                    JobOptions.CHECKPOINT_INTERVAL,
                    JobOptions.CHECKPOINT_TIMEOUT,
                    JobOptions.CHECKPOINT_DIRECTORY,
                    JobOptions.START_FROM,
                    JobOptions.TOLERATED_FAILURES,
                    JobOptions.DELIVERY,
                    TRANSACTION_PREFIX,
                    JobOptions.PARALLELISM,
                    JobOptions.BUFFER_TIMEOUT,
                    JobOptions.BOUNDED);

    private LearningOptions(Map<String, String> values) {
        super(values, ALL);
        requireDifferentTopics(
                List.of(
                        SERVED,
                        IMPRESSIONS,
                        CLICKS,
                        EXAMPLES,
                        CORRECTIONS,
                        DEAD_LETTERS,
                        QUALITY,
                        JobOptions.MODELS));
        if (get(CORRECTION_WAIT).compareTo(get(WAIT)) < 0) {
            throw new OptionException(
                    "option labels.correction-wait = %s is less than labels.wait = %s"
                            .formatted(get(CORRECTION_WAIT), get(WAIT)));
        }
        if (!get(DIRECTORY).isEmpty() && get(JobOptions.CHECKPOINT_INTERVAL).isZero()) {
            throw new OptionException(
                    "option examples.directory needs checkpoint.interval above 0s: files are"
                            + " finished by checkpoints");
        }
    }

    @Override
    public List<Option<?>> table() {
        return ALL;
    }

    /**
     * @param args {@code --key=value} or {@code --key value}
     * @param environment of the process
     * @throws OptionException naming a wrong or missing option
     */
    public static LearningOptions parse(String[] args, Map<String, String> environment)
            throws IOException {
        return new LearningOptions(values(args, environment, ALL));
    }

    /** Options from a map alone. */
    public static LearningOptions of(Map<String, String> values) {
        return new LearningOptions(values(values, ALL));
    }
}
