package io.dienstream.wire;

import io.dienstream.schema.LabeledCandidate;
import io.dienstream.schema.ServedBehavior;
import io.dienstream.schema.TrainingExample;
import java.util.List;
import java.util.Map;

/** Training examples of logs, which say nothing about how a request was served. */
public final class OfflineExample {
    private OfflineExample() {}

    /** An example of whose serving only the model's version may be known. */
    public static TrainingExample of(
            String requestId,
            String userId,
            long timestamp,
            Map<String, String> user,
            Map<String, String> context,
            List<ServedBehavior> behaviors,
            List<LabeledCandidate> candidates,
            String modelVersion) {
        TrainingExample example = new TrainingExample();
        example.setRequestId(requestId);
        example.setUserId(userId);
        example.setTimestamp(timestamp);
        example.setUser(user);
        example.setContext(context);
        example.setBehaviors(behaviors);
        example.setCandidates(candidates);
        example.setModelVersion(modelVersion);
        return example;
    }

    /**
     * @param sampled whether it was drawn from the catalog rather than shown
     */
    public static LabeledCandidate candidate(
            String adId, Map<String, String> fields, boolean clicked, boolean sampled) {
        LabeledCandidate candidate = new LabeledCandidate();
        candidate.setAdId(adId);
        candidate.setFields(fields);
        candidate.setClicked(clicked);
        candidate.setSampled(sampled);
        return candidate;
    }
}
