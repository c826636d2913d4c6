package io.dienstream.job.option;

import static io.dienstream.job.option.Option.bool;
import static io.dienstream.job.option.Option.choice;
import static io.dienstream.job.option.Option.duration;
import static io.dienstream.job.option.Option.integer;
import static io.dienstream.job.option.Option.text;

import io.dienstream.dien.model.IdEncoding;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;

/** Every option of the scoring job in one table. Immutable. */
public final class JobOptions extends Settings {
    private static final long serialVersionUID = 1;

    public static final Option<String> BOOTSTRAP_SERVERS =
            new Option<>(
                    "kafka.bootstrap-servers",
                    null,
                    "host:port[,host:port...]",
                    "Kafka brokers to start from",
                    Parsers.text());
    public static final Option<String> GROUP_ID =
            text("kafka.group-id", "dien-stream", "Consumer group that offsets are committed to");
    public static final Option<Duration> KAFKA_TIMEOUT =
            duration("kafka.startup-timeout", "20s", "How long to wait for Kafka at start");
    public static final Option<Duration> PARTITION_DISCOVERY =
            duration(
                    "kafka.partition-discovery",
                    "30s",
                    "How often topics are asked for new partitions, which are then read from their"
                            + " beginning; 0s: never");
    public static final Option<String> START_OFFSETS =
            new Option<>(
                    "kafka.start-offsets",
                    "",
                    "a file, or nothing",
                    "File that dien bootstrap wrote: a job without checkpoints starts there; empty:"
                            + " at the committed offsets, else the beginning",
                    text -> text);
    public static final Option<String> BEHAVIORS =
            text("topics.behaviors", "behaviors", "Topic that behaviors are read from");
    public static final Option<String> REQUESTS =
            text("topics.ad-requests", "ad-requests", "Topic that ad requests are read from");
    public static final Option<String> CONTROL =
            text("topics.control", "control", "Topic that erasures are read from");
    public static final Option<String> SCORES =
            text("topics.scores", "scores", "Topic that ranked answers are written to");
    public static final Option<String> SERVED =
            text("topics.served", "served", "Topic for requests as they were scored");
    public static final Option<String> DEAD_LETTERS =
            text("topics.dead-letters", "dead-letters", "Topic for records that were refused");
    public static final Option<String> MODELS =
            text("topics.models", "models", "Topic that commands on models are read from");
    public static final Option<String> MODEL_STATUS =
            text(
                    "topics.model-status",
                    "model-status",
                    "Topic for what each task does with each version of the model");
    public static final Option<Boolean> UNBOUNDED_RECORDS =
            bool(
                    "topics.unbounded-records",
                    false,
                    "Whether the job starts though an input topic takes compressed records of any"
                            + " size");
    public static final Option<String> REGISTRY_URL =
            new Option<>(
                    "schema-registry.url",
                    "",
                    "a URL such as http://registry:8081, or nothing",
                    "Registry with Confluent's API: messages in its wire format are read beside"
                            + " single-object ones, scores and served are written in it; empty:"
                            + " none",
                    Parsers.webAddress());
    public static final Option<String> REGISTRY_CREDENTIALS =
            new Option<>(
                    "schema-registry.credentials-file",
                    "",
                    "a file, or nothing",
                    "File with user:password, or with a bearer token, for the registry",
                    text -> text);
    public static final Option<Duration> REGISTRY_TIMEOUT =
            duration(
                    "schema-registry.timeout",
                    "30s",
                    "How long a registry that is away is asked again before the job fails");
    public static final Option<Boolean> SERVED_ENABLED =
            bool(
                    "served.enabled",
                    true,
                    "Whether requests are written as they were scored, for training");
    public static final Option<String> MODEL =
            new Option<>(
                    "model.path",
                    null,
                    "a directory in the format of docs/reference/model-format.md",
                    "Model artifact, readable on every TaskManager",
                    Parsers.text());
    public static final Option<String> MODEL_PUBLIC_KEY =
            new Option<>(
                    "model.public-key",
                    "",
                    "a file, or nothing",
                    "Ed25519 public key, PEM, readable on every TaskManager: models without its"
                            + " signature are refused; empty: any is taken",
                    text -> text);
    public static final Option<Boolean> ROLLOUT_ENABLED =
            bool(
                    "rollout.enabled",
                    false,
                    "Whether commands on models are read, from topics.models, so that versions"
                            + " change while the job runs; false: model.path answers everybody, and"
                            + " neither that topic nor topics.model-status is needed");
    public static final Option<String> ROLLOUT_MODEL =
            text("rollout.model", "default", "Whose commands count, where a topic has several's");
    public static final Option<Missing> MODEL_MISSING =
            choice(
                    "model.missing",
                    Missing.FAIL,
                    "What happens at a start where the live version cannot be loaded: fail, or wait"
                            + " until it can");
    public static final Option<String> MODEL_CACHE =
            new Option<>(
                    "model.cache-directory",
                    "",
                    "a directory, or nothing",
                    "Directory of each TaskManager for copies of published models, by checksum; it"
                            + " must be writable by the job's user alone; empty: a temporary one of"
                            + " the process",
                    text -> text);
    public static final Option<Integer> MODEL_CACHE_SIZE =
            integer(
                    "model.cache-size",
                    8192,
                    1,
                    1 << 24,
                    "Most MiB of copies that are kept, and that one model may have; the least"
                            + " recently used copy goes");
    public static final Option<Double> MODEL_LOAD_SHARE =
            new Option<>(
                    "model.load-share",
                    "0.25",
                    "above 0, up to 1",
                    "Of a core's time, what a version takes to be fetched, checked and warmed up"
                            + " beside the one that answers; all of it while a task waits for it",
                    Parsers.share());
    public static final Option<String> MODEL_COPY_DIRECTORY =
            new Option<>(
                    "model.copy-directory",
                    "",
                    "a directory, or nothing",
                    "Directory, on a disk of each TaskManager and of the process that starts the"
                            + " job, where weights and vocabularies above 16 MiB are copied and"
                            + " mapped from, in files that no name leads to; empty:"
                            + " java.io.tmpdir",
                    text -> text);
    public static final Option<TimeMode> TIME_MODE =
            choice("time.mode", TimeMode.LATEST, "When records are applied");
    public static final Option<Duration> ALLOWED_LATENESS =
            duration(
                    "time.allowed-lateness",
                    "1h",
                    "How far behind the newest event time a record may be; in event-time mode also"
                            + " how long answers wait");
    public static final Option<Duration> IDLE_AFTER =
            duration(
                    "time.idle-after",
                    "30s",
                    "A partition without records for so long no longer holds back time; 0s: never");
    public static final Option<Duration> CONTROL_IDLE_AFTER =
            duration(
                    "time.control-idle-after",
                    "1s",
                    "Likewise for the control topic, which is mostly empty; event-time mode only");
    public static final Option<Duration> MAX_DRIFT =
            duration(
                    "time.max-drift",
                    "1d",
                    "Event-time mode: how far in event time one topic is read ahead of the other,"
                            + " which waits in state until then; 0s: without bound");
    public static final Option<Duration> MAX_AHEAD =
            duration(
                    "time.max-ahead",
                    "5min",
                    "How far event time may be ahead of the Kafka record's own time");
    public static final Option<Instant> EARLIEST =
            new Option<>(
                    "time.earliest",
                    "2000-01-01T00:00:00Z",
                    "an instant such as 2000-01-01T00:00:00Z",
                    "Event times before it are refused",
                    Instant::parse);
    public static final Option<Duration> DEADLINE =
            duration(
                    "request.deadline",
                    "0s",
                    "A request older than this when its turn comes is not scored; 0s: none."
                            + " For time.mode latest");
    public static final Option<Expired> EXPIRED =
            choice(
                    "request.expired",
                    Expired.ANSWER,
                    "What becomes of a request past its deadline");
    public static final Option<Integer> MAX_CANDIDATES =
            integer("request.max-candidates", 1000, 1, 100_000, "Most candidates of a request");
    public static final Option<Integer> MAX_VALUE_LENGTH =
            integer(
                    "value.max-length",
                    1024,
                    1,
                    IdEncoding.MOST_CHARS,
                    "Longest id, field name or value, chars");
    public static final Option<Integer> MAX_BEHAVIOR_BYTES =
            integer(
                    "behavior.max-bytes",
                    512,
                    1,
                    1 << 20,
                    "Most bytes that names and values of a behavior's fields have in all: a history"
                            + " of max_length such behaviors is read with every request, and"
                            + " written to served");
    public static final Option<Backend> BACKEND =
            choice("state.backend", Backend.ROCKSDB, "Where keyed state lives");
    public static final Option<Boolean> MAPPED_READS =
            bool(
                    "state.mapped-reads",
                    true,
                    "Whether RocksDB reads its files mapped into memory, checksums left to"
                            + " compaction; false: through its own cache");
    public static final Option<Duration> STATE_TTL =
            duration(
                    "state.ttl",
                    "0s",
                    "A user without behaviors for so long is forgotten; 0s: never");
    public static final Option<Integer> MAX_BEHAVIORS =
            integer(
                    "state.max-behaviors",
                    0,
                    0,
                    100_000,
                    "Most behaviors that are kept of a user, never fewer than the model's"
                            + " max_length; 0: as many as the longest max_length that this state"
                            + " was used with, so that a model that comes back finds what it had");
    public static final Option<Boolean> OTHER_FIELDS =
            bool(
                    "state.other-fields",
                    true,
                    "Whether behaviors keep the fields that the model does not have, for a later"
                            + " one that has them, within behavior.max-bytes");
    public static final Option<Damaged> DAMAGED =
            choice(
                    "state.damaged",
                    Damaged.FAIL,
                    "What happens when a stored history is not what was written: fail: the job goes"
                            + " back to its checkpoint; forget: the user begins anew, counted");
    public static final Option<Duration> CHECKPOINT_INTERVAL =
            duration("checkpoint.interval", "30s", "Time between checkpoints; 0s: none");
    public static final Option<Duration> CHECKPOINT_TIMEOUT =
            new Option<>(
                    "checkpoint.timeout",
                    "2min",
                    "a duration of at least 1 ms",
                    "A checkpoint that takes longer has failed",
                    Parsers.duration(Duration.ofMillis(1), Duration.ofDays(1)));
    public static final Option<Duration> FLUSH_AHEAD =
            duration(
                    "checkpoint.flush-ahead",
                    "500ms",
                    "So long before a checkpoint is due RocksDB starts to write its buffers out,"
                            + " for which the checkpoint would hold records up; 0s, or over half of"
                            + " checkpoint.interval: only the checkpoint does");
    public static final Option<String> CHECKPOINT_DIRECTORY =
            new Option<>(
                    "checkpoint.directory",
                    "",
                    "a URI, or nothing",
                    "Where checkpoints go; empty: where Flink is configured to put them"
                            + " (execution.checkpointing.dir), under dien job a directory of this"
                            + " job's own",
                    text -> text);
    public static final Option<String> START_FROM =
            new Option<>(
                    "job.start-from",
                    "",
                    "the URI of a savepoint or checkpoint, latest, none, or nothing",
                    "State to start from; latest: the newest checkpoint in checkpoint.directory, if"
                            + " there is one; none: without state, though there may be one."
                            + " Leave it to Flink where Flink deploys the job",
                    text -> text);
    public static final Option<Integer> TOLERATED_FAILURES =
            integer(
                    "checkpoint.tolerated-failures",
                    30,
                    0,
                    1_000_000,
                    "Failed checkpoints in a row before the job restarts, which helps no full disk."
                            + " Exactly-once: fewer where transactions would not outlast them");
    public static final Option<Delivery> DELIVERY =
            choice("delivery.guarantee", Delivery.AT_LEAST_ONCE, "What the sinks promise");
    public static final Option<String> TRANSACTION_PREFIX =
            text("delivery.transactional-id-prefix", "dien-stream", "Unique to this deployment");
    public static final Option<Integer> PARALLELISM =
            integer(
                    "job.parallelism",
                    1,
                    0,
                    32_768,
                    "Subtasks of every operator; 0: as Flink is configured, for clusters that set"
                            + " it");
    public static final Option<Integer> SCORING_PARALLELISM =
            integer(
                    "scoring.parallelism",
                    0,
                    0,
                    32_768,
                    "Subtasks of the scoring operator when it is not chained; 0: chained");
    public static final Option<Double> ATTENTION_TAIL =
            new Option<>(
                    "scoring.attention-tail",
                    "0",
                    "at least 0 and less than 1",
                    "Attention that each candidate's evolution steps that are left out may have in"
                            + " all, under gates that the attention multiplies; 0: exact",
                    Parsers.number(0, 1));
    public static final Option<Duration> WARM_UP =
            duration(
                    "scoring.warm-up",
                    "10s",
                    "Most time that made-up requests are scored before the first live one, once a"
                            + " JVM and model; ends earlier when they stop getting faster; 0s: none");
    public static final Option<Duration> BUFFER_TIMEOUT =
            duration("job.buffer-timeout", "0ms", "How long a record may wait to be shipped");
    public static final Option<Boolean> BOUNDED =
            bool(
                    "source.bounded",
                    false,
                    "Read what the topics hold at start, then finish: backfill and evaluation");

