package io.dienstream.datasets.offline;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.dienstream.schema.ScoredCandidate;
import java.util.List;

/** Answers as JSON lines: pctr, ecpm and rank in the request's candidate order. */
public final class AnswerJson {
    private static final ObjectMapper MAPPER = new ObjectMapper();

    private AnswerJson() {}

    /** {@code request_id, model_version, pctr, ecpm, rank}; more may be added by the caller. */
    public static ObjectNode of(
            String requestId, String modelVersion, List<ScoredCandidate> ranked) {
        ScoredCandidate[] inOrder = new ScoredCandidate[ranked.size()];
        for (ScoredCandidate c : ranked) {
            inOrder[c.getPosition()] = c;
        }
        ObjectNode node = MAPPER.createObjectNode();
        node.put("request_id", requestId);
        node.put("model_version", modelVersion);
        ArrayNode pctr = node.putArray("pctr");
        ArrayNode ecpm = node.putArray("ecpm");
        ArrayNode rank = node.putArray("rank");
        for (ScoredCandidate c : inOrder) {
            pctr.add(c.getPctr());
            ecpm.add(c.getEcpmMicros());
            rank.add(c.getRank());
        }
        return node;
    }

    /** Adds a list of floats. */
    public static void putFloats(ArrayNode array, float[] values, int from, int to) {
        for (int i = from; i < to; i++) {
            array.add(values[i]);
        }
    }
}
