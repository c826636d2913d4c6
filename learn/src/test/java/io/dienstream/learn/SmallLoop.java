package io.dienstream.learn;

import static org.assertj.core.api.Assertions.assertThat;

import io.dienstream.cli.CommandRun;
import io.dienstream.datasets.format.Dataset;
import io.dienstream.datasets.format.SmallDataset;
import io.dienstream.datasets.format.Split;
import io.dienstream.datasets.prepare.Immature;
import io.dienstream.datasets.served.SinkFiles;
import io.dienstream.schema.TrainingExample;
import io.dienstream.train.fit.Recipe;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/** A first version that has learned from 300 requests, with a plan in memory, and rounds after. */
final class SmallLoop {
    static final int FIRST = 300;

    final MemoryPlan plan = new MemoryPlan();

    /** In the order of time; the first of them are in the sink. */
    final List<TrainingExample> examples = new ArrayList<>();

    private final Path directory;
    private final StringWriter text = new StringWriter();
    private final PrintWriter out = new PrintWriter(text);

    private SmallLoop(Path directory) {
        this.directory = directory;
    }

    static SmallLoop start(Path directory) throws IOException {
        return start(directory, 3);
    }

    static SmallLoop start(Path directory, long seed) throws IOException {
        SmallLoop loop = new SmallLoop(directory);
        Dataset data = SmallDataset.write(directory.resolve("small"), 3000, seed);
        data.forEach(
                Split.TRAIN,
                e -> loop.examples.add(SinkFiles.served(TrainingExample.newBuilder(e).build())));
        loop.examples.sort(Comparator.comparingLong(TrainingExample::getTimestamp));
        loop.show("a.avro", 0, FIRST);
        CommandRun first =
                CommandRun.of(
                        "train",
                        "--data",
                        directory.resolve("sink"),
                        "--output",
                        directory.resolve("first"),
                        "--architecture",
                        "din",
                        "--attention",
                        "mlp",
                        "--epochs",
                        1,
                        "--embedding-width",
                        6,
                        "--mlp",
                        "12",
                        "--max-length",
                        8,
                        "--threads",
                        1,
                        "--keep-checkpoint");
        assertThat(first.exitCode()).as(first.err()).isZero();
        loop.plan.artifact = directory.resolve("first");
        return loop;
    }

    Path sink(String file) {
        return directory.resolve("sink/examples").resolve(file);
    }

    /** Leaves examples [from, to) in the sink. */
    void show(String file, int from, int to) throws IOException {
        SinkFiles.write(sink(file), examples.subList(from, to));
    }

    Artifacts artifacts() throws IOException {
        return Artifacts.open(directory.resolve("artifacts"));
    }

    LearningRound.Outcome round(Artifacts artifacts) throws IOException, InterruptedException {
        return round(artifacts, Immature.AS_IT_IS);
    }

    LearningRound.Outcome round(Artifacts artifacts, Immature immature)
            throws IOException, InterruptedException {
        return round(artifacts, immature, new Comparison.Margins(0.005, 0.01, 0.1), 2, false);
    }

    LearningRound.Outcome round(
            Artifacts artifacts,
            Immature immature,
            Comparison.Margins margins,
            int epochs,
            boolean carries)
            throws IOException, InterruptedException {
        return new LearningRound(
                        new LearningRound.Settings(
                                directory.resolve("sink").toString(),
                                null,
                                0.2,
                                100,
                                immature,
                                Recipe.of(1, epochs, 64, 0.01).build(),
                                carries,
                                margins,
                                1),
                        plan,
                        artifacts,
                        out,
                        out)
                .run();
    }

    /** All that rounds have printed. */
    String said() {
        return text.toString();
    }

    /** Names in the directory of artifacts. */
    List<String> left() throws IOException {
        try (Stream<Path> files = Files.list(directory.resolve("artifacts"))) {
            return files.map(f -> f.getFileName().toString())
                    .filter(f -> !f.equals(".learn.lock"))
                    .sorted()
                    .toList();
        }
    }
}