    /** The whole table, in the order of docs/reference/options.md. */
    public static final List<Option<?>> ALL =
            List.of(
                    BOOTSTRAP_SERVERS,
                    GROUP_ID,
                    KAFKA_TIMEOUT,
                    PARTITION_DISCOVERY,
                    START_OFFSETS,
                    BEHAVIORS,
                    REQUESTS,
                    CONTROL,
                    SCORES,
                    SERVED,
                    DEAD_LETTERS,
                    MODELS,
                    MODEL_STATUS,
                    UNBOUNDED_RECORDS,
                    REGISTRY_URL,
                    REGISTRY_CREDENTIALS,
                    REGISTRY_TIMEOUT,
                    SERVED_ENABLED,
                    MODEL,
                    MODEL_PUBLIC_KEY,
                    ROLLOUT_ENABLED,
                    ROLLOUT_MODEL,
                    MODEL_MISSING,
                    MODEL_CACHE,
                    MODEL_CACHE_SIZE,
                    MODEL_COPY_DIRECTORY,
                    MODEL_LOAD_SHARE,
                    TIME_MODE,
                    ALLOWED_LATENESS,
                    IDLE_AFTER,
                    CONTROL_IDLE_AFTER,
                    MAX_DRIFT,
                    MAX_AHEAD,
                    EARLIEST,
                    DEADLINE,
                    EXPIRED,
                    MAX_CANDIDATES,
                    MAX_VALUE_LENGTH,
                    MAX_BEHAVIOR_BYTES,
                    BACKEND,
                    MAPPED_READS,
                    STATE_TTL,
                    MAX_BEHAVIORS,
                    OTHER_FIELDS,
                    DAMAGED,
                    CHECKPOINT_INTERVAL,
                    CHECKPOINT_TIMEOUT,
                    FLUSH_AHEAD,
                    CHECKPOINT_DIRECTORY,
                    START_FROM,
                    TOLERATED_FAILURES,
                    DELIVERY,
                    TRANSACTION_PREFIX,
                    PARALLELISM,
                    SCORING_PARALLELISM,
                    ATTENTION_TAIL,
                    WARM_UP,
                    BUFFER_TIMEOUT,
                    BOUNDED);

    private JobOptions(Map<String, String> values) {
        super(values, ALL);
        requireDifferentTopics(
                List.of(
                        BEHAVIORS,
                        REQUESTS,
                        CONTROL,
                        SCORES,
                        SERVED,
                        DEAD_LETTERS,
                        MODELS,
                        MODEL_STATUS));
        if (get(TIME_MODE) == TimeMode.EVENT_TIME && !get(DEADLINE).isZero()) {
            throw new OptionException(
                    "option request.deadline is for time.mode = 'latest': in event-time mode a"
                            + " replay of old requests would answer none of them");
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
    public static JobOptions parse(String[] args, Map<String, String> environment)
            throws IOException {
        return new JobOptions(values(args, environment, ALL));
    }

    /** Options from a map alone. */
    public static JobOptions of(Map<String, String> values) {
        return new JobOptions(values(values, ALL));
    }
}
