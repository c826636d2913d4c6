package io.dienstream.train.command;

import ai.djl.engine.Engine;
import io.dienstream.cli.page.NoFontsException;
import io.dienstream.cli.terminal.Bars;
import io.dienstream.cli.terminal.Shutdown;
import io.dienstream.datasets.format.Dataset;
import io.dienstream.datasets.format.Directories;
import io.dienstream.datasets.format.Split;
import io.dienstream.datasets.offline.ExampleScorer;
import io.dienstream.datasets.offline.TestResult;
import io.dienstream.datasets.offline.UnseenAds;
import io.dienstream.dien.Scorer;
import io.dienstream.dien.artifact.ModelReader;
import io.dienstream.dien.file.OutputDirectory;
import io.dienstream.dien.kernel.KernelsProvider;
import io.dienstream.dien.model.ModelConfig;
import io.dienstream.train.fit.ArtifactExport;
import io.dienstream.train.fit.FirstValues;
import io.dienstream.train.fit.Recipe;
import io.dienstream.train.fit.Training;
import io.dienstream.train.report.TrainingReport;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.concurrent.CountDownLatch;
import me.tongfei.progressbar.ProgressBar;

/**
 * One training from data set to artifact, with what lies beside it: {@code OUTPUT.checkpoint} as
 * long as it is not finished, {@code OUTPUT.report} afterwards.
 */
public final class TrainingRun {
    private static final double NANOS = 1e9;

    /** As dien evaluate has them by default, so that it gives the same interval. */
    private static final int DRAWS = 1000;

    private static final long DRAWS_SEED = 1;

    private final Dataset dataset;
    private final ModelConfig config;
    private final Recipe recipe;
    private final FirstValues first;
    private final Engine engine;
    private final Path output;
    private final PrintWriter out;
    private final PrintWriter err;
    private final boolean isTested;

    /** How far a training came. */
    public enum End {
        /** The process was interrupted: there is a checkpoint and no artifact. */
        INTERRUPTED,
        /** The artifact is there; its report could not be written, which has been said. */
        WITHOUT_REPORT,
        /** Artifact and report are there. */
        WHOLE
    }

    /** What is done with a new artifact before anything else. */
    @FunctionalInterface
    public interface Written {
        void accept() throws IOException;
    }

    /**
     * @param isTested whether the report has what the artifact is worth on the test split
     */
    public TrainingRun(
            Dataset dataset,
            ModelConfig config,
            Recipe recipe,
            FirstValues first,
            Engine engine,
            Path output,
            PrintWriter out,
            PrintWriter err,
            boolean isTested) {
        this.dataset = dataset;
        this.config = config;
        this.recipe = recipe;
        this.first = first;
        this.engine = engine;
        this.output = output;
        this.out = out;
        this.err = err;
        this.isTested = isTested;
    }

    /**
     * Trains to the end, or until the process is interrupted.
     *
     * @param resume whether to go on from a checkpoint where there is one
     * @param checkpointEvery steps
     * @param keep whether the last checkpoint stays when the artifact is there
     * @param written called as soon as the artifact is there
     */
    public End run(boolean resume, long checkpointEvery, boolean keep, Written written)
            throws IOException {
        if (Files.exists(output)) {
            throw new FileAlreadyExistsException(
                    output.toString(), null, "already exists; remove it or choose another name");
        }
        OutputDirectory.make(output.toAbsolutePath().getParent()); // hours before it is needed
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
                return End.INTERRUPTED;
            }
            double seconds = (System.nanoTime() - start) / NANOS;
            double difference = export(training);
            written.accept();
            if (!keep) {
                Directories.delete(checkpoints);
            }
            return report(training, difference, seconds) ? End.WHOLE : End.WITHOUT_REPORT;
        }
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

    private double export(Training training) throws IOException {
        return new ArtifactExport(config, first.vocabularies(), engine, recipe.seed())
                .write(output, training.best());
    }

    /**
     * What the artifact, which is there, is worth, and how it came about.
     *
     * @return whether it could be written
     */
    private boolean report(Training training, double difference, double seconds) {
        boolean hasTest = isTested && dataset.manifest().counts(Split.TEST).examples() > 0;
        TestResult test = hasTest ? test() : null;
        Path report = beside("report");
        Exception incomplete = null;
        boolean isWritten = true;
        try {
            new TrainingReport(
                            dataset.manifest(),
                            config,
                            recipe,
                            test,
                            test == null ? null : UnseenAds.of(dataset, Split.TEST),
                            training.curve().points(),
                            training.reports(),
                            difference,
                            seconds)
                    .write(report);
        } catch (NoFontsException | RuntimeException e) {
            // the artifact is there: a missing font must not fail hours of training
            incomplete = e;
        } catch (IOException e) {
            incomplete = e; // a disk that is full, for one
            isWritten = false;
        }
        out.printf(
                Locale.ROOT,
                "%s in %s, %.0f s; %strainer and scorer differ by %.1e at the most; report in %s%n",
                config.architecture().key(),
                output,
                seconds,
                test == null
                        ? ""
                        : String.format(Locale.ROOT, "test auc %.4f; ", test.quality().auc()),
                difference,
                report);
        out.flush();
        if (incomplete != null) {
            err.printf("dien: the report is incomplete: %s%n", incomplete.getMessage());
        }
        return isWritten;
    }

    /**
     * The artifact by the scorer of the stream, as dien evaluate measures it; null where that
     * fails, since the artifact is there and has cost hours.
     */
    private TestResult test() {
        long examples = dataset.manifest().counts(Split.TEST).examples();
        try (ProgressBar bar = Bars.start("test", examples)) {
            Scorer scorer = new Scorer(ModelReader.read(output), KernelsProvider.get());
            return TestResult.of(
                    new ExampleScorer(scorer).score(dataset, Split.TEST, bar::stepTo),
                    DRAWS,
                    DRAWS_SEED);
        } catch (IOException | RuntimeException | OutOfMemoryError e) {
            err.printf("dien: the test split was not measured, dien evaluate does: %s%n", e);
            return null;
        }
    }
}
