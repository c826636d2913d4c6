package io.dienstream.operate.deadletter;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.dienstream.schema.DeadLetter;
import java.util.Map;
import java.util.TreeMap;

/** Dead letters counted by reason and by the topic that they came from. */
public final class DeadLetterSummary {
    private final Map<String, Entry> reasons = new TreeMap<>();

    /** Of one reason. */
    public static final class Entry {
        @JsonProperty private long count;
        @JsonProperty private long first = Long.MAX_VALUE;
        @JsonProperty private long last = Long.MIN_VALUE;
        @JsonProperty private String example = "";
        @JsonProperty private final Map<String, Long> topics = new TreeMap<>();

        public long count() {
            return count;
        }

        /** When the first was written, ms. */
        public long first() {
            return first;
        }

        /** When the last was written, ms. */
        public long last() {
            return last;
        }

        /** Message of the last. */
        public String example() {
            return example;
        }

        /** How many came from each topic. */
        public Map<String, Long> topics() {
            return topics;
        }
    }

    public void add(DeadLetter letter) {
        Entry entry = reasons.computeIfAbsent(letter.getReason(), r -> new Entry());
        entry.count++;
        entry.first = Math.min(entry.first, letter.getProcessingTimestamp());
        if (letter.getProcessingTimestamp() >= entry.last) {
            entry.last = letter.getProcessingTimestamp();
            entry.example = letter.getMessage();
        }
        entry.topics.merge(letter.getOriginTopic(), 1L, Long::sum);
    }

    /** By reason. */
    public Map<String, Entry> reasons() {
        return reasons;
    }
}
