package io.dienstream.job.state;

import java.util.Collection;
import org.apache.flink.state.rocksdb.RocksDBOptionsFactory;
import org.rocksdb.ColumnFamilyOptions;
import org.rocksdb.DBOptions;
import org.rocksdb.ReadOptions;

/**
 * RocksDB reads its files where the system has them in memory. Users come in no order, so a read
 * mostly misses RocksDB's own cache, which then copies 4 kB of data, as much of an index and of a
 * filter, and evicts as much, to look at a few hundred bytes; with mapped files it looks at them in
 * place. Files stay uncompressed for this ({@link io.dienstream.job.JobEnvironment}): a compressed
 * block would be unpacked at each read.
 *
 * <p>Checksums are left to what writes the files anew: a compaction verifies what it merges. To
 * verify them at every read would fetch the whole block that mapping has just avoided.
 */
public final class MappedReads implements RocksDBOptionsFactory {
    private static final long serialVersionUID = 1;

    @Override
    public DBOptions createDBOptions(DBOptions current, Collection<AutoCloseable> toClose) {
        return current.setAllowMmapReads(true);
    }

    @Override
    public ReadOptions createReadOptions(ReadOptions current, Collection<AutoCloseable> toClose) {
        return current.setVerifyChecksums(false);
    }

    @Override
    public ColumnFamilyOptions createColumnOptions(
            ColumnFamilyOptions current, Collection<AutoCloseable> toClose) {
        return current;
    }
}
