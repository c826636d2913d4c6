package io.dienstream.console.touch;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.dienstream.console.feed.Answered;
import io.dienstream.console.feed.Seen;
import io.dienstream.schema.Candidate;
import io.dienstream.schema.ScoredCandidate;
import io.dienstream.schema.ScoredRequest;
import io.dienstream.schema.ServedRequest;
import java.util.List;

/** Histories and answers as the page is told them. */
final class AnswerView {
    private static final double MICROS = 1e6;

    private final Labels labels;

    AnswerView(Labels labels) {
        this.labels = labels;
    }

    /** Behaviors, oldest first. */
    ArrayNode history(List<Seen> history) {
        ArrayNode array = JsonNodeFactory.instance.arrayNode();
        history.forEach(
                b -> labels.put(b.fields(), array.addObject().put("timestamp", b.timestamp())));
        return array;
    }

    /** An answer with what it was scored with and, where it can be told, why. */
    ObjectNode answer(Answered answered, String user, Explainer explainer) {
        ScoredRequest answer = answered.answer();
        ObjectNode node = JsonNodeFactory.instance.objectNode();
        node.put("request_id", answer.getRequestId());
        node.put("user", user);
        node.put("model", answer.getModelName());
        node.put("version", answer.getModelVersion());
        node.put("arm", answer.getArm());
        node.put("timestamp", answer.getTimestamp());
        node.put("sequence_length", answer.getSequenceLength());
        ArrayNode flags = node.putArray("flags");
        answer.getFlags().forEach(flag -> flags.add(flag.name()));
        ServedRequest served = answered.served();
        ArrayNode ranked = node.putArray("candidates");
        for (ScoredCandidate c : answer.getCandidates()) {
            ObjectNode one = ranked.addObject();
            one.put("ad_id", c.getAdId());
            one.put("rank", c.getRank());
            one.put("position", c.getPosition());
            one.put("pctr", c.getPctr());
            one.put("ecpm", c.getEcpmMicros() / MICROS);
            one.put("currency", c.getCurrency());
            if (served != null) {
                offer(served.getCandidates().get(c.getPosition()), one);
            }
        }
        if (served == null) {
            node.put("unexplained", "what it was scored with has not come through yet");
            return node;
        }
        ArrayNode behaviors = node.putArray("behaviors");
        served.getBehaviors()
                .forEach(
                        b ->
                                labels.put(
                                        b.getFields(),
                                        behaviors.addObject().put("timestamp", b.getTimestamp())));
        explainer.explain(served, node);
        return node;
    }

    private void offer(Candidate ad, ObjectNode to) {
        labels.put(ad.getFields(), to);
        to.put("pricing", ad.getPricing().name());
        to.put("bid", ad.getBidMicros() / MICROS);
    }
}
