package io.dienstream.job;

import io.dienstream.job.option.JobOptions;
import io.dienstream.job.option.OptionException;
import io.dienstream.job.option.Settings;
import java.io.IOException;
import java.util.Optional;
import org.apache.flink.configuration.CheckpointingOptions;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.StateRecoveryOptions;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The environment that a main method builds its job in. */
public final class JobStart {
    private static final Logger LOG = LoggerFactory.getLogger(JobStart.class);

    private JobStart() {}

    /**
     * Configured by {@code options}, with the state that they start from.
     *
     * @param name of the job
     * @param cluster more of Flink's configuration, where no cluster has one
     * @throws OptionException where nobody says where checkpoints go, and there are to be some
     */
    public static StreamExecutionEnvironment environment(
            Settings options, String name, Configuration cluster) throws IOException {
        Configuration configuration = new Configuration(cluster);
        configuration.addAll(JobEnvironment.configuration(options, name));
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
        return env;
    }

    /** Where checkpoints go, by the option or else by what the cluster is configured with. */
    private static String checkpointDirectory(StreamExecutionEnvironment env, Settings options) {
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
}
