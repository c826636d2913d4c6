package io.dienstream.dien.model;

import java.util.List;
import java.util.Map;

/**
 * A request, and what the implementation that made an artifact answers to it.
 *
 * @param user field values
 * @param context likewise
 * @param behaviors fields of each, oldest first
 * @param candidates fields of each
 * @param pctr of each candidate, 0 to 1
 */
public record GoldenAnswer(
        Map<String, String> user,
        Map<String, String> context,
        List<Map<String, String>> behaviors,
        List<Map<String, String>> candidates,
        List<Float> pctr) {
    public GoldenAnswer {
        user = Map.copyOf(user);
        context = Map.copyOf(context);
        behaviors = List.copyOf(behaviors);
        candidates = List.copyOf(candidates);
        pctr = List.copyOf(pctr);
    }
}
