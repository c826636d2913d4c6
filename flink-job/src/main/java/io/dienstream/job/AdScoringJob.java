package io.dienstream.job;

import io.dienstream.job.artifact.ArtifactSource;
import io.dienstream.job.connector.KafkaCheck;
import io.dienstream.job.connector.KafkaEndpoints;
import io.dienstream.job.option.JobOptions;
import java.io.IOException;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.StateRecoveryOptions;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The main job's entry point: options, checks, topology, execute. Options: docs/OPTIONS.md. */
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
        StartingState.of(options)
                .ifPresent(
                        from -> {
                            LOG.info("starting from {}", from);
                            configuration.set(StateRecoveryOptions.SAVEPOINT_PATH, from);
                        });
        StreamExecutionEnvironment env =
                StreamExecutionEnvironment.getExecutionEnvironment(configuration);
        build(env, options);
        env.execute();
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

    /** Adds the job between its Kafka topics to {@code env}. */
    public static void build(StreamExecutionEnvironment env, JobOptions options) {
        KafkaEndpoints kafka = new KafkaEndpoints(options);
        new AdScoringTopology(options)
                .build(
                        env,
                        new AdScoringTopology.Sources(
                                kafka.behaviors(), kafka.adRequests(), kafka.control()),
                        new AdScoringTopology.Sinks(
                                kafka.scores(), kafka.served(), kafka.deadLetters()));
    }
}
