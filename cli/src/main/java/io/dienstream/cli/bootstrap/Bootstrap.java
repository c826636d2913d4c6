package io.dienstream.cli.bootstrap;

import io.dienstream.job.connector.InboundDeserializer;
import io.dienstream.job.connector.KafkaCheck;
import io.dienstream.job.connector.StartOffsets;
import io.dienstream.job.listen.Listeners;
import io.dienstream.job.option.JobOptions;
import io.dienstream.job.option.OptionException;
import io.dienstream.job.record.InboundRecord;
import io.dienstream.job.record.RecordType;
import io.dienstream.job.savepoint.HistoryBootstrap;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.stream.Collectors;
import org.apache.flink.api.common.JobExecutionResult;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.connector.kafka.source.KafkaSource;
import org.apache.flink.connector.kafka.source.enumerator.initializer.OffsetsInitializer;
import org.apache.flink.runtime.client.JobExecutionException;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.util.ExceptionUtils;
import org.apache.flink.util.FileUtils;
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
     * @param applied behaviors that the histories took
     * @param startOffsets file for {@code kafka.start-offsets}, or null after files
     */
    public record Result(
            long admitted, long refused, long applied, long users, Path startOffsets) {}

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
     * @param live whether there is a Kafka with a behaviors topic, so that start offsets can be
     *     written: the first records that came after that time. No behavior of a later time is
     *     before them, and what the files hold as well is a duplicate where its event id is.
     */
    @SuppressWarnings("deprecation") // the plain way to read any iterator, in one task
    public Result files(List<Path> files, boolean live) throws Exception {
        StreamExecutionEnvironment env = environment();
        DataStream<InboundRecord> all = null;
        long now = System.currentTimeMillis();
        for (Path file : files) {
            if (!Files.isReadable(file)) {
                throw new IOException(file + " cannot be read");
            }
            DataStream<InboundRecord> one =
                    env.fromCollection(new BehaviorFile(file, options, now), RecordType.INBOUND)
                            .uid("bootstrap-" + file)
                            .process(new AdmitRows(), RecordType.INBOUND)
                            .setParallelism(1) // as the source: refused rows end here
                            .uid("admit-" + file);
            all = all == null ? one : all.union(one);
        }
        JobExecutionResult done = run(env, all);
        long after = Math.max(0, count(done, AdmitRows.NEWEST) + 1); // none: from the beginning
        return result(done, live ? offsets(OffsetSpec.forTimestamp(after)) : null);
    }

    /**
     * From the behaviors topic.
     *
     * @param until file of the offsets up to which it is read, in the form of {@link StartOffsets};
     *     null for where it ends now
     */
    public Result topic(Path until) throws Exception {
        String topic = options.get(JobOptions.BEHAVIORS);
        Map<TopicPartition, Long> ends = offsets(OffsetSpec.latest());
        if (until != null) {
            ends = within(StartOffsets.read(until, topic), ends, until);
        }
        KafkaSource<InboundRecord> source =
                KafkaSource.<InboundRecord>builder()
                        .setProperties(options.kafkaProperties())
                        .setGroupId(options.get(JobOptions.GROUP_ID) + "-bootstrap")
                        .setTopics(topic)
                        .setDeserializer(
                                new InboundDeserializer(InboundRecord.Kind.BEHAVIOR, options))
                        .setStartingOffsets(OffsetsInitializer.earliest())
                        .setBounded(OffsetsInitializer.offsets(ends))
                        .build();
        StreamExecutionEnvironment env = environment();
        DataStream<InboundRecord> behaviors =
                env.fromSource(
                                source,
                                WatermarkStrategy.noWatermarks(),
                                "bootstrap-" + topic,
                                RecordType.INBOUND)
                        .uid("bootstrap-" + topic)
                        .process(new AdmitRows(), RecordType.INBOUND)
                        .uid("admit-" + topic);
        return result(run(env, behaviors), ends);
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

    /** Of every partition of the behaviors topic; its end where no record is as {@code spec}. */
    private Map<TopicPartition, Long> offsets(OffsetSpec spec)
            throws IOException, InterruptedException {
        String topic = options.get(JobOptions.BEHAVIORS);
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

    private StreamExecutionEnvironment environment() throws IOException {
        if (Files.exists(savepoint)) {
            throw new IOException(savepoint + " exists; a savepoint is written to a new directory");
        }
        return StreamExecutionEnvironment.createLocalEnvironment(
                parallelism, Listeners.onLoopback(new Configuration()));
    }

    private JobExecutionResult run(
            StreamExecutionEnvironment env, DataStream<InboundRecord> behaviors) throws Exception {
        HistoryBootstrap.build(
                env, behaviors, options, maxParallelism, savepoint.toUri().toString());
        try {
            return env.execute("dien-stream bootstrap");
        } catch (JobExecutionException e) {
            // half a savepoint must not look like one
            FileUtils.deleteDirectoryQuietly(savepoint.toFile());
            var unreadable = ExceptionUtils.findThrowable(e, UncheckedIOException.class);
            if (unreadable.isPresent()) {
                throw new IOException(unreadable.get().getMessage(), e);
            }
            throw e;
        }
    }

    private Result result(JobExecutionResult done, Map<TopicPartition, Long> start)
            throws IOException {
        Path offsets = null;
        if (start != null) {
            offsets = savepoint.resolve(START_OFFSETS);
            StartOffsets.write(offsets, start);
        }
        return new Result(
                count(done, AdmitRows.ADMITTED),
                count(done, AdmitRows.REFUSED),
                count(done, HistoryBootstrap.APPLIED),
                count(done, HistoryBootstrap.USERS),
                offsets);
    }

    private static long count(JobExecutionResult done, String accumulator) {
        Long count = done.getAccumulatorResult(accumulator);
        return count == null ? 0 : count;
    }
}
