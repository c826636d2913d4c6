package io.dienstream.operate.bootstrap;

import io.dienstream.datasets.log.BehaviorLog;
import io.dienstream.job.option.JobOptions;
import io.dienstream.job.record.InboundRecord;
import io.dienstream.job.record.Origin;
import io.dienstream.schema.Behavior;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;

/**
 * A behavior log in a file: an Avro container, Parquet, or text ({@link BehaviorLog}), told apart
 * by their first bytes.
 */
final class BehaviorFile extends RecordFile<Behavior> {
    private static final long serialVersionUID = 1;
    private static final byte[] AVRO = {'O', 'b', 'j', 1};
    private static final byte[] PARQUET = {'P', 'A', 'R', '1'};

    BehaviorFile(Path file, JobOptions options, long now) {
        super(file, Behavior.class, InboundRecord.Kind.BEHAVIOR, options, now);
    }

    @Override
    LogRows<Behavior> open(Path file) throws IOException {
        byte[] magic;
        try (InputStream in = Files.newInputStream(file)) {
            magic = in.readNBytes(AVRO.length);
        }
        if (Arrays.equals(magic, AVRO)) {
            return new AvroRows(file);
        }
        return Arrays.equals(magic, PARQUET)
                ? new ParquetRows(file)
                : new TextRows<>(file, BehaviorLog::parse);
    }

    @Override
    String userId(Behavior behavior) {
        return behavior.getUserId();
    }

    @Override
    InboundRecord record(Origin origin, byte[] key, byte[] value, Behavior behavior) {
        return InboundRecord.behavior(origin, key, value, behavior);
    }
}
