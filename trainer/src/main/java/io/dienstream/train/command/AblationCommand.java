package io.dienstream.train.command;

import ai.djl.engine.Engine;
import io.dienstream.datasets.format.Dataset;
import io.dienstream.datasets.format.Split;
import io.dienstream.datasets.offline.ExampleScorer;
import io.dienstream.dien.Scorer;
import io.dienstream.dien.artifact.ModelReader;
import io.dienstream.dien.file.OutputDirectory;
import io.dienstream.dien.kernel.KernelsProvider;
import io.dienstream.dien.model.Architecture;
import io.dienstream.dien.model.GateForm;
import io.dienstream.dien.model.ModelConfig;
import io.dienstream.evaluation.Quality;
import io.dienstream.evaluation.Scored;
import io.dienstream.train.fit.FirstValues;
import io.dienstream.train.fit.TorchEngine;
import io.dienstream.train.report.AblationTable;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code dien ablation}: all architectures with several seeds, as the paper's table. */
@Command(
        name = "ablation",
        mixinStandardHelpOptions = true,
        description = {
            "Trains every architecture with every seed by one recipe, evaluates each on the test",
            "split and writes ablation.md, ablation.json and a plot. What is there already is not",
            "trained again, so an interrupted run goes on."
        })
public final class AblationCommand implements Callable<Integer> {
    private static final String OFFICIAL = "-official";
    private static final double NANOS = 1e9;

    @Spec private CommandSpec spec;

    @Option(names = "--data", required = true, paramLabel = "DIR", description = "Data set.")
    private Path data;

    @Option(
            names = "--output",
            required = true,
            paramLabel = "DIR",
            description = "Directory for the models, the table and the plot.")
    private Path output;

    @Option(
            names = "--architectures",
            split = ",",
            defaultValue = "base,wide_deep,pnn,din,gru_attention,aigru,agru,augru,dien",
            description = {
                "Which, in the table's order; augru-official and dien-official have the official gate.",
                "Default: ${DEFAULT-VALUE}."
            })
    private List<String> variants;

    @Option(
            names = "--seeds",
            split = ",",
            defaultValue = "1,2,3",
            description = "Default: ${DEFAULT-VALUE}.")
    private List<Long> seeds;

    @Mixin private RecipeMixin recipe;

    /** False since a training whose report could not be written; its artifact is there. */
    private boolean everyReportIsWritten = true;

    @Override
    public Integer call() throws Exception {
        for (String variant : variants) {
            architecture(variant);
        }
        Dataset dataset = Dataset.open(data);
        if (dataset.manifest().counts(Split.TEST).examples() == 0) {
            throw new IOException(data + ": has no test examples");
        }
        OutputDirectory.make(output);
        Engine engine = TorchEngine.start(recipe.threads());
        PrintWriter out = spec.commandLine().getOut();
        AblationTable table = new AblationTable(dataset.manifest().name());
        for (String variant : variants) {
            for (long seed : seeds) {
                AblationTable.Run run = run(variant, seed, dataset, engine);
                if (run == null) {
                    return 1;
                }
                out.printf(Locale.ROOT, "%s seed %d: test auc %.4f%n", variant, seed, run.auc());
                out.flush();
                table.add(variant, run);
            }
        }
        out.print(table.markdown());
        out.flush();
        table.write(output);
        return everyReportIsWritten ? 0 : 1;
    }

    private Architecture architecture(String variant) {
        String key = variant.endsWith(OFFICIAL) ? base(variant) : variant;
        return Architecture.ofKey(key)
                .orElseThrow(
                        () ->
                                new CommandLine.ParameterException(
                                        spec.commandLine(), "no architecture '" + variant + "'"));
    }

    private static String base(String variant) {
        return variant.substring(0, variant.length() - OFFICIAL.length());
    }

    /** Null where the process was interrupted. */
    private AblationTable.Run run(String variant, long seed, Dataset dataset, Engine engine)
            throws IOException {
        Path model = output.resolve(variant + "-seed" + seed);
        long start = System.nanoTime();
        if (!Files.exists(model)) {
            ModelConfig config =
                    recipe.config(
                            dataset.manifest(),
                            model,
                            architecture(variant),
                            variant.endsWith(OFFICIAL) ? GateForm.OFFICIAL : GateForm.PAPER);
            TrainingRun run =
                    new TrainingRun(
                            dataset,
                            config,
                            recipe.recipe(seed),
                            FirstValues.random(dataset),
                            engine,
                            model,
                            spec.commandLine().getOut(),
                            spec.commandLine().getErr(),
                            false); // measured below, like those that were there already
            TrainingRun.End end = run.run(true, 0, false, () -> {});
            if (end == TrainingRun.End.INTERRUPTED) {
                return null;
            }
            everyReportIsWritten &= end == TrainingRun.End.WHOLE;
        }
        double seconds = (System.nanoTime() - start) / NANOS;
        Scorer scorer = new Scorer(ModelReader.read(model), KernelsProvider.get());
        Scored scored = new ExampleScorer(scorer).score(dataset, Split.TEST, n -> {});
        return AblationTable.Run.of(seed, Quality.of(scored), seconds);
    }
}
