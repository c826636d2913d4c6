package io.dienstream.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.dienstream.datasets.offline.OfflineScorer;
import io.dienstream.dien.history.InterestHistory;
import io.dienstream.job.option.JobOptions;
import io.dienstream.job.record.ModelStamp;
import io.dienstream.operate.kafka.TopicTail;
import io.dienstream.sandbox.DemoCluster;
import io.dienstream.schema.AdRequest;
import io.dienstream.schema.Behavior;
import io.dienstream.schema.ScoredCandidate;
import io.dienstream.schema.ScoredRequest;
import io.dienstream.schema.ServedRequest;
import io.dienstream.wire.WireDecoder;
import io.dienstream.wire.WireException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/**
 * What was served, recomputed: each request again from the behaviors that it was scored with, by
 * the model whose fingerprint it names, and by no other.
 */
final class ServedTruth {
    private static final float SAME = 1e-5f;
    private static final Duration PATIENCE = Duration.ofMinutes(5);
    private static final Duration POLL = Duration.ofMillis(100);

    private final Map<String, OfflineScorer> byFingerprint = new HashMap<>();

    ServedTruth(Path... models) throws Exception {
        for (Path model : models) {
            OfflineScorer scorer = OfflineTruth.offline(model);
            byFingerprint.put(ModelStamp.hex(scorer.scorer().model().fingerprint()), scorer);
        }
    }

    /** The fingerprint of the model in {@code directory}, as answers name it. */
    static String fingerprint(Path directory) throws Exception {
        return ModelStamp.hex(OfflineTruth.offline(directory).scorer().model().fingerprint());
    }

    /** Every answer was served once, and is what its own model makes of what was served. */
    void assertHolds(DemoCluster cluster, Map<String, ScoredRequest> answers) {
        Map<String, ServedRequest> served = served(cluster, answers.size());
        assertThat(served).containsOnlyKeys(answers.keySet());
        answers.forEach((id, answer) -> assertSame(answer, served.get(id)));
    }

    /** Answers and what was served go to two topics: the second may be a moment behind. */
    private static Map<String, ServedRequest> served(DemoCluster cluster, int expected) {
        Map<String, ServedRequest> served = new HashMap<>();
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        try (TopicTail tail =
                new TopicTail(cluster.client(), List.of(JobOptions.SERVED.defaultText()))) {
            while (served.size() < expected && System.nanoTime() < deadline) {
                tail.poll(POLL, record -> take(record, served));
            }
            tail.drain(record -> take(record, served));
        }
        return served;
    }

    private static void take(
            ConsumerRecord<byte[], byte[]> record, Map<String, ServedRequest> served) {
        try {
            ServedRequest request = WireDecoder.of(ServedRequest.class).decode(record.value());
            served.put(request.getRequestId(), request);
        } catch (WireException e) {
            throw new AssertionError(e);
        }
    }

    private void assertSame(ScoredRequest answer, ServedRequest served) {
        String id = answer.getRequestId();
        assertThat(served.getModelFingerprint()).as(id).isEqualTo(answer.getModelFingerprint());
        assertThat(served.getPlanRevision()).as(id).isEqualTo(answer.getPlanRevision());
        assertThat(served.getArm()).as(id).isEqualTo(answer.getArm());
        OfflineScorer scorer = byFingerprint.get(answer.getModelFingerprint());
        assertThat(scorer).as("%s by %s", id, answer.getModelFingerprint()).isNotNull();
        List<Behavior> behaviors = new ArrayList<>();
        for (int t = 0; t < served.getBehaviors().size(); t++) {
            var b = served.getBehaviors().get(t);
            behaviors.add(
                    new Behavior(
                            Integer.toString(t),
                            answer.getUserId(),
                            b.getTimestamp(),
                            b.getFields()));
        }
        InterestHistory history = scorer.history(behaviors, answer.getTimestamp());
        AdRequest request =
                new AdRequest(
                        id,
                        answer.getUserId(),
                        answer.getTimestamp(),
                        served.getUser(),
                        served.getContext(),
                        served.getCandidates());
        scorer.score(request, history);
        float[] expected = scorer.pctrs(served.getCandidates().size());
        for (ScoredCandidate candidate : answer.getCandidates()) {
            assertThat(candidate.getPctr())
                    .as("%s position %d", id, candidate.getPosition())
                    .isCloseTo(
                            expected[candidate.getPosition()],
                            org.assertj.core.data.Offset.offset(SAME));
        }
    }
}
