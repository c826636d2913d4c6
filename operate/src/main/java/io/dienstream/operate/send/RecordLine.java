package io.dienstream.operate.send;

import io.dienstream.schema.AdRequest;
import io.dienstream.schema.Behavior;
import io.dienstream.schema.DeadLetter;
import io.dienstream.schema.Erasure;
import io.dienstream.schema.ScoredCandidate;
import io.dienstream.schema.ScoredRequest;
import io.dienstream.schema.ServedRequest;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.apache.avro.specific.SpecificRecord;

/** A record of the job's topics in one line for a person to read. */
public final class RecordLine {
    private static final double MICROS = 1e6;

    private RecordLine() {}

    /** What stands behind time and topic. */
    public static String of(SpecificRecord message) {
        if (message instanceof ScoredRequest answer) {
            return answer(answer);
        }
        if (message instanceof DeadLetter letter) {
            return "%s, %s-%d@%d: %s"
                    .formatted(
                            letter.getReason(),
                            letter.getOriginTopic(),
                            letter.getOriginPartition(),
                            letter.getOriginOffset(),
                            letter.getMessage());
        }
        if (message instanceof Behavior b) {
            return b.getUserId() + " " + fields(b.getFields()) + " (" + b.getEventId() + ")";
        }
        if (message instanceof AdRequest r) {
            return "%s asks %s: %d candidates"
                    .formatted(r.getUserId(), r.getRequestId(), r.getCandidates().size());
        }
        if (message instanceof ServedRequest s) {
            return "%s of %s: %d candidates, %d behaviors"
                    .formatted(
                            s.getRequestId(),
                            s.getUserId(),
                            s.getCandidates().size(),
                            s.getBehaviors().size());
        }
        if (message instanceof Erasure e) {
            return "%s up to %d (%s)".formatted(e.getUserId(), e.getTimestamp(), e.getErasureId());
        }
        return message.toString();
    }

    private static String answer(ScoredRequest answer) {
        String of =
                "%s of %s, %d behaviors"
                        .formatted(
                                answer.getRequestId(),
                                answer.getUserId(),
                                answer.getSequenceLength());
        String flags = answer.getFlags().isEmpty() ? "" : " " + answer.getFlags();
        if (answer.getCandidates().isEmpty()) {
            return of + flags;
        }
        ScoredCandidate best = answer.getCandidates().get(0);
        return String.format(
                Locale.ROOT,
                "%s%s: %d ads, first %s, pCTR %.4f, eCPM %.4f %s",
                of,
                flags,
                answer.getCandidates().size(),
                best.getAdId(),
                best.getPctr(),
                best.getEcpmMicros() / MICROS,
                best.getCurrency());
    }

    private static String fields(Map<String, String> fields) {
        StringBuilder text = new StringBuilder();
        new TreeMap<>(fields)
                .forEach(
                        (name, value) ->
                                text.append(text.isEmpty() ? "" : " ")
                                        .append(name)
                                        .append('=')
                                        .append(value));
        return text.toString();
    }
}
