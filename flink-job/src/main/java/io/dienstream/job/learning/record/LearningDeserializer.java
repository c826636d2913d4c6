package io.dienstream.job.learning.record;

import io.dienstream.job.option.LearningOptions;
import io.dienstream.job.record.Origin;
import io.dienstream.job.record.Rejection;
import io.dienstream.job.registry.SourceDeserializer;
import io.dienstream.schema.AdClick;
import io.dienstream.schema.Heartbeat;
import io.dienstream.schema.Impression;
import io.dienstream.schema.ServedRequest;
import io.dienstream.wire.WireException;
import org.apache.flink.api.common.typeinfo.TypeInformation;

/** Kafka records to {@link LearningRecord}s. */
public final class LearningDeserializer extends SourceDeserializer<LearningRecord> {
    private static final long serialVersionUID = 1;

    private final LearningRecord.Kind kind;
    private final LearningOptions options;
    private transient LearningValidator validator;
    private transient LearningDecoder decoder;

    /**
     * @param kind that the topic holds beside heartbeats
     */
    public LearningDeserializer(LearningRecord.Kind kind, LearningOptions options) {
        super(
                options,
                switch (kind) {
                    case SERVED -> ServedRequest.class;
                    case IMPRESSION -> Impression.class;
                    case CLICK -> AdClick.class;
                    case HEARTBEAT -> Heartbeat.class;
                });
        this.kind = kind;
        this.options = options;
    }

    @Override
    protected void begin() {
        validator = new LearningValidator(options, System::currentTimeMillis);
        decoder = new LearningDecoder();
    }

    @Override
    protected LearningRecord read(Origin origin, byte[] key, byte[] message) throws WireException {
        return decoder.decode(kind, origin, key, message);
    }

    @Override
    protected Rejection check(LearningRecord record) {
        return validator.check(record);
    }

    @Override
    protected LearningRecord refused(Origin origin, byte[] key, byte[] value, Rejection rejection) {
        return LearningRecord.rejected(kind, origin, key, value, rejection);
    }

    @Override
    public TypeInformation<LearningRecord> getProducedType() {
        return LearningRecordSerializer.TYPE;
    }
}
