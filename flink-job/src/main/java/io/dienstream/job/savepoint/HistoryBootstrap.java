package io.dienstream.job.savepoint;

import io.dienstream.job.OperatorIds;
import io.dienstream.job.option.JobOptions;
import io.dienstream.job.record.InboundRecord;
import io.dienstream.job.record.RecordType;
import io.dienstream.job.state.StoredHistory;
import io.dienstream.job.state.StoredHistorySerializer;
import org.apache.flink.api.common.RuntimeExecutionMode;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.api.java.tuple.Tuple2;
import org.apache.flink.api.java.typeutils.TupleTypeInfo;
import org.apache.flink.configuration.BatchExecutionOptions;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.JobManagerOptions;
import org.apache.flink.runtime.state.hashmap.HashMapStateBackend;
import org.apache.flink.state.api.OperatorIdentifier;
import org.apache.flink.state.api.OperatorTransformation;
import org.apache.flink.state.api.SavepointWriter;
import org.apache.flink.state.api.SavepointWriterOperatorFactory;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.operators.SimpleOperatorFactory;

/**
 * The main job's keyed state from a behavior log, as a savepoint: what the job would hold had it
 * read the log in event-time order, bit for bit. Runs as a batch job: users are sorted on disk, one
 * user's behaviors are in memory at a time.
 */
public final class HistoryBootstrap {
    /** Accumulator: behaviors that the histories took. */
    public static final String APPLIED = "applied";

    /** Accumulator: behaviors that an erasure had covered before they came. */
    public static final String ERASED = "erased";

    /** Accumulator: users with a history. */
    public static final String USERS = "users";

    private static final TypeInformation<Tuple2<String, StoredHistory>> USER =
            new TupleTypeInfo<>(
                    Types.STRING,
                    new RecordType<>(StoredHistory.class, new StoredHistorySerializer()));

    private HistoryBootstrap() {}

    /**
     * Flink's configuration of the environment that {@link #build} takes. By default Flink fits the
     * parallelism of a batch job to the volume of its data and then hands subtasks whichever
     * partitions make equal shares; a subtask that writes keyed state has to get the users of its
     * own key groups.
     */
    public static Configuration configuration() {
        Configuration c = new Configuration();
        c.set(JobManagerOptions.SCHEDULER, JobManagerOptions.SchedulerType.Default);
        c.set(BatchExecutionOptions.ADAPTIVE_AUTO_PARALLELISM_ENABLED, false);
        return c;
    }

    /**
     * Adds the work to {@code env}, which the caller executes.
     *
     * @param records valid behaviors and erasures
     * @param progress to be watched while it runs: Flink does not notice every failure itself
     * @param options of the job that will start from the savepoint
     * @param maxParallelism most parallelism that the job can ever have
     * @param savepoint URI of the directory that is written
     */
    public static void build(
            StreamExecutionEnvironment env,
            DataStream<InboundRecord> records,
            JobOptions options,
            int maxParallelism,
            String savepoint,
            BootstrapProgress progress) {
        long bootstrap = progress.number();
        build(
                env,
                records,
                options,
                maxParallelism,
                savepoint,
                progress,
                (time, path) -> SimpleOperatorFactory.of(new HistoryWriter(time, path, bootstrap)));
    }

    /** Likewise, with what writes the state. */
    static void build(
            StreamExecutionEnvironment env,
            DataStream<InboundRecord> records,
            JobOptions options,
            int maxParallelism,
            String savepoint,
            BootstrapProgress progress,
            SavepointWriterOperatorFactory writer) {
        long bootstrap = progress.number();
        env.setRuntimeMode(RuntimeExecutionMode.BATCH);
        DataStream<Tuple2<String, StoredHistory>> users =
                records.keyBy(InboundRecord::userId, Types.STRING)
                        .process(new UserReplayFunction(options, bootstrap), USER)
                        .uid("bootstrap-users");
        SavepointWriter.newSavepoint(env, new HashMapStateBackend(), maxParallelism)
                .withOperator(
                        OperatorIdentifier.forUid(OperatorIds.INTEREST),
                        OperatorTransformation.bootstrapWith(users)
                                .keyBy(user -> user.f0, Types.STRING)
                                .transform(writer))
                .write(savepoint);
    }
}
