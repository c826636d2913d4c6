package io.dienstream.operate.command;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.dienstream.cli.terminal.Printable;
import io.dienstream.datasets.log.BadLines;
import io.dienstream.datasets.log.RequestLog;
import io.dienstream.datasets.offline.AnswerJson;
import io.dienstream.datasets.offline.OfflineScorer;
import io.dienstream.dien.Scorer;
import io.dienstream.dien.artifact.ModelReader;
import io.dienstream.dien.file.CompleteFile;
import io.dienstream.dien.history.InterestHistory;
import io.dienstream.dien.kernel.KernelsProvider;
import io.dienstream.job.ranking.Ranking;
import io.dienstream.operate.score.RequestFile;
import io.dienstream.schema.AdRequest;
import io.dienstream.schema.ScoredCandidate;
import java.io.IOException;
import java.io.Writer;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.IntStream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code dien score}: offline scoring of requests that carry their own history. */
@Command(
        name = "score",
        mixinStandardHelpOptions = true,
        description = {
            "Scores requests that carry their own behaviors, one JSON line each, as the stream"
                    + " would.",
            "Bad lines are refused with number and reason, the rest is answered, exit code 1."
        })
public final class ScoreCommand implements Callable<Integer> {
    @Spec private CommandSpec spec;

    @Option(names = "--model", required = true, paramLabel = "DIR", description = "Artifact.")
    private Path model;

    @Option(names = "--requests", required = true, paramLabel = "FILE", description = "JSON lines.")
    private Path requests;

    @Option(names = "--output", required = true, paramLabel = "FILE", description = "JSON lines.")
    private Path output;

    @Option(
            names = "--explain",
            description = {
                "Adds logit, interest_states [T][H], attention of the first candidate [T] and"
                        + " attention_by_candidate [N][T]."
            })
    private boolean explain;

    private OfflineScorer offline;

    @Override
    public Integer call() throws Exception {
        Scorer scorer = new Scorer(ModelReader.read(model), KernelsProvider.get());
        offline = new OfflineScorer(scorer);
        offline.scores().setKeepAttention(explain);
        BadLines bad = new BadLines(spec.commandLine().getErr());
        CompleteFile.requireOther(output, requests);
        try (CompleteFile file = CompleteFile.create(output)) {
            new RequestFile(requests, scorer, bad).forEach(line -> answer(line, file.writer()));
            file.complete();
        }
        return bad.count() == 0 ? 0 : 1;
    }

    private void answer(RequestLog.Line line, Writer out) throws IOException {
        AdRequest request = line.request();
        InterestHistory history = offline.history(line.behaviors(), request.getTimestamp());
        int length = offline.score(request, history);
        List<ScoredCandidate> ranked =
                Ranking.rank(request.getCandidates(), offline.scores()::pctr, n -> 0);
        String version = offline.scorer().model().config().version();
        ObjectNode node = AnswerJson.of(request.getRequestId(), version, ranked);
        node.put("sequence_length", length);
        if (explain) {
            explain(node, history, length, request.getCandidates().size());
        }
        out.write(Printable.lines(node.toString()) + "\n");
    }

    private void explain(ObjectNode node, InterestHistory history, int length, int candidates) {
        ArrayNode logit = node.putArray("logit");
        IntStream.range(0, candidates).forEach(n -> logit.add(offline.scores().logit(n)));
        int hidden = history.hidden();
        if (hidden > 0) {
            ArrayNode states = node.putArray("interest_states");
            for (int t = 0; t < length; t++) {
                AnswerJson.putFloats(
                        states.addArray(), history.states(), t * hidden, (t + 1) * hidden);
            }
        }
        if (offline.scorer().model().config().architecture().hasAttention()) {
            AnswerJson.putFloats(
                    node.putArray("attention"), offline.scores().attention(0), 0, length);
            ArrayNode all = node.putArray("attention_by_candidate");
            for (int n = 0; n < candidates; n++) {
                AnswerJson.putFloats(all.addArray(), offline.scores().attention(n), 0, length);
            }
        }
    }
}
