package io.dienstream.bench;

import io.dienstream.dien.EncodedRequest;
import io.dienstream.dien.Scorer;
import io.dienstream.dien.ScorerScratch;
import io.dienstream.dien.artifact.ModelReader;
import io.dienstream.dien.artifact.Vocabulary;
import io.dienstream.dien.history.HistoryModel;
import io.dienstream.dien.history.InterestHistory;
import io.dienstream.dien.kernel.KernelsProvider;
import io.dienstream.dien.layer.InterestExtractor;
import io.dienstream.dien.model.Model;
import io.dienstream.sandbox.soak.Measure;
import io.dienstream.sandbox.soak.ProcessSampler;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.Random;

/**
 * An artifact of very many ids: written, loaded, looked up and scored, and what it holds meanwhile.
 * Ids are drawn at random from all of them, so what is cold is found cold.
 */
public final class VocabularyRun {
    private static final int BEHAVIORS = 100;
    private static final int CANDIDATES = 20;
    private static final int PORTION = 1 << 18;
    private static final long SEED = 3;
    private static final double NANOS_PER_SECOND = 1e9;
    private static final double NANOS_PER_MICRO = 1e3;
    private static final double MEBIBYTE = 1 << 20;

    private final Plan plan;
    private final Random random = new Random(SEED);

    /**
     * @param ids of the items' vocabulary
     * @param lookups of ids that are there, and of as many that are not
     * @param requests of 20 candidates over 100 behaviors
     */
    public record Plan(int ids, int lookups, int requests) {}

    /**
     * What came of it.
     *
     * @param heapBeforeMib in use after a collection, before the model was loaded
     * @param heapMib with the model
     * @param mappedMib of files into this process, the weights among them
     * @param hits lookups a second on one thread, of ids that are there
     * @param misses of ids that are not
     * @param requestMicros median, from a request's ids to its answer
     */
    public record Figures(
            int ids,
            double writtenSeconds,
            double loadedSeconds,
            double weightsMib,
            double textMib,
            double indexMib,
            double heapBeforeMib,
            double heapMib,
            double mappedMib,
            double hits,
            double misses,
            double requestMicros) {}

    public VocabularyRun(Plan plan) {
        this.plan = plan;
    }

    /**
     * @param directory for the artifact, and for what is mapped of it
     * @throws IOException where an id has another row than its own
     */
    public Figures run(Path directory) throws IOException {
        Path artifact = directory.resolve("model");
        long start = System.nanoTime();
        PaperModel.writeUniform(artifact, BEHAVIORS, plan.ids() + 1, SEED);
        double written = seconds(start);
        double heapBefore = heap();
        start = System.nanoTime();
        Model model = ModelReader.read(artifact, null, directory);
        double loaded = seconds(start);
        double heap = heap();
        double mapped = MappedFiles.mebibytes();
        Vocabulary items = (Vocabulary) model.encodings().get("item");
        return new Figures(
                items.ids(),
                written,
                loaded,
                Files.size(artifact.resolve(ModelReader.WEIGHTS_FILE)) / MEBIBYTE,
                items.textBytes() / MEBIBYTE,
                items.indexBytes() / MEBIBYTE,
                heapBefore,
                heap,
                mapped,
                lookups(items, true),
                lookups(items, false),
                requestMicros(model));
    }

    private static double seconds(long start) {
        return (System.nanoTime() - start) / NANOS_PER_SECOND;
    }

    private static double heap() {
        return ProcessSampler.sample().get(Measure.HEAP) / MEBIBYTE;
    }

    /** A second, of ids that are there or not; the first portion is for the compiler. */
    private double lookups(Vocabulary items, boolean isKnown) throws IOException {
        String[] ids = new String[PORTION];
        int[] rows = new int[PORTION];
        long nanos = 0;
        long done = 0;
        for (boolean isFirst = true; isFirst || done < plan.lookups(); isFirst = false) {
            for (int n = 0; n < PORTION; n++) {
                int item = random.nextInt(plan.ids());
                ids[n] = (isKnown ? "i" : "j") + item;
                rows[n] = isKnown ? item + 1 : 0;
            }
            long start = System.nanoTime();
            int wrong = 0;
            for (int n = 0; n < PORTION; n++) {
                wrong += items.row(ids[n]) == rows[n] ? 0 : 1;
            }
            if (!isFirst) {
                nanos += System.nanoTime() - start;
                done += PORTION;
            }
            if (wrong > 0) {
                throw new IOException(wrong + " ids have another row than their own");
            }
        }
        return done / (nanos / NANOS_PER_SECOND);
    }

    private double requestMicros(Model model) {
        Scorer scorer = new Scorer(model, KernelsProvider.get());
        ScorerScratch scratch = scorer.newScratch();
        EncodedRequest request = scorer.encoder().newRequest();
        double[] micros = new double[plan.requests()];
        for (int n = -plan.requests(); n < plan.requests(); n++) {
            InterestHistory history = history(scorer.historyModel());
            String[] candidates = new String[CANDIDATES];
            Arrays.setAll(candidates, c -> item());
            long start = System.nanoTime();
            scorer.encoder().begin(Map.of(), Map.of(), CANDIDATES, request);
            for (int c = 0; c < CANDIDATES; c++) {
                scorer.encoder().candidate(c, fields(candidates[c]), request);
            }
            scorer.score(history, BEHAVIORS, request, scratch);
            if (n >= 0) { // the first half is for the compiler
                micros[n] = (System.nanoTime() - start) / NANOS_PER_MICRO;
            }
        }
        Arrays.sort(micros);
        return micros[micros.length / 2];
    }

    private InterestHistory history(HistoryModel model) {
        InterestExtractor.Scratch scratch = model.newScratch();
        InterestHistory history = model.newHistory();
        for (int t = 0; t < BEHAVIORS; t++) {
            model.add(history, model.encode(Integer.toString(t), t, fields(item())), scratch);
        }
        return history;
    }

    private String item() {
        return "i" + random.nextInt(plan.ids());
    }

    private static Map<String, String> fields(String item) {
        return Map.of("item", item, "category", "c1");
    }
}
