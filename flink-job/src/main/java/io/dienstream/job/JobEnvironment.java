package io.dienstream.job;

import io.dienstream.job.connector.TransactionTiming;
import io.dienstream.job.option.Backend;
import io.dienstream.job.option.JobOptions;
import io.dienstream.job.option.Settings;
import io.dienstream.job.state.MappedReads;
import java.time.Duration;
import java.util.List;
import org.apache.flink.configuration.CheckpointingOptions;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.CoreOptions;
import org.apache.flink.configuration.ExecutionOptions;
import org.apache.flink.configuration.ExternalizedCheckpointRetention;
import org.apache.flink.configuration.PipelineOptions;
import org.apache.flink.configuration.StateBackendOptions;
import org.apache.flink.state.rocksdb.RocksDBConfigurableOptions;
import org.apache.flink.state.rocksdb.RocksDBOptions;
import org.rocksdb.CompressionType;

/** What the job needs of Flink, from its options. */
public final class JobEnvironment {
    private JobEnvironment() {}

    /**
     * Flink's configuration of the job. Generic types and generated uids are off: a type left to
     * Kryo or an operator without a uid is a failure at start, not a surprise at the next upgrade.
     */
    public static Configuration configuration(JobOptions options) {
        return configuration(options, AdScoringJob.NAME);
    }

    /** Likewise, of the job called {@code name}. */
    public static Configuration configuration(Settings options, String name) {
        Configuration c = new Configuration();
        c.set(PipelineOptions.NAME, name);
        c.set(PipelineOptions.GENERIC_TYPES, false);
        c.set(PipelineOptions.AUTO_GENERATE_UIDS, false);
        c.set(PipelineOptions.OBJECT_REUSE, true);
        c.set(
                StateBackendOptions.STATE_BACKEND,
                options.get(JobOptions.BACKEND) == Backend.ROCKSDB ? "rocksdb" : "hashmap");
        // users are met for the first time, and looked for on every level: a filter says where they
        // are not; with partitions filters and indexes of many users need not be in memory at once
        c.set(RocksDBConfigurableOptions.USE_BLOOM_FILTER, true);
        c.set(RocksDBOptions.USE_PARTITIONED_INDEX_FILTERS, true);
        // interest states and hashed ids hardly compress, and trying costs up to a sixth of the
        // rate
        c.set(
                RocksDBConfigurableOptions.COMPRESSION_PER_LEVEL,
                List.of(CompressionType.NO_COMPRESSION));
        if (options.get(JobOptions.MAPPED_READS)) {
            c.set(RocksDBOptions.OPTIONS_FACTORY, MappedReads.class.getName());
        }
        Duration interval = options.get(JobOptions.CHECKPOINT_INTERVAL);
        if (!interval.isZero()) {
            c.set(CheckpointingOptions.CHECKPOINTING_INTERVAL, interval);
            // without a pause the triggers that a slow checkpoint has missed come all at once
            c.set(CheckpointingOptions.MIN_PAUSE_BETWEEN_CHECKPOINTS, interval.dividedBy(2));
        }
        String directory = options.get(JobOptions.CHECKPOINT_DIRECTORY);
        if (!directory.isEmpty()) {
            c.set(CheckpointingOptions.CHECKPOINT_STORAGE, "filesystem");
            c.set(CheckpointingOptions.CHECKPOINTS_DIRECTORY, directory);
        }
        c.set(
                CheckpointingOptions.TOLERABLE_FAILURE_NUMBER,
                TransactionTiming.of(options).tolerated());
        c.set(
                CheckpointingOptions.CHECKPOINTING_TIMEOUT,
                options.get(JobOptions.CHECKPOINT_TIMEOUT));
        c.set(CheckpointingOptions.INCREMENTAL_CHECKPOINTS, true);
        // whoever stops a job may want to start it again from there
        c.set(
                CheckpointingOptions.EXTERNALIZED_CHECKPOINT_RETENTION,
                ExternalizedCheckpointRetention.RETAIN_ON_CANCELLATION);
        c.set(ExecutionOptions.BUFFER_TIMEOUT, options.get(JobOptions.BUFFER_TIMEOUT));
        int parallelism = options.get(JobOptions.PARALLELISM);
        if (parallelism > 0) {
            c.set(CoreOptions.DEFAULT_PARALLELISM, parallelism);
        }
        return c;
    }
}
