package io.dienstream.train.command;

import io.dienstream.datasets.prepare.Immature;
import io.dienstream.datasets.prepare.TimeOrderedSettings;
import io.dienstream.datasets.served.ServedMixin;
import io.dienstream.datasets.served.TrainingData;
import io.dienstream.dien.artifact.ModelReader;
import io.dienstream.train.fit.FirstValues;
import io.dienstream.train.fit.WarmStart;
import io.dienstream.train.manifest.TrainingManifest;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code dien train}: a data set to an artifact. */
@Command(
        name = "train",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = {
            "Trains one of the nine architectures on a data set of dien prepare and writes the",
            "artifact, once the scorer of the stream gives the trainer's own answers on it. Beside",
            "it: OUTPUT.report with what it is worth on the test split, curves, metrics.json and an HTML",
            "page, and OUTPUT.manifest.json with all that it was made of. Ctrl-C leaves a checkpoint; the same command with --resume",
            "goes on from it."
        })
public final class TrainCommand implements Callable<Integer> {
    @Spec private CommandSpec spec;

    @Mixin private ServedMixin data;

    @Option(
            names = "--output",
            required = true,
            paramLabel = "DIR",
            description = "New directory for the artifact.")
    private Path output;

    @Option(
            names = "--immature",
            paramLabel = "none|fsiw",
            defaultValue = "none",
            description = {
                "What labels of what was served count that are younger than --correction-wait, for which",
                "clicks may still come: none, each 1; fsiw, what they will be, by how late clicks come",
                "and the pCTR that served them. Default: ${DEFAULT-VALUE}."
            })
    private Immature.Weighting immature = Immature.Weighting.NONE;

    @Mixin private RecipeMixin recipe;

    @Option(names = "--resume", description = "Goes on from an interrupted training's checkpoint.")
    private boolean resume;

    @Option(
            names = "--checkpoint-every",
            defaultValue = "2000",
            description = "Steps between checkpoints. Default: ${DEFAULT-VALUE}.")
    private long checkpointEvery;

    @Option(
            names = "--warm-start",
            paramLabel = "ARTIFACT",
            description = {
                "Goes on from an artifact: its network and weights, new ids start from the mean of",
                "their category. One epoch at a rate of 3e-4, unless options say else."
            })
    private Path warmStart;

    @Option(
            names = "--carry-optimizer",
            paramLabel = "DIR",
            description = {
                "With --warm-start: goes on with Adam's moments too, from the checkpoint that",
                "--keep-checkpoint left of the parent's training."
            })
    private Path carryOptimizer;

    @Option(
            names = "--keep-checkpoint",
            description = "Leaves OUTPUT.checkpoint, for --carry-optimizer.")
    private boolean keepCheckpoint;

    @Option(
            names = "--from-manifest",
            paramLabel = "FILE",
            description = {
                "Repeats the training that an OUTPUT.manifest.json tells of, from the same data; other",
                "options but --output are not looked at. With one thread the artifact is the same."
            })
    private Path fromManifest;

    @Override
    public Integer call() throws Exception {
        if (checkpointEvery < 0) {
            throw wrong("--checkpoint-every must not be negative");
        }
        if (carryOptimizer != null && warmStart == null) {
            throw wrong("--carry-optimizer goes with --warm-start");
        }
        if (fromManifest != null) {
            return repeat(TrainingManifest.read(fromManifest));
        }
        PlannedTraining training = warmStart == null ? fresh() : warm();
        return run(training) == TrainingRun.End.WHOLE ? 0 : 1;
    }

    private CommandLine.ParameterException wrong(String message) {
        return new CommandLine.ParameterException(spec.commandLine(), message);
    }

    private TrainingRun.End run(PlannedTraining training) throws IOException {
        return training.run(
                output,
                spec.commandLine().getOut(),
                spec.commandLine().getErr(),
                resume,
                checkpointEvery,
                keepCheckpoint,
                true);
    }

    private PlannedTraining fresh() throws IOException {
        TimeOrderedSettings settings = data.settings().withImmature(data.immature(immature));
        TrainingData opened = data.open(settings);
        recipe.config(opened.data().manifest(), output); // what is impossible is named
        return PlannedTraining.fresh(
                data.path(),
                opened,
                settings,
                recipe.network(output),
                recipe.recipe(),
                recipe.threads());
    }

    private PlannedTraining warm() throws IOException {
        WarmStart parent = WarmStart.from(warmStart);
        TimeOrderedSettings settings =
                data.settings(parent.parent()).withImmature(data.immature(immature));
        TrainingData opened = data.open(settings);
        FirstValues first = FirstValues.of(parent, opened.data(), carryOptimizer);
        return new PlannedTraining(
                PlannedTraining.absolute(data.path()),
                opened,
                settings,
                null,
                TrainingManifest.Parent.of(warmStart, null, first),
                recipe.config(parent, opened.data().manifest(), first, output),
                first,
                recipe.warmRecipe(),
                recipe.threads());
    }

    private int repeat(TrainingManifest manifest) throws IOException {
        TrainingRun.End end = run(PlannedTraining.again(manifest, data.kafkaConfig()));
        if (end == TrainingRun.End.INTERRUPTED) {
            return 1;
        }
        String now = ModelReader.read(output).checksum();
        if (!now.equals(manifest.artifactSha256())) {
            throw new IOException(
                    "%s is another artifact (sha256 %s) than the one of %s (%s): that was made by %s with %s threads"
                            .formatted(
                                    output,
                                    now,
                                    fromManifest,
                                    manifest.artifactSha256(),
                                    manifest.versions(),
                                    manifest.threads() == 0 ? "all" : manifest.threads()));
        }
        spec.commandLine().getOut().println("the same artifact, sha256 " + now);
        return end == TrainingRun.End.WHOLE ? 0 : 1;
    }
}
