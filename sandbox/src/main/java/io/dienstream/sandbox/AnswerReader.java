package io.dienstream.sandbox;

import io.dienstream.schema.DeadLetter;
import io.dienstream.schema.ScoredRequest;
import io.dienstream.wire.WireDecoder;
import io.dienstream.wire.WireException;
import java.util.Map;
import java.util.TreeMap;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/** Reads what the job writes; dead letters are only counted, by reason. Thread safe. */
final class AnswerReader {
    private final WireDecoder<ScoredRequest> scores = WireDecoder.of(ScoredRequest.class);
    private final WireDecoder<DeadLetter> letters = WireDecoder.of(DeadLetter.class);
    private final Map<String, Long> deadLetters = new TreeMap<>();
    private final String scoresTopic;

    AnswerReader(String scoresTopic) {
        this.scoresTopic = scoresTopic;
    }

    /** The answer in a record of the scores topic; null of the dead-letters topic. */
    synchronized ScoredRequest read(ConsumerRecord<byte[], byte[]> record) {
        try {
            if (record.topic().equals(scoresTopic)) {
                return scores.decode(record.value());
            }
            deadLetters.merge(letters.decode(record.value()).getReason(), 1L, Long::sum);
            return null;
        } catch (WireException e) {
            throw new IllegalStateException("the job wrote a message that cannot be read", e);
        }
    }

    /** Counts by reason. */
    synchronized Map<String, Long> deadLetters() {
        return new TreeMap<>(deadLetters);
    }
}
