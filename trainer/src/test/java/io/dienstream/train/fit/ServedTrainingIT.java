package io.dienstream.train.fit;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.engine.Engine;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.dienstream.cli.CommandRun;
import io.dienstream.datasets.format.Dataset;
import io.dienstream.datasets.format.SmallDataset;
import io.dienstream.datasets.format.Split;
import io.dienstream.datasets.offline.ExampleScorer;
import io.dienstream.datasets.prepare.Immature;
import io.dienstream.datasets.prepare.TimeOrderedSettings;
import io.dienstream.datasets.served.ServedDataset;
import io.dienstream.datasets.served.ServedLog;
import io.dienstream.datasets.served.SinkDirectory;
import io.dienstream.datasets.served.SinkFiles;
import io.dienstream.datasets.simulate.SimulatedFiles;
import io.dienstream.datasets.simulate.Simulator;
import io.dienstream.dien.Scorer;
import io.dienstream.dien.artifact.ModelReader;
import io.dienstream.dien.kernel.KernelsProvider;
import io.dienstream.dien.model.Architecture;
import io.dienstream.dien.model.AttentionType;
import io.dienstream.dien.model.GateForm;
import io.dienstream.dien.model.ModelConfig;
import io.dienstream.evaluation.Quality;
import io.dienstream.schema.LabelCorrection;
import io.dienstream.schema.LabeledCandidate;
import io.dienstream.schema.TrainingExample;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Training on what a learning job has left. */
class ServedTrainingIT {
    private static final Engine ENGINE = TorchEngine.start(1);
    private static final TimeOrderedSettings SETTINGS = new TimeOrderedSettings(0.1, 0.1, 20, 1, 7);

    @TempDir private Path directory;

    private static Recipe recipe(int epochs) {
        return Recipe.of(5, epochs, 64, 0.01).learningRateDecay(0.5).build();
    }

    private static ModelConfig config(Dataset data, Architecture architecture) {
        return new ModelConfigs(
                        "small",
                        "1",
                        architecture,
                        AttentionType.BILINEAR,
                        GateForm.PAPER,
                        6,
                        Map.of(),
                        List.of(12))
                .of(data.manifest());
    }

    private static Map<String, float[]> train(Dataset data, Architecture architecture, int epochs)
            throws IOException {
        try (Training training =
                new Training(
                        data,
                        config(data, architecture),
                        recipe(epochs),
                        FirstValues.random(data),
                        ENGINE,
                        null,
                        1000,
                        TrainingListener.SILENT)) {
            training.run();
            return training.best();
        }
    }

    private static List<TrainingExample> all(Dataset data) throws IOException {
        List<TrainingExample> examples = new ArrayList<>();
        for (Split split : Split.values()) {
            data.forEach(split, e -> examples.add(TrainingExample.newBuilder(e).build()));
        }
        return examples;
    }

    private ServedDataset read(String sink) throws IOException {
        return read(sink, sink, SETTINGS);
    }

    private ServedDataset read(String sink, String name, TimeOrderedSettings settings)
            throws IOException {
        Path scratch = Files.createDirectory(directory.resolve(name + "-scratch"));
        return ServedDataset.write(
                SinkDirectory.open(directory.resolve(sink), 0),
                settings,
                scratch,
                scratch.resolve("data"));
    }

    /**
     * The sink's files are out of order, have repeats, and clicks that came late; what they hold is
     * the prepared data set's own. ServedEqualsOfflineIT has files of the jobs.
     */
    @Test
    void trainingOnTheSinksFilesIsTrainingOnTheSameLogPreparedOffline() throws IOException {
        Path log = directory.resolve("log");
        new SimulatedFiles(new Simulator(3, 40), 3000, 500, 4).write(log);
        CommandRun prepared =
                CommandRun.of(
                        "prepare",
                        "impressions",
                        "--behaviors",
                        log.resolve("behaviors.jsonl.gz"),
                        "--requests",
                        log.resolve("requests.jsonl.gz"),
                        "--labels",
                        log.resolve("truth.jsonl.gz"),
                        "--output",
                        directory.resolve("offline"),
                        "--split",
                        "time",
                        "--test-share",
                        SETTINGS.testShare(),
                        "--validation-share",
                        SETTINGS.validationShare(),
                        "--max-length",
                        SETTINGS.maxLength());
        assertThat(prepared.exitCode()).as(prepared.err()).isZero();
        Dataset offline = Dataset.open(directory.resolve("offline"));
        writeSink(all(offline));
        ServedDataset served = read("sink");
        assertThat(served.corrected()).isGreaterThan(5);
        assertThat(served.repeated()).isEqualTo(50);
        assertThat(served.data().vocabularies()).isEqualTo(offline.vocabularies());
        assertThat(served.data().catalog()).isEqualTo(offline.catalog());
        Map<String, float[]> expected = train(offline, Architecture.DIEN, 2);
        Map<String, float[]> actual = train(served.data(), Architecture.DIEN, 2);
        assertThat(actual).containsOnlyKeys(expected.keySet());
        expected.forEach((name, v) -> assertThat(actual.get(name)).as(name).isEqualTo(v));
    }

