package io.dienstream.datasets.prepare;

import io.dienstream.cli.Scratch;
import io.dienstream.cli.terminal.Bars;
import io.dienstream.datasets.format.CatalogEntry;
import io.dienstream.datasets.format.Manifest;
import io.dienstream.datasets.format.Split;
import io.dienstream.datasets.log.BehaviorLog;
import io.dienstream.datasets.log.LabelLog;
import io.dienstream.datasets.log.LineException;
import io.dienstream.datasets.log.LineIds;
import io.dienstream.datasets.log.RequestLog;
import io.dienstream.dien.history.RetainedBehaviors;
import io.dienstream.schema.AdRequest;
import io.dienstream.schema.Behavior;
import io.dienstream.schema.Candidate;
import io.dienstream.schema.LabeledCandidate;
import io.dienstream.schema.ServedBehavior;
import io.dienstream.schema.TrainingExample;
import io.dienstream.wire.OfflineExample;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import me.tongfei.progressbar.ProgressBar;

/**
 * Our own logs: behaviors, ad requests, and for each request which candidates were clicked ({@link
 * LabelLog}). Every request becomes an example, once, with what it saw in the stream at its own
 * time. Fields are all that the logs have, also those of users who are not trained on: a model that
 * did not know them would be refused their requests. Splits are by user, or by the time of requests
 * ({@link TimeOrderedPreparation}, as of what was served).
 */
final class ImpressionPreparation {
    /** A vocabulary's file is named after its field. */
    private static final Pattern FIELD_NAME =
            Pattern.compile("[\\p{L}\\p{N}_][\\p{L}\\p{N}_.-]{0,59}");

    private final Path behaviors;
    private final Path requests;
    private final Path labels;
    private final PrepareSettings settings;
    private final LineBudget bad;
    private final UserSplit users;

    private final Set<String> adFields = new TreeSet<>();
    private final Set<String> userFields = new TreeSet<>();
    private final Set<String> contextFields = new TreeSet<>();
    private final Set<String> candidateFields = new HashSet<>();

    private final Map<String, List<Behavior>> logs = new HashMap<>();
    private final Map<String, RetainedBehaviors<Behavior>> views = new HashMap<>();
    private final Set<String> asked = new HashSet<>();

    ImpressionPreparation(
            Path behaviors, Path requests, Path labels, PrepareSettings settings, LineBudget bad) {
        this.behaviors = behaviors;
        this.requests = requests;
        this.labels = labels;
        this.settings = settings;
        this.bad = bad;
        users = new UserSplit(settings, null);
    }

    Manifest write(Path output) throws IOException {
        Map<String, boolean[]> clicked = readLogs();
        return settings.byTime() ? writeByTime(output, clicked) : writeByUser(output, clicked);
    }

    private Map<String, boolean[]> readLogs() throws IOException {
        LineIds ids = LineIds.of(behaviors);
        InteractionSource.lines(behaviors, bad, (line, number) -> behavior(line, ids.of(number)));
        if (logs.isEmpty()) {
            throw new IOException(behaviors + ": holds no behavior");
        }
        Map<String, boolean[]> clicked = new HashMap<>();
        InteractionSource.lines(labels, bad, (line, number) -> label(line, clicked));
        return clicked;
    }

    private Manifest writeByTime(Path output, Map<String, boolean[]> clicked) throws IOException {
        TimeOrderedSettings ordered =
                new TimeOrderedSettings(
                        settings.validationShare(),
                        settings.testShare(),
                        settings.maxLength(),
                        settings.minCount(),
                        settings.seed());
        TimeOrderedPreparation preparation = new TimeOrderedPreparation(ordered);
        Path scratch = Scratch.directory("requests");
        try (ExampleSpool spool = new ExampleSpool(scratch.resolve("examples"));
                ProgressBar bar = Bars.start("requests", clicked.size())) {
            InteractionSource.lines(
                    requests,
                    bad,
                    (line, number) -> {
                        TrainingExample example =
                                example(RequestLog.parse(line, number).request(), clicked);
                        if (example != null) {
                            spool.add(example);
                        }
                        bar.step();
                    });
            Manifest manifest =
                    preparation.write(
                            output,
                            spool,
                            DatasetBuilder.describe(List.of(behaviors, requests, labels)),
                            bad.refused());
            adFields.retainAll(preparation.fields().ads());
            return manifest;
        } finally {
            Scratch.remove(scratch);
        }
    }

