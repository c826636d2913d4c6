package io.dienstream.train.command;

import ai.djl.engine.Engine;
import io.dienstream.cli.terminal.Shutdown;
import io.dienstream.datasets.format.Dataset;
import io.dienstream.datasets.format.Directories;
import io.dienstream.dien.model.ModelConfig;
import io.dienstream.train.fit.ArtifactExport;
import io.dienstream.train.fit.FirstValues;
import io.dienstream.train.fit.Recipe;
import io.dienstream.train.fit.Training;
import io.dienstream.train.report.TrainingReport;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.concurrent.CountDownLatch;

/**
 * One training from data set to artifact, with what lies beside it: {@code OUTPUT.checkpoint} as
 * long as it is not finished, {@code OUTPUT.report} afterwards.
 */
public final class TrainingRun {
    private static final double NANOS = 1e9;

    private final Dataset dataset;
    private final ModelConfig config;
    private final Recipe recipe;
    private final FirstValues first;
    private final Engine engine;
    private final Path output;
    private final PrintWriter out;
    private final PrintWriter err;

    public TrainingRun(
            Dataset dataset,
            ModelConfig config,
            Recipe recipe,
            FirstValues first,
            Engine engine,
            Path output,
            PrintWriter out,
            PrintWriter err) {
        this.dataset = dataset;
        this.config = config;
        this.recipe = recipe;
        this.first = first;
        this.engine = engine;
        this.output = output;
        this.out = out;
        this.err = err;
    }

    /**
     * Trains to the end, or until the process is interrupted.
     *
     * @param resume whether to go on from a checkpoint where there is one
     * @param checkpointEvery steps
     * @param keep whether the last checkpoint stays when the artifact is there
     * @return whether the artifact was written
     */
    public boolean run(boolean resume, long checkpointEvery, boolean keep) throws IOException {
        if (Files.exists(output)) {
            throw new FileAlreadyExistsException(
                    output.toString(), null, "already exists; remove it or choose another name");
        }
        Path parent = Files.createDirectories(output.toAbsolutePath().getParent());
        if (!Files.isWritable(parent)) { // hours before it is needed
            throw new AccessDeniedException(parent.toString(), null, "may not be written");
        }
        Path checkpoints = beside("checkpoint");
        if (!resume) {
            Directories.delete(checkpoints);
        }
        long start = System.nanoTime();
        try (TrainingBar bar = new TrainingBar(out, recipe, dataset.manifest());
                Training training =
                        new Training(
                                dataset,
                                config,
                                recipe,
                                first,
                                engine,
                                checkpoints,
                                checkpointEvery,
                                bar)) {
            if (resume && training.resume()) {
                out.printf(Locale.ROOT, "going on after step %,d%n", training.steps());
            }
            if (!runInterruptibly(training)) {
                return false;
            }
            finish(training, (System.nanoTime() - start) / NANOS);
        }
        if (!keep) {
            Directories.delete(checkpoints);
        }
        return true;
    }

    /** Where something that belongs to the artifact lies. */
    private Path beside(String what) {
        return output.resolveSibling(output.getFileName() + "." + what);
    }

    private static boolean runInterruptibly(Training training) throws IOException {
        CountDownLatch returned = new CountDownLatch(1);
        AutoCloseable stop =
                () -> {
                    training.stop();
                    returned.await();
                };
        try (Shutdown ignored = Shutdown.of("writing a checkpoint; go on with --resume", stop)) {
            return training.run();
        } finally {
            returned.countDown();
        }
    }

    private void finish(Training training, double seconds) throws IOException {
        double difference =
                new ArtifactExport(config, first.vocabularies(), engine, recipe.seed())
                        .write(output, training.best());
        Path report = beside("report");
        try {
            new TrainingReport(
                            dataset.manifest(),
                            config,
                            recipe,
                            training.reports(),
                            difference,
                            seconds)
                    .write(report);
        } catch (IOException e) {
            // the artifact is there: a missing font must not cost hours of training
            err.printf("dien: the report is incomplete: %s%n", e.getMessage());
        }
        out.printf(
                Locale.ROOT,
                "%s in %s, %.0f s; trainer and scorer differ by %.1e at the most; report in %s%n",
                config.architecture().key(),
                output,
                seconds,
                difference,
                report);
        out.flush();
    }
}