    private void writeSink(List<TrainingExample> examples) throws IOException {
        List<LabelCorrection> corrections = new ArrayList<>();
        for (TrainingExample e : examples) {
            SinkFiles.served(e);
            LabeledCandidate first = e.getCandidates().get(0);
            if (first.getClicked()) {
                first.setClicked(false);
                first.setClickedAt(null);
                corrections.add(SinkFiles.correction(e, first.getAdId(), 1));
            }
        }
        List<TrainingExample> shuffled = new ArrayList<>(examples);
        shuffled.addAll(examples.subList(0, 50));
        Collections.shuffle(shuffled, new Random(9));
        int half = shuffled.size() / 2;
        Path sink = directory.resolve("sink");
        SinkFiles.write(sink.resolve("examples/hour=00/part-1.avro"), shuffled.subList(0, half));
        SinkFiles.write(
                sink.resolve("examples/hour=00/part-0.avro"),
                shuffled.subList(half, shuffled.size()));
        SinkFiles.write(sink.resolve("corrections/hour=00/part-0.avro"), corrections);
    }

    /**
     * A quarter of the negatives makes half of the candidates into four fifths; the artifact says a
     * half all the same, as the one that saw all, and without the offset it would not. An artifact
     * of a plain loss says so too once its logit_offset is ln w.
     */
    @Test
    void trainingOnAShareOfTheNegativesIsCalibratedToAll() throws IOException {
        Dataset full = SmallDataset.write(directory.resolve("data"), 6000, 3);
        List<TrainingExample> all = all(full);
        all.forEach(SinkFiles::served);
        SinkFiles.write(directory.resolve("all/part.avro"), all);
        SinkFiles.write(directory.resolve("sampled/part.avro"), sampled(all, true));
        SinkFiles.write(directory.resolve("silent/part.avro"), sampled(all, false));
        Quality ofAll = measure("all", full);
        Quality ofSampled = measure("sampled", full);
        assertThat(ofAll.calibration()).isBetween(0.9, 1.1);
        assertThat(ofSampled.calibration()).isBetween(0.9, 1.1);
        assertThat(ofSampled.logloss()).isBetween(0.0, ofAll.logloss() + 0.05);
        assertThat(measure("silent", full).calibration()).isGreaterThan(1.2);
        setLogitOffset(model("silent"), Math.log(W));
        Quality ofOffset = Quality.of(scorer("silent").score(full, Split.TEST, n -> {}));
        assertThat(ofOffset.calibration()).isBetween(0.9, 1.1);
        assertThat(ofOffset.logloss() / ofSampled.logloss()).isBetween(0.95, 1.05);
        measuresOfSampledAreThoseOfAll();
    }

    private static void setLogitOffset(Path artifact, double offset) throws IOException {
        Path config = artifact.resolve("model.json");
        ObjectMapper mapper = new ObjectMapper();
        ObjectNode root = (ObjectNode) mapper.readTree(config.toFile());
        assertThat(root.has("logit_offset")).isFalse();
        mapper.writeValue(config.toFile(), root.put("logit_offset", offset));
    }

    private static final double W = 0.25;

    private static List<TrainingExample> sampled(List<TrainingExample> all, boolean says) {
        Random random = new Random(11);
        List<TrainingExample> kept = new ArrayList<>();
        for (TrainingExample e : all) {
            TrainingExample copy = TrainingExample.newBuilder(e).build();
            List<LabeledCandidate> candidates = new ArrayList<>(copy.getCandidates());
            candidates.removeIf(c -> !c.getClicked() && random.nextDouble() >= W);
            copy.setCandidates(candidates);
            for (LabeledCandidate c : copy.getCandidates()) {
                c.setSamplingRate(says && !c.getClicked() ? W : null);
            }
            copy.setNegativeRate(says ? W : null);
            if (!copy.getCandidates().isEmpty()) {
                kept.add(copy);
            }
        }
        return kept;
    }

    private Path model(String sink) {
        return directory.resolve(sink + "-model");
    }

    /** On the test users of {@code held}, none of which training saw labels of. */
    private Quality measure(String sink, Dataset held) throws IOException {
        return measure(read(sink).data(), sink, held);
    }

    private Quality measure(Dataset data, String name, Dataset held) throws IOException {
        ModelConfig config = config(data, Architecture.DIN);
        Map<String, float[]> best = train(data, Architecture.DIN, 3);
        new ArtifactExport(config, data.vocabularies(), ENGINE, 1).write(model(name), best);
        return Quality.of(scorer(name).score(held, Split.TEST, n -> {}));
    }

