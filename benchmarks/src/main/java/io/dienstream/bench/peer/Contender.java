package io.dienstream.bench.peer;

import io.dienstream.job.AdScoringTopology;
import io.dienstream.job.connector.KafkaEndpoints;
import io.dienstream.job.option.JobOptions;
import io.dienstream.job.record.OutputLimits;
import io.dienstream.job.rollout.NewestCommands;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;

/** One way to answer requests: a Flink job, and whatever processes run beside it. */
public interface Contender extends AutoCloseable {
    /** As tables name it. */
    String name();

    /** Adds its job between the Kafka topics of {@code options}. */
    void build(StreamExecutionEnvironment env, JobOptions options, OutputLimits limits);

    /** CPU time of each process beside this JVM so far, ns by name. */
    default Map<String, Long> cpuNanos() {
        return Map.of();
    }

    /**
     * Kills what scores, and has it started again after {@link #SUPERVISOR_MS}.
     *
     * @return false where that is the job itself, which the caller is to kill
     */
    default boolean killScoring() throws IOException, InterruptedException {
        return false;
    }

    /** What a kill takes, and how. */
    default String killed() {
        return "TaskManager stopped in a JVM that lives on";
    }

    @Override
    default void close() {}

    /** How long a supervisor waits before it starts again what has died; Flink's default too. */
    long SUPERVISOR_MS = 1_000;

    /** The main job's sources. */
    static AdScoringTopology.Sources sources(KafkaEndpoints kafka) {
        return new AdScoringTopology.Sources(
                kafka.behaviors(),
                kafka.adRequests(),
                kafka.control(),
                null,
                List.of(),
                NewestCommands.NONE);
    }
}
