package io.dienstream.operate.bootstrap;

import io.dienstream.datasets.log.LineIds;
import io.dienstream.datasets.log.ModelFields;
import io.dienstream.job.connector.InboundDeserializer;
import io.dienstream.job.connector.KafkaCheck;
import io.dienstream.job.connector.StartOffsets;
import io.dienstream.job.option.JobOptions;
import io.dienstream.job.option.Option;
import io.dienstream.job.option.OptionException;
import io.dienstream.job.record.InboundRecord;
import io.dienstream.job.record.RecordType;
import io.dienstream.job.savepoint.HistoryBootstrap;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.stream.Collectors;
import org.apache.flink.api.common.JobExecutionResult;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.connector.kafka.source.KafkaSource;
import org.apache.flink.connector.kafka.source.enumerator.initializer.OffsetsInitializer;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.common.TopicPartition;

/** Builds the initial keyed state of a job from a behavior log: file or topic to savepoint. */
public final class Bootstrap {
    /** Beside the savepoint: where the job goes on in the topic. */
    public static final String START_OFFSETS = "start-offsets.properties";

    /** What Kafka says where no record is as new as asked for. */
    private static final long NONE_LATER = -1;

    private final JobOptions options;
    private final Path savepoint;
    private final int parallelism;
    private final int maxParallelism;

    /**
     * What was done.
     *
     * @param refused rows that are no valid behaviors
     * @param admitted valid behaviors
     * @param applied behaviors that the histories took
     * @param erased behaviors that an erasure covers
     * @param startOffsets file for {@code kafka.start-offsets}, or null after files
     */
    public record Result(
            long admitted,
            long refused,
            long applied,
            long erased,
            long users,
            Path startOffsets) {}

    /**
     * @param options of the job that will start from the savepoint
     * @param savepoint directory that must not exist yet
     */
    public Bootstrap(JobOptions options, Path savepoint, int parallelism, int maxParallelism) {
        this.options = options;
        this.savepoint = savepoint;
        this.parallelism = parallelism;
        this.maxParallelism = maxParallelism;
    }

    /**
     * From files that hold everything up to their newest event time.
     *
     * @param erasures files of erasures, JSON lines
     * @param fields that the behaviors should have
     * @param live whether there is a Kafka with a behaviors topic, so that start offsets can be
     *     written: the first records that came after that time. No behavior of a later time is
     *     before them, and what the files hold as well is a duplicate where its event id is.
     */
    public Result files(List<Path> files, List<Path> erasures, ModelFields fields, boolean live)
            throws Exception {
        for (Path file : files) {
            requireReadable(file);
        }
        for (Path file : erasures) {
            requireReadable(file);
        }
        List<LineIds> ids = LineIds.ofAll(files);
        List<LineIds> erasureIds = LineIds.ofAll(erasures);
        try (BootstrapRun run = run()) {
            long now = System.currentTimeMillis();
            DataStream<InboundRecord> all = null;
            for (int f = 0; f < files.size(); f++) {
                BehaviorFile log = new BehaviorFile(files.get(f), ids.get(f), fields, options, now);
                all = union(all, fromFile(run, files.get(f), log));
            }
            for (int f = 0; f < erasures.size(); f++) {
                Path file = erasures.get(f);
                ErasureFile log = new ErasureFile(file, erasureIds.get(f), options, now);
                all = union(all, fromFile(run, file, log));
            }
            if (live) {
                all = union(all, topic(run, JobOptions.CONTROL, ends(JobOptions.CONTROL)));
            }
            JobExecutionResult done = run.execute(all);
            long after = Math.max(0, count(done, AdmitRows.NEWEST) + 1); // none: from the beginning
            return result(
                    run,
                    done,
                    live ? offsets(JobOptions.BEHAVIORS, OffsetSpec.forTimestamp(after)) : null);
        }
    }

    /**
     * From the behaviors topic, and the control topic up to its end.
     *
     * @param until file of the offsets up to which it is read, in the form of {@link StartOffsets};
     *     null for where it ends now
     */
    public Result topic(Path until) throws Exception {
        Map<TopicPartition, Long> ends = ends(JobOptions.BEHAVIORS);
        if (until != null) {
            String topic = options.get(JobOptions.BEHAVIORS);
            ends = within(StartOffsets.read(until, topic), ends, until);
        }
        Map<TopicPartition, Long> erasures = ends(JobOptions.CONTROL);
        try (BootstrapRun run = run()) {
            DataStream<InboundRecord> all =
                    topic(run, JobOptions.BEHAVIORS, ends)
                            .union(topic(run, JobOptions.CONTROL, erasures));
            return result(run, run.execute(all), ends);
        }
    }

    private static void requireReadable(Path file) throws IOException {
        if (Files.isDirectory(file)) {
            throw new IOException(file + " is a directory, not a file");
        }
        if (!Files.exists(file)) {
            throw new NoSuchFileException(file.toString());
        }
        if (!Files.isReadable(file)) {
            throw new IOException(file + " cannot be read: permission denied");
        }
    }

    private BootstrapRun run() throws IOException {
        return new BootstrapRun(options, savepoint, parallelism, maxParallelism);
    }

