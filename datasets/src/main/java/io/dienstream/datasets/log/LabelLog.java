package io.dienstream.datasets.log;

import com.fasterxml.jackson.databind.JsonNode;

/**
 * What became of the candidates of ad requests, as JSON lines: {@code request_id} and {@code
 * clicked}, a list of 0 and 1 in candidate order; other members are passed over.
 */
public final class LabelLog {
    private LabelLog() {}

    /**
     * The labels of one request.
     *
     * @param clicked [N], in candidate order
     */
    public record Labels(String requestId, boolean[] clicked) {}

    /** One line. */
    public static Labels parse(String line) throws LineException {
        JsonNode node = JsonLines.parse(line);
        String requestId = JsonLines.text(node, "request_id");
        JsonNode list = node.path("clicked");
        if (!list.isArray()) {
            throw new LineException("clicked is no list");
        }
        boolean[] clicked = new boolean[list.size()];
        for (int n = 0; n < clicked.length; n++) {
            JsonNode label = list.get(n);
            if (!label.isInt() || label.intValue() < 0 || label.intValue() > 1) {
                throw new LineException("clicked[%d] is %s, neither 0 nor 1".formatted(n, label));
            }
            clicked[n] = label.intValue() == 1;
        }
        return new Labels(requestId, clicked);
    }
}
