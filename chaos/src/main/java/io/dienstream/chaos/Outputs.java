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
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/** Everything that came out of the job, by what it answers. */
final class Outputs {
    private static final long[] NEVER = {};
    private static final String CANDIDATE = "candidate";

    private final Map<String, Answer> answers = new HashMap<>();
    private final Map<String, long[]> served = new HashMap<>();
    private final Map<String, Letter> letters = new HashMap<>();
    private final WireDecoder<ScoredRequest> scoredDecoder = WireDecoder.of(ScoredRequest.class);
    private final WireDecoder<ServedRequest> servedDecoder = WireDecoder.of(ServedRequest.class);
    private final WireDecoder<DeadLetter> letterDecoder = WireDecoder.of(DeadLetter.class);

    /**
     * One answer.
     *
     * @param computedAt ms
     * @param pctr in candidate order
     * @param sequenceLength behaviors that it saw
     * @param newestBehavior event time of the newest of them, ms, or null
     * @param late whether its request came after time had passed it
     * @param fingerprint of the model that computed it; null where the job did not tell
     * @param candidate whether the plan had given its user to a candidate
     * @param revision of that plan
     */
    record Copy(
            long computedAt,
            float[] pctr,
            int sequenceLength,
            Long newestBehavior,
            boolean late,
            boolean expired,
            String fingerprint,
            boolean candidate,
            long revision) {
        private static Copy of(ScoredRequest answer, long computedAt) {
            float[] pctr = new float[answer.getCandidates().size()];
            for (ScoredCandidate c : answer.getCandidates()) {
                pctr[c.getPosition()] = c.getPctr();
            }
            return new Copy(
                    computedAt,
                    pctr,
                    answer.getSequenceLength(),
                    answer.getNewestBehaviorTimestamp(),
                    answer.getFlags().contains(ScoreFlag.LATE_REQUEST),
                    answer.getFlags().contains(ScoreFlag.EXPIRED),
                    answer.getModelFingerprint(),
                    CANDIDATE.equals(answer.getArm()),
                    answer.getPlanRevision() == null ? 0 : answer.getPlanRevision());
        }

        /** By another plan another version may answer; that one is held to its own truth. */
        private boolean saysTheSame(Copy other) {
            return sequenceLength == other.sequenceLength
                    && late == other.late
                    && (revision != other.revision || Arrays.equals(pctr, other.pctr));
        }
    }

    /**
     * All answers to one request id.
     *
     * @param copies at least one, in the order in which they were computed
     */
    record Answer(List<Copy> copies) {
        Copy first() {
            return copies.get(0);
        }

        /** When each copy was computed, ms, ascending. */
        long[] computedAt() {
            return copies.stream().mapToLong(Copy::computedAt).toArray();
        }

        /** Whether the repetitions said something else than the first. */
        boolean different() {
            return !copies.stream().allMatch(first()::saysTheSame);
        }

        private Answer and(Answer more) {
            List<Copy> all = new ArrayList<>(copies);
            all.addAll(more.copies);
            all.sort(Comparator.comparingLong(Copy::computedAt));
            return new Answer(List.copyOf(all));
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
        answers.merge(
                answer.getRequestId(),
                new Answer(List.of(Copy.of(answer, record.timestamp()))),
                Answer::and);
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

    /** What a job wrote. */
    static <T extends SpecificRecord> T decode(WireDecoder<T> decoder, byte[] value) {
        try {
            return decoder.decode(value);
        } catch (WireException e) {
            throw new IllegalStateException("a job wrote what cannot be read", e);
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

    /** The dead letters of a record, or null; they stay. */
    Letter letter(String origin) {
        return letters.get(origin);
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
