package io.dienstream.operate.bootstrap;

import io.dienstream.datasets.log.BehaviorLog;
import io.dienstream.datasets.log.LineException;
import io.dienstream.datasets.log.LineIds;
import io.dienstream.datasets.log.ModelFields;
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

    private final ModelFields fields;

    BehaviorFile(Path file, LineIds ids, ModelFields fields, JobOptions options, long now) {
        super(file, ids, Behavior.class, InboundRecord.Kind.BEHAVIOR, options, now);
        this.fields = fields;
    }

    @Override
    LogRows<Behavior> open(Path file, LineIds ids) throws IOException {
        if (!Files.isRegularFile(file)) {
            // a pipe cannot be looked at twice, as the other two need it
            return new TextRows<>(file, ids, BehaviorLog::parse);
        }
        byte[] magic;
        try (InputStream in = Files.newInputStream(file)) {
            magic = in.readNBytes(AVRO.length);
        }
        if (Arrays.equals(magic, AVRO)) {
            return new AvroRows(file);
        }
        return Arrays.equals(magic, PARQUET)
                ? new ParquetRows(file, ids)
                : new TextRows<>(file, ids, BehaviorLog::parse);
    }

    @Override
    void require(Behavior behavior) throws LineException {
        fields.checkBehavior(behavior.getFields());
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
