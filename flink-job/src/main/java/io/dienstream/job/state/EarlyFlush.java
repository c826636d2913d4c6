package io.dienstream.job.state;

import java.lang.reflect.Field;
import java.util.Map;
import org.apache.flink.runtime.state.KeyedStateBackend;
import org.apache.flink.state.rocksdb.RocksDBKeyedStateBackend;
import org.apache.flink.state.rocksdb.RocksDBKeyedStateBackend.RocksDbKvStateInfo;
import org.rocksdb.ColumnFamilyHandle;
import org.rocksdb.FlushOptions;
import org.rocksdb.RocksDB;
import org.rocksdb.RocksDBException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Has RocksDB write its buffers to files while records go on. A checkpoint does the same, one state
 * after the other, and the task waits for it; what was written out a moment before it is no longer
 * there to wait for.
 *
 * <p>Flink keeps its database to itself, so this takes it from the backend by reflection. A Flink
 * that keeps it elsewhere loses the early flush, nothing else: checkpoints are complete either way.
 */
public final class EarlyFlush {
    private static final Logger LOG = LoggerFactory.getLogger(EarlyFlush.class);
    private static final String DATABASE = "db";
    private static final String STATES = "kvStateInformation";
    private static final String HANDLE = "columnFamilyHandle";
    private static final String BEING_WRITTEN = "rocksdb.num-immutable-mem-table";
    private static final String BUFFERED = "rocksdb.num-entries-active-mem-table";

    private final RocksDB database;
    private final Map<?, ?> states;
    private final Field handle;

    private EarlyFlush(RocksDB database, Map<?, ?> states, Field handle) {
        this.database = database;
        this.states = states;
        this.handle = handle;
    }

    /** Of {@code backend}; null where that is not RocksDB, or not the one that is known here. */
    public static EarlyFlush of(KeyedStateBackend<?> backend) {
        if (!(backend instanceof RocksDBKeyedStateBackend<?>)) {
            return null;
        }
        try {
            return new EarlyFlush(
                    (RocksDB) field(backend, DATABASE),
                    (Map<?, ?>) field(backend, STATES),
                    // not used as a field: its absence would fail the task at the first flush
                    RocksDbKvStateInfo.class.getField(HANDLE));
        } catch (ReflectiveOperationException | RuntimeException | LinkageError e) {
            LOG.warn(
                    "buffers are not written out ahead of checkpoints, which hold requests up"
                            + " longer: this Flink keeps its RocksDB elsewhere",
                    e);
            return null;
        }
    }

    private static Object field(KeyedStateBackend<?> backend, String name)
            throws ReflectiveOperationException {
        Field field = RocksDBKeyedStateBackend.class.getDeclaredField(name);
        field.setAccessible(true);
        return field.get(backend);
    }

    /**
     * Hands over what is buffered to RocksDB's own threads and returns; a state that they are
     * writing already is left to them. To be called by the task's thread, which is the one that
     * closes the database.
     *
     * @throws RocksDBException where a flush before has failed: then no state can be written
     */
    public void start() throws RocksDBException {
        // to wait until nothing could stall would be a stall of its own
        try (FlushOptions now =
                new FlushOptions().setWaitForFlush(false).setAllowWriteStall(true)) {
            for (Object state : states.values()) {
                ColumnFamilyHandle column = columnOf(state);
                if (database.getLongProperty(column, BEING_WRITTEN) == 0) {
                    database.flush(now, column);
                }
            }
        }
    }

    private ColumnFamilyHandle columnOf(Object state) {
        try {
            return (ColumnFamilyHandle) handle.get(state);
        } catch (IllegalAccessException e) {
            throw new IllegalStateException(HANDLE + " was public when the operator opened", e);
        }
    }

    /** Entries of all states that no flush has taken yet. */
    long buffered() throws RocksDBException {
        long entries = 0;
        for (Object state : states.values()) {
            entries += database.getLongProperty(columnOf(state), BUFFERED);
        }
        return entries;
    }
}
