package io.dienstream.job;

import io.dienstream.job.artifact.ModelLease;
import io.dienstream.job.artifact.ModelRef;
import io.dienstream.job.artifact.ModelRegistry;
import io.dienstream.job.connector.CommandTopic;
import io.dienstream.job.connector.KafkaCheck;
import io.dienstream.job.connector.KafkaEndpoints;
import io.dienstream.job.connector.KafkaLimits;
import io.dienstream.job.option.JobOptions;
import io.dienstream.job.option.Missing;
import io.dienstream.job.option.TimeMode;
import io.dienstream.job.record.OutputLimits;
import io.dienstream.job.rollout.CommandRecord;
import io.dienstream.job.rollout.PlannedVersion;
import io.dienstream.job.rollout.RolloutLog;
import io.dienstream.job.rollout.RolloutPlan;
import java.io.IOException;
import java.util.List;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The main job's entry point: options, checks, topology, execute. Options:
 * docs/reference/options.md.
 */
public final class AdScoringJob {
    private static final Logger LOG = LoggerFactory.getLogger(AdScoringJob.class);

    static final String NAME = "dien-stream ad scoring";

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
        StreamExecutionEnvironment env = JobStart.environment(options, NAME, cluster);
        build(env, options, KafkaLimits.read(options), commands(options));
        env.execute();
    }

    /**
     * Finds what would stop the job before it starts.
     *
     * @throws IOException for a refused artifact, a Kafka or a schema registry that is not there
     */
    public static void check(JobOptions options) throws IOException, InterruptedException {
        boolean mustBeThere = options.get(JobOptions.MODEL_MISSING) == Missing.FAIL;
        // by event time whatever comes first is answered by it, though another one is live by now
        boolean asksForOwn =
                !options.get(JobOptions.ROLLOUT_ENABLED)
                        || options.get(JobOptions.TIME_MODE) == TimeMode.EVENT_TIME;
        if (mustBeThere && asksForOwn) {
            checkModel(options); // the sooner the better: Kafka may take a while not to answer
        }
        KafkaCheck.check(options);
        if (mustBeThere
                && !asksForOwn
                && plan(options).loaded().contains(PlannedVersion.CONFIGURED)) {
            checkModel(options);
        }
        new KafkaEndpoints(options).register();
    }

    private static RolloutPlan plan(JobOptions options) throws IOException {
        RolloutLog log = new RolloutLog(options.get(JobOptions.ROLLOUT_MODEL));
        log.acceptAll(commands(options));
        return log.plan();
    }

    /** What commands on models there are: known to the tasks before their first record. */
    public static List<CommandRecord> commands(JobOptions options) throws IOException {
        return options.get(JobOptions.ROLLOUT_ENABLED)
                ? CommandTopic.read(
                        options.kafkaProperties(),
                        options.get(JobOptions.MODELS),
                        options.get(JobOptions.KAFKA_TIMEOUT))
                : List.of();
    }

    private static void checkModel(JobOptions options) throws IOException, InterruptedException {
        ModelRef own = ModelRef.configured(options);
        ModelRef unwarmed = new ModelRef(own.uri(), "", own.settings().withoutWarmUp());
        try (ModelLease lease = ModelRegistry.shared().lease(unwarmed, 0)) {
            lease.awaitScorer();
        } catch (IOException e) {
            throw new IOException(JobOptions.MODEL.key() + ": " + e.getMessage(), e);
        }
    }

    /** Likewise, where no commands on models are there yet. */
    public static void build(
            StreamExecutionEnvironment env, JobOptions options, OutputLimits limits) {
        build(env, options, limits, List.of());
    }

    /**
     * Adds the job between its Kafka topics to {@code env}.
     *
     * @param limits of what the topics and their producers take
     * @param commands on models that are there already
     */
    public static void build(
            StreamExecutionEnvironment env,
            JobOptions options,
            OutputLimits limits,
            List<CommandRecord> commands) {
        KafkaEndpoints kafka = new KafkaEndpoints(options);
        new AdScoringTopology(options, limits)
                .build(
                        env,
                        new AdScoringTopology.Sources(
                                kafka.behaviors(),
                                kafka.adRequests(),
                                kafka.control(),
                                kafka.commands(),
                                commands,
                                () -> commands(options)),
                        new AdScoringTopology.Sinks(
                                kafka.scores(),
                                kafka.served(),
                                kafka.deadLetters(),
                                kafka.modelStatus()));
    }
}
