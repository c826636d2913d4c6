package io.dienstream.sandbox;

import io.dienstream.schema.ScoredRequest;
import java.util.LinkedHashMap;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/** What came back from the job: answers by request id, and dead letters by reason. */
public final class AnswerLog {
    private final AnswerReader reader;
    private final Map<String, ScoredRequest> answers = new LinkedHashMap<>();
    private long doubled;

    public AnswerLog(String scoresTopic) {
        reader = new AnswerReader(scoresTopic);
    }

    /** Takes a record of the scores or the dead-letters topic; returns a new answer, or null. */
    public synchronized ScoredRequest accept(ConsumerRecord<byte[], byte[]> record) {
        ScoredRequest answer = reader.read(record);
        if (answer == null) {
            return null;
        }
        boolean isNew = answers.put(answer.getRequestId(), answer) == null;
        doubled += isNew ? 0 : 1;
        return isNew ? answer : null;
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
    public Map<String, Long> deadLetters() {
        return reader.deadLetters();
    }
}