    @SuppressWarnings("deprecation") // the plain way to read any iterator, in one task
    private static DataStream<InboundRecord> fromFile(
            BootstrapRun run, Path file, RecordFile<?> records) {
        return run.env()
                .fromCollection(records, RecordType.INBOUND)
                .uid("bootstrap-" + file)
                .process(new AdmitRows(run.progress()), RecordType.INBOUND)
                .setParallelism(1) // as the source: refused rows end here
                .uid("admit-" + file);
    }

    private DataStream<InboundRecord> topic(
            BootstrapRun run, Option<String> option, Map<TopicPartition, Long> ends) {
        String topic = options.get(option);
        InboundRecord.Kind kind =
                option.key().equals(JobOptions.CONTROL.key())
                        ? InboundRecord.Kind.ERASURE
                        : InboundRecord.Kind.BEHAVIOR;
        KafkaSource<InboundRecord> source =
                KafkaSource.<InboundRecord>builder()
                        .setProperties(options.kafkaProperties())
                        .setGroupId(options.get(JobOptions.GROUP_ID) + "-bootstrap")
                        .setTopics(topic)
                        .setDeserializer(new InboundDeserializer(kind, options))
                        .setStartingOffsets(OffsetsInitializer.earliest())
                        .setBounded(OffsetsInitializer.offsets(ends))
                        .build();
        return run.env()
                .fromSource(
                        source,
                        WatermarkStrategy.noWatermarks(),
                        "bootstrap-" + topic,
                        RecordType.INBOUND)
                .uid("bootstrap-" + topic)
                .process(new AdmitRows(run.progress()), RecordType.INBOUND)
                .uid("admit-" + topic);
    }

    private static DataStream<InboundRecord> union(
            DataStream<InboundRecord> all, DataStream<InboundRecord> one) {
        return all == null ? one : all.union(one);
    }

    /** A partition that is not named, or that ends before, would never be done. */
    private static Map<TopicPartition, Long> within(
            Map<TopicPartition, Long> asked, Map<TopicPartition, Long> ends, Path file) {
        ends.forEach(
                (partition, end) -> {
                    Long offset = asked.get(partition);
                    if (offset == null || offset < 0 || offset > end) {
                        throw new OptionException(
                                "file of offsets %s: %s = %s, but it must be from 0 to %d, the end"
                                        .formatted(file, partition, offset, end));
                    }
                });
        return asked;
    }

    private Map<TopicPartition, Long> ends(Option<String> topic)
            throws IOException, InterruptedException {
        return offsets(topic, OffsetSpec.latest());
    }

    /** Of every partition of a topic; its end where no record is as {@code spec}. */
    private Map<TopicPartition, Long> offsets(Option<String> option, OffsetSpec spec)
            throws IOException, InterruptedException {
        String topic = options.get(option);
        requireTopic(topic);
        try (Admin admin = Admin.create(options.kafkaProperties())) {
            List<TopicPartition> partitions =
                    admin
                            .describeTopics(List.of(topic))
                            .allTopicNames()
                            .get()
                            .get(topic)
                            .partitions()
                            .stream()
                            .map(p -> new TopicPartition(topic, p.partition()))
                            .toList();
            Map<TopicPartition, Long> offsets = list(admin, partitions, spec);
            if (offsets.containsValue(NONE_LATER)) {
                Map<TopicPartition, Long> ends = list(admin, partitions, OffsetSpec.latest());
                offsets.replaceAll((p, offset) -> offset == NONE_LATER ? ends.get(p) : offset);
            }
            return offsets;
        } catch (ExecutionException e) {
            throw new IOException(
                    "the offsets of topic " + topic + " are not known: " + e.getCause(), e);
        }
    }

    private void requireTopic(String topic) throws IOException, InterruptedException {
        long timeoutMs = options.get(JobOptions.KAFKA_TIMEOUT).toMillis();
        if (!KafkaCheck.topics(options.kafkaProperties(), timeoutMs).contains(topic)) {
            throw new IOException(
                    "Kafka at %s has no topic %s"
                            .formatted(options.get(JobOptions.BOOTSTRAP_SERVERS), topic));
        }
    }

    private static Map<TopicPartition, Long> list(
            Admin admin, List<TopicPartition> partitions, OffsetSpec spec)
            throws ExecutionException, InterruptedException {
        Map<TopicPartition, OffsetSpec> asked =
                partitions.stream().collect(Collectors.toMap(p -> p, p -> spec));
        return new HashMap<>(
                admin.listOffsets(asked).all().get().entrySet().stream()
                        .collect(Collectors.toMap(Map.Entry::getKey, e -> e.getValue().offset())));
    }

    private Result result(
            BootstrapRun run, JobExecutionResult done, Map<TopicPartition, Long> start)
            throws IOException {
        if (start != null) {
            StartOffsets.write(run.incomplete().resolve(START_OFFSETS), start);
        }
        run.complete();
        return new Result(
                count(done, AdmitRows.ADMITTED),
                count(done, AdmitRows.REFUSED),
                count(done, HistoryBootstrap.APPLIED),
                count(done, HistoryBootstrap.ERASED),
                count(done, HistoryBootstrap.USERS),
                start == null ? null : savepoint.resolve(START_OFFSETS));
    }

    private static long count(JobExecutionResult done, String accumulator) {
        Long count = done.getAccumulatorResult(accumulator);
        return count == null ? 0 : count;
    }
}
