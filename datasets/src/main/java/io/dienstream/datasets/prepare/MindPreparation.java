package io.dienstream.datasets.prepare;

import io.dienstream.cli.terminal.Bars;
import io.dienstream.datasets.format.CatalogEntry;
import io.dienstream.datasets.format.Manifest;
import io.dienstream.datasets.format.SeenBehaviors;
import io.dienstream.datasets.format.Split;
import io.dienstream.datasets.log.LineException;
import io.dienstream.schema.LabeledCandidate;
import io.dienstream.schema.ServedBehavior;
import io.dienstream.schema.TrainingExample;
import io.dienstream.wire.OfflineExample;
import java.io.IOException;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import me.tongfei.progressbar.ProgressBar;

/**
 * MIND news impressions ({@code behaviors.tsv, news.tsv}): what was really shown, clicked or not.
 * The log gives each history's order but no times of its behaviors, so they are put one second
 * apart before the impression; histories are cut by the retention rule. Splits are by user.
 */
final class MindPreparation {
    private static final int TITLE = 3;
    private static final List<String> FIELDS = List.of("item", "category", "subcategory");
    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("M/d/yyyy h:mm:ss a", Locale.ENGLISH);
    private static final int COLUMNS = 5;
    private static final long MS_PER_SECOND = 1000;

    private final Path behaviors;
    private final Path news;
    private final PrepareSettings settings;
    private final Map<String, Map<String, String>> articles = new HashMap<>();
    private final Map<String, String> titles = new HashMap<>();
    private final Map<String, Long> read = new LinkedHashMap<>();

    MindPreparation(Path behaviors, Path news, PrepareSettings settings) {
        this.behaviors = behaviors;
        this.news = news;
        this.settings = settings;
    }

    Manifest write(Path output, LineBudget bad) throws IOException {
        UserSplit users = new UserSplit(settings, null);
        InteractionSource.lines(news, bad, (line, number) -> article(line));
        try (DatasetBuilder builder = new DatasetBuilder(output, settings, 0);
                ProgressBar bar = Bars.start("impressions", -1)) {
            InteractionSource.lines(
                    behaviors,
                    bad,
                    (line, number) -> {
                        TrainingExample example = example(line);
                        Split split = users.of(example.getUserId());
                        if (split == Split.TRAIN) {
                            count(example, builder);
                        }
                        builder.add(split, example);
                        bar.step();
                    });
            builder.titles(titles);
            List<CatalogEntry> catalog = new ArrayList<>();
            read.forEach((id, n) -> catalog.add(new CatalogEntry(fields(id), n)));
            DatasetFields fields = new DatasetFields(FIELDS, List.of(), List.of());
            return builder.finish(fields, List.of(behaviors, news), bad.refused(), catalog);
        }
    }

    private void article(String line) throws LineException {
        String[] c = line.split("\t", -1);
        if (c.length < 3 || c[0].isEmpty()) {
            throw new LineException("is not news id, category, subcategory, ...");
        }
        DatasetBuilder.requireIds(List.of(c[0], c[1], c[2]));
        if (c.length > TITLE && !c[TITLE].isBlank()) {
            titles.put(c[0], c[TITLE]);
        }
        articles.put(c[0], Map.of("item", c[0], "category", c[1], "subcategory", c[2]));
    }

    private Map<String, String> fields(String id) {
        return articles.getOrDefault(id, Map.of("item", id));
    }

    private void count(TrainingExample example, DatasetBuilder builder) {
        for (ServedBehavior b : example.getBehaviors()) {
            builder.count(b.getFields(), 1);
            read.merge(b.getFields().get("item"), 1L, Long::sum);
        }
        for (LabeledCandidate c : example.getCandidates()) {
            builder.count(c.getFields(), 1);
            if (c.getClicked()) {
                read.merge(c.getAdId(), 1L, Long::sum);
            }
        }
    }

    private TrainingExample example(String line) throws LineException {
        String[] c = line.split("\t", -1);
        if (c.length != COLUMNS || c[1].isEmpty()) {
            throw new LineException("is not impression, user, time, history, impressions");
        }
        DatasetBuilder.requireIds(List.of(c[0], c[1]));
        long time = time(c[2]);
        settings.times().check(time);
        String[] history = c[3].isBlank() ? new String[0] : c[3].trim().split(" +");
        DatasetBuilder.requireIds(List.of(history));
        List<ServedBehavior> log = new ArrayList<>();
        for (int t = 0; t < history.length; t++) {
            long before = (history.length - t) * MS_PER_SECOND;
            log.add(new ServedBehavior(time - before, fields(history[t])));
        }
        List<ServedBehavior> seen = SeenBehaviors.of(log, settings.maxLength(), time);
        return OfflineExample.of(c[0], c[1], time, Map.of(), Map.of(), seen, candidates(c[4]), "");
    }

    private static long time(String text) throws LineException {
        try {
            return LocalDateTime.parse(text, TIME).toInstant(ZoneOffset.UTC).toEpochMilli();
        } catch (DateTimeParseException e) {
            throw new LineException("'" + text + "' is no time like 11/13/2019 5:53:12 AM");
        }
    }

    private List<LabeledCandidate> candidates(String text) throws LineException {
        List<LabeledCandidate> candidates = new ArrayList<>();
        for (String impression : text.trim().split(" +")) {
            int dash = impression.lastIndexOf('-');
            String label = impression.substring(dash + 1);
            if (dash <= 0 || !(label.equals("0") || label.equals("1"))) {
                throw new LineException("impression '" + impression + "' is not NEWS-0 or NEWS-1");
            }
            String id = impression.substring(0, dash);
            DatasetBuilder.requireIds(List.of(id));
            candidates.add(OfflineExample.candidate(id, fields(id), label.equals("1"), false));
        }
        return candidates;
    }
}
