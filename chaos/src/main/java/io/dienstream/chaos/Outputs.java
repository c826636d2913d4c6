package io.dienstream.chaos;

import io.dienstream.job.option.JobOptions;
import io.dienstream.schema.DeadLetter;
import io.dienstream.schema.ScoreFlag;
import io.dienstream.schema.ScoredCandidate;
import io.dienstream.schema.ScoredRequest;
import io.dienstream.schema.ServedRequest;
import io.dienstream.wire.WireDecoder;
import io.dienstream.wire.WireException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/** Everything that came out of the job, by what it answers. */
final class Outputs {
    private static final long[] NEVER = {};

    private final Map<String, Answer> answers = new HashMap<>();
    private final Map<String, long[]> served = new HashMap<>();
    private final Map<String, Letter> letters = new HashMap<>();
    private final WireDecoder<ScoredRequest> scoredDecoder = WireDecoder.of(ScoredRequest.class);
    private final WireDecoder<ServedRequest> servedDecoder = WireDecoder.of(ServedRequest.class);
    private final WireDecoder<DeadLetter> letterDecoder = WireDecoder.of(DeadLetter.class);

    /** All answers to one request id. */
    static final class Answer {
        private final float[] pctr;
        private final int sequenceLength;
        private final boolean expired;
        private long[] computedAt = NEVER;
        private boolean different;

        private Answer(ScoredRequest first) {
            pctr = byPosition(first);
            sequenceLength = first.getSequenceLength();
            expired = first.getFlags().contains(ScoreFlag.EXPIRED);
        }

        private static float[] byPosition(ScoredRequest answer) {
            float[] pctr = new float[answer.getCandidates().size()];
            for (ScoredCandidate c : answer.getCandidates()) {
                pctr[c.getPosition()] = c.getPctr();
            }
            return pctr;
        }

        /** In candidate order. */
        float[] pctr() {
            return pctr;
        }

        int sequenceLength() {
            return sequenceLength;
        }

        boolean expired() {
            return expired;
        }

        long[] computedAt() {
            return computedAt;
        }

        /** Whether the repetitions said something else than the first. */
        boolean different() {
            return different;
        }
    }

    /**
     * Dead letters of one record.
     *
     * @param computedAt when each was written, ms, ascending
     */
    record Letter(String reason, long[] computedAt) {
        Letter and(Letter other) {
            String both = reason.equals(other.reason) ? reason : reason + "+" + other.reason;
            return new Letter(both, with(computedAt, other.computedAt[0]));
        }
    }

    /** Reads all output topics. */
    static Outputs read(TopicReader reader) {
        Outputs outputs = new Outputs();
        reader.read(JobOptions.SCORES.defaultText(), outputs::score);
        reader.read(JobOptions.SERVED.defaultText(), outputs::served);
        reader.read(JobOptions.DEAD_LETTERS.defaultText(), outputs::letter);
        return outputs;
    }

    void score(ConsumerRecord<byte[], byte[]> record) {
        ScoredRequest answer = decode(scoredDecoder, record.value());
        Answer first = answers.computeIfAbsent(answer.getRequestId(), id -> new Answer(answer));
        first.computedAt = with(first.computedAt, record.timestamp());
        if (first.sequenceLength != answer.getSequenceLength()
                || !Arrays.equals(first.pctr, Answer.byPosition(answer))) {
            first.different = true;
        }
    }

    void served(ConsumerRecord<byte[], byte[]> record) {
        String id = decode(servedDecoder, record.value()).getRequestId();
        if (!id.equals(new String(record.key(), StandardCharsets.UTF_8))) {
            throw new IllegalStateException("served request " + id + " under another key");
        }
        served.compute(id, (i, at) -> with(at == null ? NEVER : at, record.timestamp()));
    }

    void letter(ConsumerRecord<byte[], byte[]> record) {
        DeadLetter l = decode(letterDecoder, record.value());
        String origin = origin(l.getOriginTopic(), l.getOriginPartition(), l.getOriginOffset());
        letters.merge(
                origin, new Letter(l.getReason(), new long[] {record.timestamp()}), Letter::and);
    }

    private static <T extends SpecificRecord> T decode(WireDecoder<T> decoder, byte[] value) {
        try {
            return decoder.decode(value);
        } catch (WireException e) {
            throw new IllegalStateException("the job wrote what cannot be read", e);
        }
    }

    private static long[] with(long[] times, long time) {
        long[] more = Arrays.copyOf(times, times.length + 1);
        more[times.length] = time;
        Arrays.sort(more);
        return more;
    }

    /** The name of a record's place. */
    static String origin(String topic, int partition, long offset) {
        return topic + "-" + partition + "@" + offset;
    }

    /** Takes out the answer to a request, or null. */
    Answer takeAnswer(String requestId) {
        return answers.remove(requestId);
    }

    /** Takes out when a request was written as served, each time. */
    long[] takeServed(String requestId) {
        long[] computedAt = served.remove(requestId);
        return computedAt == null ? NEVER : computedAt;
    }

    /** Takes out the dead letters of a record, or null. */
    Letter takeLetter(String origin) {
        return letters.remove(origin);
    }

    /** What nobody has taken: answers to nothing. */
    int unasked() {
        return answers.size() + served.size() + letters.size();
    }
}
