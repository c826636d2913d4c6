package io.dienstream.job.learning;

import io.dienstream.job.JobStart;
import io.dienstream.job.connector.JobTopics;
import io.dienstream.job.connector.KafkaCheck;
import io.dienstream.job.connector.KafkaEndpoints;
import io.dienstream.job.learning.output.AvroFiles;
import io.dienstream.job.learning.record.LearningDeserializer;
import io.dienstream.job.learning.record.LearningRecord;
import io.dienstream.job.option.JobOptions;
import io.dienstream.job.option.LearningOptions;
import io.dienstream.job.option.Option;
import io.dienstream.schema.LabelCorrection;
import io.dienstream.schema.ModelQuality;
import io.dienstream.schema.TrainingExample;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The learning job's entry point: options, checks, topology, execute. It is a job of its own, so
 * that neither clicks nor labels can restart or hold back answers. Options:
 * docs/reference/options.md.
 */
public final class LearningJob {
    private static final Logger LOG = LoggerFactory.getLogger(LearningJob.class);

    /** Of the job. */
    public static final String NAME = "dien-stream learning";

    private static final List<Option<String>> READ =
            List.of(LearningOptions.SERVED, LearningOptions.IMPRESSIONS, LearningOptions.CLICKS);

    private LearningJob() {}

    public static void main(String[] args) throws Exception {
        run(LearningOptions.parse(args, System.getenv()), new Configuration());
    }

    /**
     * Runs the job until it ends.
     *
     * @param cluster more of Flink's configuration, where no cluster has one
     */
    public static void run(LearningOptions options, Configuration cluster) throws Exception {
        LOG.info("options {}", options);
        check(options);
        StreamExecutionEnvironment env = JobStart.environment(options, NAME, cluster);
        build(env, options);
        env.execute();
    }

    /**
     * Finds what would stop the job before it starts.
     *
     * @throws IOException for a Kafka or a schema registry that is not there
     */
    public static void check(LearningOptions options) throws IOException, InterruptedException {
        List<Option<String>> read = new ArrayList<>(READ);
        List<Option<String>> foreign =
                new ArrayList<>(List.of(LearningOptions.IMPRESSIONS, LearningOptions.CLICKS));
        if (options.get(JobOptions.ROLLOUT_ENABLED)) {
            read.add(JobOptions.MODELS);
            foreign.add(JobOptions.MODELS);
        }
        KafkaCheck.check(
                options,
                new JobTopics(
                        read,
                        foreign,
                        List.of(
                                LearningOptions.EXAMPLES,
                                LearningOptions.CORRECTIONS,
                                LearningOptions.QUALITY,
                                LearningOptions.DEAD_LETTERS),
                        List.of()));
        new KafkaEndpoints(options)
                .register(
                        Map.of(
                                LearningOptions.EXAMPLES,
                                TrainingExample.getClassSchema(),
                                LearningOptions.CORRECTIONS,
                                LabelCorrection.getClassSchema(),
                                LearningOptions.QUALITY,
                                ModelQuality.getClassSchema()));
    }

    /**
     * Adds the job between its Kafka topics, as they are now, to {@code env}.
     *
     * @throws IOException where Kafka does not tell how many partitions there are
     */
    public static void build(StreamExecutionEnvironment env, LearningOptions options)
            throws IOException, InterruptedException {
        build(env, options, LearningLimits.read(options), KafkaCheck.partitions(options, READ));
    }

    /**
     * @param limits of what the topics and their producers take
     * @param partitions of the topics that are read, by name
     */
    static void build(
            StreamExecutionEnvironment env,
            LearningOptions options,
            LearningLimits limits,
            Map<String, Integer> partitions) {
        KafkaEndpoints kafka = new KafkaEndpoints(options);
        boolean hasFiles = !options.get(LearningOptions.DIRECTORY).isEmpty();
        new LearningTopology(options, limits)
                .build(
                        env,
                        new LearningTopology.Sources(
                                input(
                                        options,
                                        LearningRecord.Kind.SERVED,
                                        LearningOptions.SERVED,
                                        partitions),
                                input(
                                        options,
                                        LearningRecord.Kind.IMPRESSION,
                                        LearningOptions.IMPRESSIONS,
                                        partitions),
                                input(
                                        options,
                                        LearningRecord.Kind.CLICK,
                                        LearningOptions.CLICKS,
                                        partitions),
                                kafka.commands()),
                        new LearningTopology.Sinks(
                                kafka.sink(LearningOptions.EXAMPLES, TrainingExample.class),
                                kafka.sink(LearningOptions.CORRECTIONS, LabelCorrection.class),
                                kafka.sink(LearningOptions.QUALITY, ModelQuality.class),
                                kafka.deadLetters(),
                                hasFiles ? AvroFiles.examples(options) : null,
                                hasFiles ? AvroFiles.corrections(options) : null));
    }

    private static LearningTopology.Input input(
            LearningOptions options,
            LearningRecord.Kind kind,
            Option<String> topic,
            Map<String, Integer> partitions) {
        return new LearningTopology.Input(
                new KafkaEndpoints(options).source(topic, new LearningDeserializer(kind, options)),
                partitions.get(options.get(topic)));
    }
}
