package io.dienstream.datasets.prepare;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.dienstream.cli.terminal.Bars;
import io.dienstream.datasets.format.CatalogEntry;
import io.dienstream.datasets.format.Manifest;
import io.dienstream.datasets.format.Split;
import io.dienstream.datasets.log.BadLines;
import io.dienstream.datasets.log.BehaviorLog;
import io.dienstream.datasets.log.RequestLog;
import io.dienstream.datasets.log.TextLines;
import io.dienstream.dien.history.Retention;
import io.dienstream.schema.AdRequest;
import io.dienstream.schema.Behavior;
import io.dienstream.schema.Candidate;
import io.dienstream.schema.LabeledCandidate;
import io.dienstream.schema.ServedBehavior;
import io.dienstream.schema.TrainingExample;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import me.tongfei.progressbar.ProgressBar;

/**
 * Our own logs: behaviors, ad requests, and for each request which candidates were clicked (JSON
 * lines of {@code request_id} and {@code clicked}, a list of 0 and 1 in candidate order). Every
 * request sees the retained behaviors up to its own time, as in the stream. Splits are by user.
 */
final class ImpressionPreparation {
    private final Path behaviors;
    private final Path requests;
    private final Path labels;
    private final PrepareSettings settings;
    private final BadLines bad;

    ImpressionPreparation(
            Path behaviors, Path requests, Path labels, PrepareSettings settings, BadLines bad) {
        this.behaviors = behaviors;
        this.requests = requests;
        this.labels = labels;
        this.settings = settings;
        this.bad = bad;
    }

    Manifest write(Path output) throws IOException {
        Map<String, List<Behavior>> byUser = new HashMap<>();
        for (Behavior b : BehaviorLog.read(behaviors, bad)) {
            byUser.computeIfAbsent(b.getUserId(), u -> new ArrayList<>()).add(b);
        }
        Map<String, boolean[]> clicked = labels();
        UserSplit users = new UserSplit(settings, null);
        Map<Map<String, String>, Long> popularity = new LinkedHashMap<>();
        List<String> fields = fields(byUser);
        try (DatasetBuilder builder =
                        new DatasetBuilder(
                                output,
                                settings,
                                fields,
                                List.of(),
                                List.of(),
                                4L * clicked.size());
                ProgressBar bar = Bars.start("requests", clicked.size())) {
            byUser.forEach(
                    (user, own) -> {
                        if (users.of(user) == Split.TRAIN) {
                            own.forEach(b -> popularity.merge(b.getFields(), 1L, Long::sum));
                        }
                    });
            popularity.forEach(builder::count);
            RequestLog.forEach(
                    requests,
                    bad,
                    line -> {
                        boolean[] label = clicked.get(line.request().getRequestId());
                        if (label == null
                                || label.length != line.request().getCandidates().size()) {
                            bad.refuse(requests, line.line(), "has no label for each candidate");
                            return;
                        }
                        List<Behavior> own =
                                byUser.getOrDefault(line.request().getUserId(), List.of());
                        builder.add(
                                users.of(line.request().getUserId()),
                                example(line.request(), own, label));
                        bar.step();
                    });
            List<CatalogEntry> catalog = new ArrayList<>();
            popularity.forEach((ad, n) -> catalog.add(new CatalogEntry(ad, n)));
            return builder.finish(List.of(behaviors, requests, labels), bad.count(), catalog);
        }
    }

    private Map<String, boolean[]> labels() throws IOException {
        ObjectMapper mapper = new ObjectMapper();
        Map<String, boolean[]> clicked = new HashMap<>();
        TextLines.forEach(
                labels,
                line -> {
                    JsonNode node = mapper.readTree(line);
                    JsonNode list = node.path("clicked");
                    boolean[] label = new boolean[list.size()];
                    for (int n = 0; n < label.length; n++) {
                        label[n] = list.get(n).asInt() == 1;
                    }
                    clicked.put(node.path("request_id").asText(), label);
                });
        return clicked;
    }

    private List<String> fields(Map<String, List<Behavior>> byUser) throws IOException {
        for (List<Behavior> own : byUser.values()) {
            return own.get(0).getFields().keySet().stream().sorted().toList();
        }
        throw new IOException(behaviors + ": holds no behavior");
    }

    private TrainingExample example(AdRequest request, List<Behavior> own, boolean[] label) {
        int seen = 0;
        while (seen < own.size() && own.get(seen).getTimestamp() <= request.getTimestamp()) {
            seen++;
        }
        int start = Retention.starts(seen, settings.maxLength())[seen];
        List<ServedBehavior> history = new ArrayList<>();
        for (Behavior b : own.subList(start, seen)) {
            history.add(new ServedBehavior(b.getTimestamp(), b.getFields()));
        }
        List<LabeledCandidate> candidates = new ArrayList<>();
        for (int n = 0; n < label.length; n++) {
            Candidate c = request.getCandidates().get(n);
            candidates.add(new LabeledCandidate(c.getAdId(), c.getFields(), label[n], false));
        }
        return new TrainingExample(
                request.getRequestId(),
                request.getUserId(),
                request.getTimestamp(),
                request.getUser(),
                request.getContext(),
                history,
                candidates,
                "");
    }
}
