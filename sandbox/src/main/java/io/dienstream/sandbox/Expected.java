package io.dienstream.sandbox;

import com.fasterxml.jackson.databind.JsonNode;
import io.dienstream.datasets.log.JsonLines;
import io.dienstream.datasets.log.LineException;
import io.dienstream.datasets.log.TextLines;
import io.dienstream.evaluation.Auc;
import io.dienstream.schema.ScoredCandidate;
import io.dienstream.schema.ScoredRequest;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;

/**
 * Answers that another implementation gave: JSON lines of {@code request_id, pctr}, and optionally
 * {@code clicked} and {@code sequence_length}.
 */
final class Expected {
    private final Auc expectedAuc = new Auc();
    private final Auc auc = new Auc();
    private long compared;
    private long missing;
    private long wrongLength;
    private double largest;

    static Expected compare(Path file, Map<String, ScoredRequest> answers) throws IOException {
        Expected result = new Expected();
        TextLines.forEach(file, (line, number) -> result.compare(JsonLines.parse(line), answers));
        return result;
    }

    private void compare(JsonNode expected, Map<String, ScoredRequest> answers)
            throws LineException {
        String id = JsonLines.text(expected, "request_id");
        ScoredRequest answer = answers.get(id);
        if (answer == null) {
            missing++;
            return;
        }
        JsonNode pctr = expected.path("pctr");
        JsonNode clicked = expected.path("clicked");
        if (pctr.size() != answer.getCandidates().size()) {
            throw new LineException(
                    "%d pctr for the %d candidates of request %s"
                            .formatted(pctr.size(), answer.getCandidates().size(), id));
        }
        for (ScoredCandidate c : answer.getCandidates()) {
            double difference =
                    Math.abs(c.getPctr() - pctr.path(c.getPosition()).asDouble(Double.NaN));
            largest = Math.max(largest, difference); // NaN stays, and is not within anything
            compared++;
            if (clicked.has(c.getPosition())) {
                boolean label = clicked.get(c.getPosition()).asInt() == 1;
                auc.add(c.getPctr(), label);
                expectedAuc.add(pctr.path(c.getPosition()).asDouble(), label);
            }
        }
        JsonNode length = expected.path("sequence_length");
        wrongLength += length.isInt() && length.asInt() != answer.getSequenceLength() ? 1 : 0;
    }

    boolean holds() {
        return compared > 0 && missing == 0 && wrongLength == 0 && largest <= Parity.TOLERANCE;
    }

    String summary() {
        String text =
                "expected: %,d scores, largest difference %.2e, allowed %.0e; missing answers %,d;"
                                .formatted(compared, largest, Parity.TOLERANCE, missing)
                        + " wrong sequence lengths %,d: %s"
                                .formatted(wrongLength, holds() ? "ok" : "FAILED");
        return auc.examples() == 0
                ? text
                : text
                        + "%nAUC: %.4f, of the expected answers %.4f"
                                .formatted(auc.value(), expectedAuc.value());
    }
}
