package io.dienstream.operate.command;

import io.dienstream.datasets.format.CatalogEntry;
import io.dienstream.datasets.format.Dataset;
import io.dienstream.datasets.format.Split;
import io.dienstream.datasets.log.BadLines;
import io.dienstream.datasets.log.BehaviorLog;
import io.dienstream.datasets.offline.ExampleScorer;
import io.dienstream.datasets.offline.Explanation;
import io.dienstream.datasets.report.ExplanationReport;
import io.dienstream.datasets.title.ItemTitles;
import io.dienstream.dien.Scorer;
import io.dienstream.dien.artifact.ModelReader;
import io.dienstream.dien.history.RetainedBehaviors;
import io.dienstream.dien.kernel.KernelsProvider;
import io.dienstream.operate.score.RequestFile;
import io.dienstream.schema.AdRequest;
import io.dienstream.schema.Behavior;
import io.dienstream.schema.LabeledCandidate;
import io.dienstream.schema.ServedBehavior;
import io.dienstream.schema.TrainingExample;
import io.dienstream.wire.OfflineExample;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code dien explain}: the paper's figure for one user and some ads. */
@Command(
        name = "explain",
        mixinStandardHelpOptions = true,
        description = {
            "Shows, for one user and some ads, the attention along the history and how the interest",
            "evolves for each ad: attention and evolution as PNG and SVG, and explain.html."
        })
public final class ExplainCommand implements Callable<Integer> {
    @Spec private CommandSpec spec;

    @Option(names = "--model", required = true, paramLabel = "DIR", description = "Artifact.")
    private Path model;

    @CommandLine.ArgGroup(exclusive = true, multiplicity = "1")
    private Source source;

    static final class Source {
        @Option(
                names = "--requests",
                paramLabel = "FILE",
                description = "Requests that carry their own behaviors, as for dien score.")
        private Path requests;

        @Option(names = "--data", paramLabel = "DIR", description = "A data set.")
        private Path data;
    }

    @Option(
            names = "--request",
            paramLabel = "ID",
            description = "Which request of the file. Default: the first.")
    private String request;

    @Option(
            names = "--user",
            paramLabel = "ID",
            description = "Which user of the data set's test. Default: the longest history.")
    private String user;

    @Option(
            names = "--ad",
            paramLabel = "ITEM",
            description = {
                "Further ads, by the first ad field's id in the data set's catalog; may be repeated."
            })
    private List<String> ads = List.of();

    @Option(
            names = "--titles",
            paramLabel = "FILE",
            description = {
                "What items are called: lines of item TAB title. Default: those that came with the data",
                "set, else the simulator's."
            })
    private Path titles;

    @Option(
            names = "--output",
            required = true,
            paramLabel = "DIR",
            description = "Directory for pictures and page.")
    private Path output;

    @Override
    public Integer call() throws Exception {
        ExampleScorer scorer =
                new ExampleScorer(new Scorer(ModelReader.read(model), KernelsProvider.get()));
        TrainingExample example = source.data == null ? fromRequests(scorer.scorer()) : fromData();
        Explanation explanation;
        try {
            explanation = Explanation.of(scorer, example);
        } catch (IllegalArgumentException e) {
            throw new IOException(e.getMessage(), e);
        }
        new ExplanationReport(scorer.scorer().model().config(), example, explanation, titles())
                .write(output);
        PrintWriter out = spec.commandLine().getOut();
        out.printf(
                Locale.ROOT,
                "user %s, %d behaviors, %d candidates: %s%n",
                example.getUserId(),
                explanation.attention()[0].length,
                example.getCandidates().size(),
                output.resolve("explain.html"));
        return 0;
    }

    private ItemTitles titles() throws IOException {
        if (titles != null || source.data == null) {
            return ItemTitles.of(titles);
        }
        return ItemTitles.ofDataset(source.data);
    }

    private TrainingExample fromRequests(Scorer scorer) throws IOException {
        TrainingExample[] found = {null};
        BadLines bad = new BadLines(spec.commandLine().getErr());
        int maxLength = scorer.model().config().maxLength();
        new RequestFile(source.requests, scorer, bad)
                .forEach(
                        line -> {
                            String id = line.request().getRequestId();
                            if (found[0] == null && (request == null || id.equals(request))) {
                                found[0] = example(line.request(), line.behaviors(), maxLength);
                            }
                        });
        if (found[0] == null) {
            throw new IOException(
                    "%s: has no request%s that is not refused"
                            .formatted(source.requests, request == null ? "" : " " + request));
        }
        return found[0];
    }

    private static TrainingExample example(AdRequest request, List<Behavior> log, int maxLength) {
        List<Behavior> seen =
                RetainedBehaviors.at(log, BehaviorLog.ORDER, maxLength, request.getTimestamp());
        return OfflineExample.of(
                request.getRequestId(),
                request.getUserId(),
                request.getTimestamp(),
                request.getUser(),
                request.getContext(),
                seen.stream()
                        .map(b -> new ServedBehavior(b.getTimestamp(), b.getFields()))
                        .toList(),
                request.getCandidates().stream()
                        .map(
                                c ->
                                        OfflineExample.candidate(
                                                c.getAdId(), c.getFields(), false, false))
                        .toList(),
                "");
    }

    private TrainingExample fromData() throws IOException {
        Dataset dataset = Dataset.open(source.data);
        TrainingExample[] found = {null};
        dataset.forEach(
                Split.TEST,
                e -> {
                    int longest = found[0] == null ? -1 : found[0].getBehaviors().size();
                    boolean wanted =
                            user == null
                                    ? e.getBehaviors().size() > longest
                                    : e.getUserId().equals(user);
                    if (wanted) {
                        found[0] = TrainingExample.newBuilder(e).build();
                    }
                });
        if (found[0] == null) {
            throw new IOException(
                    source.data
                            + (user == null
                                    ? ": has no test examples"
                                    : ": the test has no user " + user));
        }
        addAds(dataset, found[0]);
        return found[0];
    }

    private void addAds(Dataset dataset, TrainingExample example) throws IOException {
        if (ads.isEmpty()) {
            return;
        }
        String field = dataset.manifest().adFields().get(0).name();
        List<CatalogEntry> catalog = dataset.catalog();
        List<LabeledCandidate> candidates = new ArrayList<>(example.getCandidates());
        for (String ad : ads) {
            CatalogEntry entry =
                    catalog.stream()
                            .filter(e -> ad.equals(e.fields().get(field)))
                            .findFirst()
                            .orElseThrow(
                                    () ->
                                            new IOException(
                                                    "the catalog has no " + field + " " + ad));
            candidates.add(OfflineExample.candidate(ad, entry.fields(), false, false));
        }
        example.setCandidates(candidates);
    }
}
