package io.dienstream.train.command;

import io.dienstream.datasets.format.Dataset;
import io.dienstream.datasets.served.ServedMixin;
import io.dienstream.train.fit.TorchEngine;
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
            "it: OUTPUT.report with metrics.json, curves and an HTML report. Ctrl-C leaves a",
            "checkpoint; the same command with --resume goes on from it."
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

    @Mixin private RecipeMixin recipe;

    @Option(names = "--resume", description = "Goes on from an interrupted training's checkpoint.")
    private boolean resume;

    @Option(
            names = "--checkpoint-every",
            defaultValue = "2000",
            description = "Steps between checkpoints. Default: ${DEFAULT-VALUE}.")
    private long checkpointEvery;

    @Override
    public Integer call() throws Exception {
        if (checkpointEvery < 0) {
            throw new CommandLine.ParameterException(
                    spec.commandLine(), "--checkpoint-every must not be negative");
        }
        Dataset dataset = data.open().data();
        TrainingRun run =
                new TrainingRun(
                        dataset,
                        recipe.config(dataset.manifest(), output),
                        recipe.recipe(),
                        TorchEngine.start(recipe.threads()),
                        output,
                        spec.commandLine().getOut(),
                        spec.commandLine().getErr());
        return run.run(resume, checkpointEvery) ? 0 : 1;
    }
}
