package io.dienstream.job.connector;

import io.dienstream.job.check.RecordValidator;
import io.dienstream.job.option.Settings;
import io.dienstream.job.record.InboundDecoder;
import io.dienstream.job.record.InboundRecord;
import io.dienstream.job.record.Origin;
import io.dienstream.job.record.RecordType;
import io.dienstream.job.record.Rejection;
import io.dienstream.job.registry.SourceDeserializer;
import io.dienstream.schema.AdRequest;
import io.dienstream.schema.Behavior;
import io.dienstream.schema.Erasure;
import io.dienstream.wire.WireException;
import org.apache.flink.api.common.typeinfo.TypeInformation;

/** Kafka records to {@link InboundRecord}s. */
public final class InboundDeserializer extends SourceDeserializer<InboundRecord> {
    private static final long serialVersionUID = 1;

    private final InboundRecord.Kind kind;
    private final Settings options;
    private transient RecordValidator validator;
    private transient InboundDecoder decoder;

    /**
     * @param kind that the topic holds
     */
    public InboundDeserializer(InboundRecord.Kind kind, Settings options) {
        super(
                options,
                switch (kind) {
                    case BEHAVIOR -> Behavior.class;
                    case AD_REQUEST -> AdRequest.class;
                    case ERASURE -> Erasure.class;
                });
        this.kind = kind;
        this.options = options;
    }

    @Override
    protected void begin() {
        validator = new RecordValidator(options);
        decoder = new InboundDecoder();
    }

    @Override
    protected InboundRecord read(Origin origin, byte[] key, byte[] message) throws WireException {
        return decoder.decode(kind, origin, key, message);
    }

    @Override
    protected Rejection check(InboundRecord record) {
        return validator.check(record);
    }

    @Override
    protected InboundRecord refused(Origin origin, byte[] key, byte[] value, Rejection rejection) {
        return InboundRecord.rejected(kind, origin, key, value, rejection);
    }

    @Override
    public TypeInformation<InboundRecord> getProducedType() {
        return RecordType.INBOUND;
    }
}
