package io.dienstream.bench.stream;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.dienstream.datasets.offline.OfflineScorer;
import io.dienstream.dien.Scorer;
import io.dienstream.dien.artifact.ModelReader;
import io.dienstream.dien.kernel.KernelsProvider;
import io.dienstream.job.option.JobOptions;
import io.dienstream.job.record.ModelStamp;
import io.dienstream.operate.kafka.TopicTail;
import io.dienstream.schema.AdRequest;
import io.dienstream.schema.Behavior;
import io.dienstream.schema.ScoredCandidate;
import io.dienstream.schema.ScoredRequest;
import io.dienstream.schema.ServedRequest;
import io.dienstream.wire.WireDecoder;
import io.dienstream.wire.WireException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.TreeMap;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/**
 * Every answer of a run, recomputed from the behaviors that were written as served, by the model
 * whose fingerprint it names and by no other. Not thread safe.
 */
public final class ServedCheck {
    private static final double SAME = 1e-5;

    private final Map<String, OfflineScorer> byFingerprint = new HashMap<>();
    private final Map<String, String> names = new HashMap<>();
    private final Map<Long, Answer> answers = new HashMap<>();
    private final WireDecoder<ScoredRequest> scored = WireDecoder.of(ScoredRequest.class);
    private final WireDecoder<ServedRequest> served = WireDecoder.of(ServedRequest.class);
    private final long first;
    private final long count;
    private final Map<String, Long> by = new TreeMap<>();
    private long doubled;
    private long right;
    private long mixed;
    private double largest;

    private record Answer(String fingerprint, Long revision, float[] pctr) {}

    /**
     * What was found.
     *
     * @param requests that were sent
     * @param lost requests without an answer, or without a served record
     * @param doubled answers that came again
     * @param mixed answers that are not what the version that they name makes of what was served
     * @param by answers by version
     * @param largestDifference of a pCTR to the recomputed one
     */
    public record Found(
            long requests,
            long lost,
            long doubled,
            long mixed,
            Map<String, Long> by,
            double largestDifference) {
        /** Whether nothing was lost, doubled or mixed. */
        @JsonProperty("right")
        public boolean isRight() {
            return lost + doubled + mixed == 0;
        }
    }

    /**
     * @param first number in the id of the first request
     * @param count of requests
     * @param models by name
     */
    ServedCheck(long first, long count, Map<String, Path> models) throws IOException {
        this.first = first;
        this.count = count;
        for (Map.Entry<String, Path> model : models.entrySet()) {
            OfflineScorer scorer =
                    new OfflineScorer(
                            new Scorer(ModelReader.read(model.getValue()), KernelsProvider.get()));
            String fingerprint = ModelStamp.hex(scorer.scorer().model().fingerprint());
            byFingerprint.put(fingerprint, scorer);
            names.put(fingerprint, model.getKey());
        }
    }

    /** Reads both topics from their beginnings. */
    Found check(Properties client, BenchKafka.CaseTopics topics) {
        read(client, topics.name(JobOptions.SCORES), this::answer);
        read(client, topics.name(JobOptions.SERVED), this::served);
        return new Found(count, count - right - mixed, doubled, mixed, by, largest);
    }

    private interface Taker {
        void take(byte[] value) throws WireException;
    }

    private void read(Properties client, String topic, Taker taker) {
        try (TopicTail tail = new TopicTail(client, List.of(topic))) {
            tail.drain(record -> take(record, taker));
        }
    }

    private void take(ConsumerRecord<byte[], byte[]> record, Taker taker) {
        long number = number(new String(record.key(), StandardCharsets.US_ASCII));
        if (number < first || number >= first + count) {
            return;
        }
        try {
            taker.take(record.value());
        } catch (WireException e) {
            throw new IllegalStateException("the job wrote what cannot be read", e);
        }
    }

    private static long number(String requestId) {
        return Long.parseLong(requestId.substring(1));
    }

    private void answer(byte[] value) throws WireException {
        ScoredRequest answer = scored.decode(value);
        float[] pctr = new float[answer.getCandidates().size()];
        for (ScoredCandidate c : answer.getCandidates()) {
            pctr[c.getPosition()] = c.getPctr();
        }
        Answer before =
                answers.put(
                        number(answer.getRequestId()),
                        new Answer(answer.getModelFingerprint(), answer.getPlanRevision(), pctr));
        doubled += before == null ? 0 : 1;
    }

    private void served(byte[] value) throws WireException {
        ServedRequest request = served.decode(value);
        Answer answer = answers.remove(number(request.getRequestId()));
        if (answer == null) {
            return; // not answered, or served twice, as its answer then was
        }
        OfflineScorer scorer = byFingerprint.get(answer.fingerprint());
        boolean same =
                scorer != null
                        && answer.fingerprint().equals(request.getModelFingerprint())
                        && answer.revision().equals(request.getPlanRevision())
                        && difference(scorer, request, answer) <= SAME;
        right += same ? 1 : 0;
        mixed += same ? 0 : 1;
        by.merge(names.getOrDefault(answer.fingerprint(), "unknown"), 1L, Long::sum);
    }

    private double difference(OfflineScorer scorer, ServedRequest served, Answer answer) {
        List<Behavior> behaviors = new ArrayList<>();
        for (int t = 0; t < served.getBehaviors().size(); t++) {
            var b = served.getBehaviors().get(t);
            behaviors.add(
                    new Behavior(
                            Integer.toString(t),
                            served.getUserId(),
                            b.getTimestamp(),
                            b.getFields()));
        }
        AdRequest request =
                new AdRequest(
                        served.getRequestId(),
                        served.getUserId(),
                        served.getTimestamp(),
                        served.getUser(),
                        served.getContext(),
                        served.getCandidates());
        scorer.score(request, scorer.history(behaviors, served.getTimestamp()));
        double most = 0;
        for (int c = 0; c < answer.pctr().length; c++) {
            most = Math.max(most, Math.abs(answer.pctr()[c] - scorer.scores().pctr(c)));
        }
        largest = Math.max(largest, most);
        return most;
    }
}
