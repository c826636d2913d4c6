package io.dienstream.train.command;

import static org.assertj.core.api.Assertions.assertThat;

import io.dienstream.cli.CommandRun;
import io.dienstream.datasets.format.Dataset;
import io.dienstream.datasets.format.SmallDataset;
import io.dienstream.datasets.format.Split;
import io.dienstream.datasets.offline.ExampleScorer;
import io.dienstream.datasets.served.SinkFiles;
import io.dienstream.dien.Scorer;
import io.dienstream.dien.artifact.ModelReader;
import io.dienstream.dien.kernel.KernelsProvider;
import io.dienstream.evaluation.Quality;
import io.dienstream.schema.TrainingExample;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Round after round from what is new, as a learner does, with Adam's moments of the round before
 * and with none: docs/concepts/learning.md says what came out.
 */
class CarriedMomentsIT {
    private static final int FIRST = 2000;
    private static final int ROUND = 500;
    private static final int ROUNDS = 5;
    private static final int SEEDS = 3;

    @TempDir private Path directory;
    private Dataset data;
    private List<TrainingExample> examples;

    @Test
    void roundsAfterRoundsAreWorthTheSameWithAndWithoutMoments() throws IOException {
        StringBuilder table = new StringBuilder();
        double difference = 0;
        for (int seed = 1; seed <= SEEDS; seed++) {
            prepare(seed);
            train(seed, "first", sink("first", 0, FIRST), "--learning-rate", "0.003");
            double before = quality(seed, "first").auc();
            Quality without = rounds(seed, false);
            Quality with = rounds(seed, true);
            difference += (with.auc() - without.auc()) / SEEDS;
            table.append(
                    String.format(
                            Locale.ROOT,
                            "seed %d: auc %.4f, after %d rounds %.4f without moments (log loss %.4f), %.4f with (%.4f)%n",
                            seed,
                            before,
                            ROUNDS,
                            without.auc(),
                            without.logloss(),
                            with.auc(),
                            with.logloss()));
            assertThat(without.auc()).as(table.toString()).isGreaterThan(before - 0.01);
            assertThat(with.auc()).as(table.toString()).isGreaterThan(before - 0.01);
        }
        System.out.print(table);
        assertThat(Math.abs(difference)).as(table.toString()).isLessThan(0.01);
    }

    private void prepare(int seed) throws IOException {
        data = SmallDataset.write(at(seed, "data"), FIRST + ROUNDS * ROUND, seed);
        examples = new ArrayList<>();
        data.forEach(
                Split.TRAIN,
                e -> examples.add(SinkFiles.served(TrainingExample.newBuilder(e).build())));
    }

    private Path at(int seed, String name) {
        return directory.resolve("seed-" + seed).resolve(name);
    }

    private List<TrainingExample> sink(String name, int from, int to) {
        assertThat(to).as(name).isLessThanOrEqualTo(examples.size());
        return examples.subList(from, to);
    }

    private Quality rounds(int seed, boolean carries) throws IOException {
        String parent = "first";
        for (int n = 0; n < ROUNDS; n++) {
            String child = (carries ? "carried-" : "begun-") + n;
            int from = FIRST + n * ROUND;
            List<Object> options = new ArrayList<>(List.of("--warm-start", at(seed, parent)));
            if (carries) {
                options.addAll(List.of("--carry-optimizer", at(seed, parent + ".checkpoint")));
            }
            train(seed, child, sink(child, from, from + ROUND), options.toArray());
            parent = child;
        }
        return quality(seed, parent);
    }

    private void train(int seed, String name, List<TrainingExample> of, Object... options)
            throws IOException {
        Path sink = at(seed, name + "-sink");
        SinkFiles.write(sink.resolve("a.avro"), of);
        List<Object> command = new ArrayList<>(List.of("train", "--data", sink));
        command.addAll(List.of("--output", at(seed, name), "--seed", seed, "--threads", 1));
        command.addAll(List.of("--test-share", 0, "--validation-share", 0, "--keep-checkpoint"));
        command.addAll(List.of("--epochs", name.equals("first") ? 2 : 1, "--batch-size", 64));
        if (name.equals("first")) {
            command.addAll(List.of("--architecture", "din", "--attention", "mlp"));
            command.addAll(List.of("--embedding-width", 6, "--mlp", "12", "--max-length", 8));
        }
        command.addAll(List.of(options));
        CommandRun run = CommandRun.of(command.toArray());
        assertThat(run.exitCode()).as(run.err()).isZero();
    }

    /** On requests that no version has seen. */
    private Quality quality(int seed, String name) throws IOException {
        Scorer scorer = new Scorer(ModelReader.read(at(seed, name)), KernelsProvider.get());
        return Quality.of(new ExampleScorer(scorer).score(data, Split.TEST, n -> {}));
    }
}