    private Manifest writeByUser(Path output, Map<String, boolean[]> clicked) throws IOException {
        Map<Map<String, String>, Long> popularity = popularity();
        try (DatasetBuilder builder = new DatasetBuilder(output, settings, 4L * clicked.size());
                ProgressBar bar = Bars.start("requests", clicked.size())) {
            popularity.forEach(builder::count);
            InteractionSource.lines(
                    requests,
                    bad,
                    (line, number) -> {
                        AdRequest request = RequestLog.parse(line, number).request();
                        TrainingExample example = example(request, clicked);
                        if (example != null) {
                            builder.add(users.of(request.getUserId()), example);
                        }
                        bar.step();
                    });
            List<CatalogEntry> catalog = new ArrayList<>();
            popularity.forEach((ad, n) -> catalog.add(new CatalogEntry(ad, n)));
            return builder.finish(
                    new DatasetFields(
                            List.copyOf(adFields),
                            List.copyOf(userFields),
                            List.copyOf(contextFields)),
                    List.of(behaviors, requests, labels),
                    bad.refused(),
                    catalog);
        }
    }

    /**
     * Fields that candidates have and no behavior has: models multiply the two, so both need all.
     */
    Set<String> leftOut() {
        Set<String> names = new TreeSet<>(candidateFields);
        names.removeAll(adFields);
        return names;
    }

    private void behavior(String line, long id) throws LineException {
        Behavior b = BehaviorLog.parse(line, id);
        settings.times().check(b.getTimestamp());
        DatasetBuilder.requireIds(b.getFields().values());
        addFields(b.getFields().keySet(), adFields);
        logs.computeIfAbsent(b.getUserId(), u -> new ArrayList<>()).add(b);
    }

    static void addFields(Collection<String> names, Set<String> known) throws LineException {
        requireNames(names, known);
        known.addAll(names);
    }

    private static void requireNames(Collection<String> names, Set<String> known)
            throws LineException {
        for (String name : names) {
            if (!known.contains(name) && !FIELD_NAME.matcher(name).matches()) {
                throw new LineException(
                        "'" + name + "' names no field: at most 60 letters, digits, _ . and - do");
            }
        }
    }

    private static void label(String line, Map<String, boolean[]> clicked) throws LineException {
        LabelLog.Labels labels = LabelLog.parse(line);
        boolean[] before = clicked.putIfAbsent(labels.requestId(), labels.clicked());
        if (before != null && !Arrays.equals(before, labels.clicked())) {
            throw new LineException("contradicts an earlier line about the same request");
        }
    }

    /** How often training users acted on each ad. */
    private Map<Map<String, String>, Long> popularity() {
        Map<Map<String, String>, Long> popularity = new LinkedHashMap<>();
        logs.forEach(
                (user, log) -> {
                    if (users.of(user) == Split.TRAIN) {
                        for (Behavior b :
                                RetainedBehaviors.withoutRepeats(
                                        log, BehaviorLog.ORDER, settings.maxLength())) {
                            popularity.merge(b.getFields(), 1L, Long::sum);
                        }
                    }
                });
        return popularity;
    }

    /** Null where the request was there before. */
    private TrainingExample example(AdRequest request, Map<String, boolean[]> clicked)
            throws LineException {
        settings.times().check(request.getTimestamp());
        boolean[] label = clicked.get(request.getRequestId());
        if (label == null || label.length != request.getCandidates().size()) {
            throw new LineException("has no label for each candidate");
        }
        // all of it before the first field counts: a line that is refused leaves nothing behind
        requireUsable(request.getUser(), userFields);
        requireUsable(request.getContext(), contextFields);
        for (Candidate c : request.getCandidates()) {
            requireUsable(c.getFields(), candidateFields);
        }
        userFields.addAll(request.getUser().keySet());
        contextFields.addAll(request.getContext().keySet());
        request.getCandidates().forEach(c -> candidateFields.addAll(c.getFields().keySet()));
        return asked.add(request.getRequestId()) ? example(request, label) : null;
    }

    private static void requireUsable(Map<String, String> fields, Set<String> known)
            throws LineException {
        DatasetBuilder.requireIds(fields.values());
        requireNames(fields.keySet(), known);
    }

    private TrainingExample example(AdRequest request, boolean[] label) {
        RetainedBehaviors<Behavior> view =
                views.computeIfAbsent(
                        request.getUserId(),
                        user ->
                                new RetainedBehaviors<>(
                                        logs.getOrDefault(user, List.of()),
                                        BehaviorLog.ORDER,
                                        settings.maxLength()));
        List<ServedBehavior> history = new ArrayList<>();
        for (Behavior b : view.at(request.getTimestamp())) {
            history.add(new ServedBehavior(b.getTimestamp(), b.getFields()));
        }
        List<LabeledCandidate> candidates = new ArrayList<>();
        for (int n = 0; n < label.length; n++) {
            Candidate c = request.getCandidates().get(n);
            candidates.add(OfflineExample.candidate(c.getAdId(), c.getFields(), label[n], false));
        }
        return OfflineExample.of(
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
