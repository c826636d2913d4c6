package io.dienstream.job.state;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.rocksdb.CompressionType;
import org.rocksdb.DBOptions;
import org.rocksdb.FlushOptions;
import org.rocksdb.Options;
import org.rocksdb.ReadOptions;
import org.rocksdb.RocksDB;
import org.rocksdb.RocksDBException;

class MappedReadsTest {
    private static final byte[] KEY = "u1".getBytes(UTF_8);
    private static final byte[] OTHER = "u2".getBytes(UTF_8);
    private static final byte[] VALUE = "sixteen bytes...".getBytes(UTF_8);

    @TempDir Path directory;

    @BeforeAll
    static void library() {
        RocksDB.loadLibrary();
    }

    @Test
    void filesAreMappedAndReadsDoNotVerify() {
        MappedReads mapped = new MappedReads();
        try (DBOptions db = mapped.createDBOptions(new DBOptions(), new ArrayList<>());
                ReadOptions read = mapped.createReadOptions(new ReadOptions(), new ArrayList<>())) {
            assertThat(db.allowMmapReads()).isTrue();
            assertThat(read.verifyChecksums()).isFalse();
        }
    }

    /** What the Javadoc promises: bytes that a disk has changed do not get past a compaction. */
    @Test
    void compactionFindsWhatReadsDoNot() throws Exception {
        try (RocksDB db = open()) {
            // a single file would be moved to the next level as it is
            db.put(OTHER, VALUE);
            db.put(KEY, VALUE);
            db.flush(new FlushOptions());
            db.put(OTHER, VALUE);
            db.flush(new FlushOptions());
        }
        damage();
        try (RocksDB db = open();
                ReadOptions read =
                        new MappedReads().createReadOptions(new ReadOptions(), List.of())) {
            assertThat(db.get(read, KEY)).hasSameSizeAs(VALUE).isNotEqualTo(VALUE);
            assertThatThrownBy(db::compactRange)
                    .isInstanceOf(RocksDBException.class)
                    .hasMessageContaining("checksum");
        }
    }

    private RocksDB open() throws RocksDBException {
        Options options =
                new Options()
                        .setCreateIfMissing(true)
                        .setAllowMmapReads(true)
                        .setDisableAutoCompactions(true)
                        .setCompressionType(CompressionType.NO_COMPRESSION);
        return RocksDB.open(options, directory.toString());
    }

    /** Changes a bit of the value of KEY, the first of the only file that has it. */
    private void damage() throws IOException {
        List<Path> tables;
        try (Stream<Path> files = Files.list(directory)) {
            tables = files.filter(f -> f.toString().endsWith(".sst")).sorted().toList();
        }
        assertThat(tables).hasSize(2);
        byte[] bytes = Files.readAllBytes(tables.get(0));
        bytes[new String(bytes, ISO_8859_1).indexOf(new String(VALUE, UTF_8))] ^= 1;
        Files.write(tables.get(0), bytes);
    }
}
