package io.dienstream.sandbox;

import io.dienstream.schema.DeadLetter;
import io.dienstream.schema.ScoredRequest;
import io.dienstream.wire.WireDecoder;
import io.dienstream.wire.WireException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/** What came back from the job: answers by request id, and dead letters by reason. */
public final class AnswerLog {
    private final WireDecoder<ScoredRequest> scores = WireDecoder.of(ScoredRequest.class);
    private final WireDecoder<DeadLetter> letters = WireDecoder.of(DeadLetter.class);
    private final Map<String, ScoredRequest> answers = new LinkedHashMap<>();
    private final Map<String, Long> deadLetters = new TreeMap<>();
    private final String scoresTopic;
    private long doubled;

    public AnswerLog(String scoresTopic) {
        this.scoresTopic = scoresTopic;
    }

    /** Takes a record of the scores or the dead-letters topic; returns a new answer, or null. */
    public synchronized ScoredRequest accept(ConsumerRecord<byte[], byte[]> record) {
        try {
            if (!record.topic().equals(scoresTopic)) {
                deadLetters.merge(letters.decode(record.value()).getReason(), 1L, Long::sum);
                return null;
            }
            ScoredRequest answer = scores.decode(record.value());
            boolean isNew = answers.put(answer.getRequestId(), answer) == null;
            doubled += isNew ? 0 : 1;
            return isNew ? answer : null;
        } catch (WireException e) {
            throw new IllegalStateException("the job wrote a message that cannot be read", e);
        }
    }

    /** Answers by request id, in arrival order. */
    public synchronized Map<String, ScoredRequest> answers() {
        return new LinkedHashMap<>(answers);
    }

    public synchronized int size() {
        return answers.size();
    }

    /** Answers that came again for the same request. */
    public synchronized long doubled() {
        return doubled;
    }

    /** Counts by reason. */
    public synchronized Map<String, Long> deadLetters() {
        return new TreeMap<>(deadLetters);
    }
}
