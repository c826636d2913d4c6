package io.dienstream.job;

import io.dienstream.job.artifact.ArtifactSource;
import io.dienstream.job.connector.KafkaCheck;
import io.dienstream.job.connector.KafkaEndpoints;
import io.dienstream.job.connector.KafkaLimits;
import io.dienstream.job.option.JobOptions;
import io.dienstream.job.option.OptionException;
import io.dienstream.job.record.OutputLimits;
import java.io.IOException;
import java.util.Optional;
import org.apache.flink.configuration.CheckpointingOptions;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.StateRecoveryOptions;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The main job's entry point: options, checks, topology, execute. Options:
 * docs/reference/options.md.
 */
public final class AdScoringJob {
    private static final Logger LOG = LoggerFactory.getLogger(AdScoringJob.class);

    private AdScoringJob() {}

    public static void main(String[] args) throws Exception {
        run(JobOptions.parse(args, System.getenv()), new Configuration());
    }

    /**
     * Runs the job until it ends.
     *
     * @param cluster more of Flink's configuration, where no cluster has one: what a Flink in this
     *     process listens on
     */
    public static void run(JobOptions options, Configuration cluster) throws Exception {
        LOG.info("options {}", options);
        check(options);
        Configuration configuration = new Configuration(cluster);
        configuration.addAll(JobEnvironment.configuration(options));
        StreamExecutionEnvironment env =
                StreamExecutionEnvironment.getExecutionEnvironment(configuration);
        String checkpoints = checkpointDirectory(env, options);
        Optional<String> from = StartingState.of(options, checkpoints);
        if (from.isPresent()) {
            LOG.info("starting from {}", from.get());
            Configuration start = new Configuration();
            start.set(StateRecoveryOptions.SAVEPOINT_PATH, from.get());
            env.configure(start);
        }
        build(env, options, KafkaLimits.read(options));
        env.execute();
    }

    /**
     * Where checkpoints go, by the option or else by what the cluster is configured with.
     *
     * @throws OptionException where neither says it, and there are to be some
     */
    private static String checkpointDirectory(StreamExecutionEnvironment env, JobOptions options) {
        String directory =
                env.getConfiguration()
                        .getOptional(CheckpointingOptions.CHECKPOINTS_DIRECTORY)
                        .orElse("");
        if (directory.isEmpty() && !options.get(JobOptions.CHECKPOINT_INTERVAL).isZero()) {
            throw new OptionException(
                    "neither the job's checkpoint.directory nor the cluster's"
                            + " execution.checkpointing.dir says where checkpoints go: set one of"
                            + " them, or checkpoint.interval=0s");
        }
        return directory;
    }

    /**
     * Finds what would stop the job before it starts.
     *
     * @throws IOException for a refused artifact, a Kafka or a schema registry that is not there
     */
    public static void check(JobOptions options) throws IOException, InterruptedException {
        ArtifactSource.of(options).read();
        KafkaCheck.check(options);
        new KafkaEndpoints(options).register();
    }

    /**
     * Adds the job between its Kafka topics to {@code env}.
     *
     * @param limits of what the topics and their producers take
     */
    public static void build(
            StreamExecutionEnvironment env, JobOptions options, OutputLimits limits) {
        KafkaEndpoints kafka = new KafkaEndpoints(options);
        new AdScoringTopology(options, limits)
                .build(
                        env,
                        new AdScoringTopology.Sources(
                                kafka.behaviors(), kafka.adRequests(), kafka.control()),
                        new AdScoringTopology.Sinks(
                                kafka.scores(), kafka.served(), kafka.deadLetters()));
    }
}