    private ExampleScorer scorer(String sink) throws IOException {
        return new ExampleScorer(new Scorer(ModelReader.read(model(sink)), KernelsProvider.get()));
    }

    /** What is measured on a quarter of the negatives, each counted four times. */
    private void measuresOfSampledAreThoseOfAll() throws IOException {
        Dataset all = Dataset.open(directory.resolve("all-scratch/data"));
        Dataset sampled = Dataset.open(directory.resolve("sampled-scratch/data"));
        Quality a = Quality.of(scorer("all").score(all, Split.TRAIN, n -> {}));
        Quality b = Quality.of(scorer("all").score(sampled, Split.TRAIN, n -> {}));
        assertThat(b.examples()).isLessThan(a.examples() * 3 / 4);
        assertThat(b.calibration() / a.calibration()).isBetween(0.95, 1.05);
        assertThat(b.logloss() / a.logloss()).isBetween(0.95, 1.05);
        assertThat(b.auc()).isBetween(a.auc() - 0.02, a.auc() + 0.02);
    }

    private static final long CUT = 1_800_000_000_000L;
    private static final long W2 = 86_400_000;

    /** Of exponential delays, ms. */
    private static final double MEAN = 3_600_000;

    /**
     * A first version learns from old requests and serves young ones, half an hour to two hours
     * old, of which a share of 0.69 of the clicks has come. Learning from these alone gives a model
     * that is too low by that share, and with weights one that is right.
     */
    @Test
    void learningFromYoungLabelsIsCalibratedWithWeights() throws IOException {
        Dataset full = SmallDataset.write(directory.resolve("data"), 16_000, 3);
        List<TrainingExample> train = new ArrayList<>();
        full.forEach(Split.TRAIN, e -> train.add(TrainingExample.newBuilder(e).build()));
        List<TrainingExample> old = train.subList(0, 8000);
        List<TrainingExample> young = train.subList(8000, 16_000);
        Random random = new Random(13);
        List<LabelCorrection> corrections = new ArrayList<>();
        for (int n = 0; n < old.size(); n++) {
            show(old.get(n), W2 + W2 * n / old.size(), random, corrections);
        }
        SinkFiles.write(directory.resolve("old/examples.avro"), old);
        SinkFiles.write(directory.resolve("old/corrections.avro"), corrections);
        assertThat(measure("old", full).calibration()).isBetween(0.9, 1.1);
        ExampleScorer first = scorer("old");
        long youngest = SinkFiles.WAIT;
        long span = 3 * SinkFiles.WAIT;
        for (int n = 0; n < young.size(); n++) {
            show(young.get(n), youngest + span * n / (young.size() - 1), random, corrections);
            first.score(young.get(n));
            for (int c = 0; c < young.get(n).getCandidates().size(); c++) {
                young.get(n).getCandidates().get(c).setPctr(first.scores().pctr(c));
            }
        }
        SinkFiles.write(directory.resolve("new/examples.avro"), train);
        SinkFiles.write(directory.resolve("new/corrections.avro"), corrections);
        double share =
                1 - MEAN / span * (Math.exp(-youngest / MEAN) - Math.exp(-4.0 * youngest / MEAN));
        double without = measureYoung(Immature.Weighting.NONE, full).calibration();
        double with = measureYoung(Immature.Weighting.FSIW, full).calibration();
        assertThat(without / share).as("too low by %s", share).isBetween(0.9, 1.1);
        assertThat(with).isBetween(0.9, 1.1);
    }

    private Quality measureYoung(Immature.Weighting weighting, Dataset held) throws IOException {
        TimeOrderedSettings settings =
                new TimeOrderedSettings(
                        0.1, 0, 20, 1, 7, CUT - 5 * SinkFiles.WAIT, new Immature(weighting, W2));
        ServedDataset served = read("new", weighting.name(), settings);
        assertThat(served.data().manifest().counts(Split.TRAIN).requests()).isEqualTo(7200);
        return measure(served.data(), weighting.name(), held);
    }

    /** Shown {@code age} before the cut, with the clicks that have come since. */
    private static void show(
            TrainingExample e, long age, Random random, List<LabelCorrection> corrections) {
        long at = CUT - age;
        e.setTimestamp(at);
        SinkFiles.served(e);
        for (LabeledCandidate c : e.getCandidates()) {
            long delay = (long) (-MEAN * Math.log(1 - random.nextDouble()));
            boolean isSeen = c.getClicked() && delay <= SinkFiles.WAIT;
            if (c.getClicked() && !isSeen && delay <= Math.min(age, W2)) {
                corrections.add(ServedLog.correction(e, c.getAdId(), at + delay));
            }
            c.setClicked(isSeen);
            c.setClickedAt(isSeen ? (Long) (at + delay) : null);
            c.setPctr(0.5f);
        }
    }
}
