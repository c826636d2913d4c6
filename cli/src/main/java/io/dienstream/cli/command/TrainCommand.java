package io.dienstream.cli.command;

import ai.djl.engine.Engine;
import io.dienstream.cli.demo.Shutdown;
import io.dienstream.cli.train.RecipeMixin;
import io.dienstream.cli.train.TrainingBar;
import io.dienstream.dien.model.ModelConfig;
import io.dienstream.train.dataset.Dataset;
import io.dienstream.train.dataset.Directories;
import io.dienstream.train.fit.ArtifactExport;
import io.dienstream.train.fit.Recipe;
import io.dienstream.train.fit.TorchEngine;
import io.dienstream.train.fit.Training;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
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

    @Option(names = "--data", required = true, paramLabel = "DIR", description = "Data set.")
    private Path data;

    @Option(
            names = "--output",
            required = true,
            paramLabel = "DIR",
            description = "New directory for the artifact.")
    private Path output;

    @Mixin private RecipeMixin recipeMixin;

    @Option(names = "--resume", description = "Goes on from an interrupted training's checkpoint.")
    private boolean resume;

    @Option(
            names = "--checkpoint-every",
            defaultValue = "2000",
            description = "Steps between checkpoints. Default: ${DEFAULT-VALUE}.")
    private long checkpointEvery;

    @Override
    public Integer call() throws Exception {
        PrintWriter out = spec.commandLine().getOut();
        if (Files.exists(output)) {
            throw new FileAlreadyExistsException(
                    output.toString(), null, "already exists; remove it or choose another name");
        }
        Dataset dataset = Dataset.open(data);
        ModelConfig config = recipeMixin.config(dataset.manifest(), output);
        Recipe recipe = recipeMixin.recipe();
        Engine engine = TorchEngine.start(recipeMixin.threads());
        Path checkpoints = output.resolveSibling(output.getFileName() + ".checkpoint");
        if (!resume) {
            Directories.delete(checkpoints);
        }
        CountDownLatch returned = new CountDownLatch(1);
        try (TrainingBar bar = new TrainingBar(out, recipe, dataset.manifest());
                Training training =
                        new Training(
                                dataset,
                                config,
                                recipe,
                                engine,
                                checkpoints,
                                checkpointEvery,
                                bar);
                Shutdown hook =
                        Shutdown.of(
                                "writing a checkpoint",
                                () -> {
                                    training.stop();
                                    returned.await();
                                })) {
            if (resume && training.resume()) {
                out.printf("going on after step %,d%n", training.steps());
            }
            boolean complete;
            try {
                complete = training.run();
            } finally {
                returned.countDown();
            }
            if (!complete) {
                return 1;
            }
            hook.done();
            finish(dataset, config, recipe, engine, training, out);
        }
        Directories.delete(checkpoints);
        return 0;
    }

    private void finish(
            Dataset dataset,
            ModelConfig config,
            Recipe recipe,
            Engine engine,
            Training training,
            PrintWriter out)
            throws IOException {
        double difference =
                new ArtifactExport(config, dataset.vocabularies(), engine, recipe.seed())
                        .write(output, training.best());
        out.printf(
                "%s in %s; trainer and scorer differ by %.1e at the most%n",
                config.architecture().key(), output, difference);
    }
}
