package io.dienstream.operate.bootstrap;

import io.dienstream.datasets.log.ErasureLog;
import io.dienstream.datasets.log.LineIds;
import io.dienstream.job.option.JobOptions;
import io.dienstream.job.record.InboundRecord;
import io.dienstream.job.record.Origin;
import io.dienstream.schema.Erasure;
import java.io.IOException;
import java.nio.file.Path;

/** Erasures in a file, JSON lines: {@link ErasureLog}. */
final class ErasureFile extends RecordFile<Erasure> {
    private static final long serialVersionUID = 1;

    ErasureFile(Path file, LineIds ids, JobOptions options, long now) {
        super(file, ids, Erasure.class, InboundRecord.Kind.ERASURE, options, now);
    }

    @Override
    LogRows<Erasure> open(Path file, LineIds ids) throws IOException {
        return new TextRows<>(file, ids, ErasureLog::parse);
    }

    @Override
    String userId(Erasure erasure) {
        return erasure.getUserId();
    }

    @Override
    InboundRecord record(Origin origin, byte[] key, byte[] value, Erasure erasure) {
        return InboundRecord.erasure(origin, key, value, erasure);
    }
}
