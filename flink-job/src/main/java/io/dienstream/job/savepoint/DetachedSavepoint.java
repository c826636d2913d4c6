package io.dienstream.job.savepoint;

import io.dienstream.job.OperatorIds;
import io.dienstream.job.failure.RootCause;
import io.dienstream.job.listen.Listeners;
import java.io.IOException;
import java.util.List;
import org.apache.flink.core.fs.Path;
import org.apache.flink.runtime.checkpoint.OperatorState;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.runtime.checkpoint.metadata.CheckpointMetadata;
import org.apache.flink.runtime.state.KeyGroupsSavepointStateHandle;
import org.apache.flink.runtime.state.KeyedStateHandle;
import org.apache.flink.runtime.state.hashmap.HashMapStateBackend;
import org.apache.flink.state.api.OperatorIdentifier;
import org.apache.flink.state.api.SavepointWriter;
import org.apache.flink.state.api.runtime.SavepointLoader;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;

/**
 * A savepoint without what ties it to one Kafka: the sources' offsets, which mean other records in
 * another cluster, and the sinks' transactions, which another cluster does not know. Users' states,
 * held records and time stay.
 */
public final class DetachedSavepoint {
    private static final List<String> OF_KAFKA =
            List.of(
                    OperatorIds.BEHAVIORS_SOURCE,
                    OperatorIds.REQUESTS_SOURCE,
                    OperatorIds.CONTROL_SOURCE,
                    OperatorIds.SCORES_SINK,
                    OperatorIds.SERVED_SINK,
                    OperatorIds.DEAD_LETTERS_SINK);

    /** How Flink names the uid of a sink's second operator. */
    private static final String COMMITTER = "Sink Committer: ";

    private DetachedSavepoint() {}

    /**
     * Writes the savepoint at {@code from} to {@code to}.
     *
     * @param from URI
     * @param to URI of a directory that does not exist
     * @throws IOException where {@code from} cannot be read, is none in canonical format, or {@code
     *     to} cannot be written
     */
    public static void write(String from, String to) throws IOException {
        requireCanonical(from);
        StreamExecutionEnvironment env =
                StreamExecutionEnvironment.createLocalEnvironment(
                        1, Listeners.onLoopback(HistoryBootstrap.configuration()));
        SavepointWriter writer =
                SavepointWriter.fromExistingSavepoint(env, from, new HashMapStateBackend());
        for (String uid : OF_KAFKA) {
            writer.removeOperator(OperatorIdentifier.forUid(uid));
            writer.removeOperator(OperatorIdentifier.forUid(COMMITTER + uid));
        }
        writer.write(to);
        boolean written = false;
        try {
            env.execute("dien-stream detach");
            written = true;
        } catch (Exception e) { // as Flink declares it
            throw new IOException(to + " was not written: " + RootCause.message(e), e);
        } finally {
            if (!written) {
                Path half = new Path(to);
                half.getFileSystem().delete(half, true);
            }
        }
    }

    /** Files of others, which checkpoints and native savepoints consist of, would not be copied. */
    private static void requireCanonical(String from) throws IOException {
        CheckpointMetadata metadata = SavepointLoader.loadSavepointMetadata(from);
        for (OperatorState operator : metadata.getOperatorStates()) {
            for (OperatorSubtaskState subtask : operator.getStates()) {
                for (KeyedStateHandle handle : subtask.getManagedKeyedState()) {
                    if (handle.getClass() != KeyGroupsSavepointStateHandle.class) {
                        throw new IOException(
                                from
                                        + " is no savepoint in canonical format: stop the job with"
                                        + " one (flink stop --type canonical)");
                    }
                }
            }
        }
    }
}
