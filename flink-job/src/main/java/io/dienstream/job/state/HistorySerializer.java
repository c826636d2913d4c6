package io.dienstream.job.state;

import io.dienstream.job.record.RecordSerializer;

/**
 * What serializers of records with an interest history in them have in common: its codec.
 *
 * @param <T> the record
 */
abstract class HistorySerializer<T> extends RecordSerializer<T> {
    private static final long serialVersionUID = 1;

    private transient InterestHistoryCodec codec;

    final InterestHistoryCodec codec() {
        if (codec == null) {
            codec = new InterestHistoryCodec();
        }
        return codec;
    }
}
