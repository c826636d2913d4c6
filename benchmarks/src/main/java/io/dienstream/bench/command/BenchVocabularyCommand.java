package io.dienstream.bench.command;

import io.dienstream.bench.VocabularyRun;
import io.dienstream.cli.Scratch;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code dien bench vocabulary}: what a model of very many ids costs to load and to hold. */
@Command(
        name = "vocabulary",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = {
            "Writes an artifact with so many items of 18 random numbers, loads it mapped, looks ids",
            "up and scores requests of 20 candidates over 100 behaviors, all drawn at random; prints",
            "times, heap and what is mapped. It takes 190 bytes an id of the temporary directory's",
            "disk."
        })
public final class BenchVocabularyCommand implements Callable<Integer> {
    /** Weights of more are refused: 64 GiB. */
    private static final int MOST_IDS = 900_000_000;

    @Spec private CommandSpec spec;

    @Option(names = "--ids", defaultValue = "1000000", description = "Items; ${DEFAULT-VALUE}")
    private int ids;

    @Option(
            names = "--lookups",
            defaultValue = "4000000",
            description = "Of ids that are there, and of as many others; ${DEFAULT-VALUE}")
    private int lookups;

    @Option(
            names = "--requests",
            defaultValue = "2000",
            description = "After as many to warm up; ${DEFAULT-VALUE}")
    private int requests;

    @Option(names = "--json", description = "Prints JSON instead of the table.")
    private boolean json;

    @Override
    public Integer call() throws Exception {
        if (ids < 1 || ids > MOST_IDS || lookups < 1 || requests < 1) {
            throw new CommandLine.ParameterException(
                    spec.commandLine(),
                    "--ids goes from 1 to %d, --lookups and --requests start at 1"
                            .formatted(MOST_IDS));
        }
        PrintWriter out = spec.commandLine().getOut();
        Path directory = Scratch.directory("vocabulary");
        try {
            VocabularyRun.Figures figures =
                    new VocabularyRun(new VocabularyRun.Plan(ids, lookups, requests))
                            .run(directory);
            FigureFiles.print(out, json, figures, markdown(figures));
        } finally {
            Scratch.remove(directory);
        }
        return 0;
    }

    private static String markdown(VocabularyRun.Figures f) {
        return String.format(
                Locale.ROOT,
                """
                | what | figure |
                |---|---|
                | ids | %,d |
                | written, with a reading to check it | %.0f s |
                | loaded | %.1f s |
                | weights, ids, index | %,.0f MiB, %,.0f MiB, %,.0f MiB (%.1f bytes an id) |
                | heap after a collection, before and with the model | %.0f MiB, %.0f MiB |
                | mapped | %,.0f MiB |
                | lookups a second on one thread, ids that are there and that are not | %,.0f, %,.0f |
                | a request of 20 candidates over 100 behaviors, median | %.0f us |
                """,
                f.ids(),
                f.writtenSeconds(),
                f.loadedSeconds(),
                f.weightsMib(),
                f.textMib(),
                f.indexMib(),
                f.indexMib() * (1 << 20) / f.ids(),
                f.heapBeforeMib(),
                f.heapMib(),
                f.mappedMib(),
                f.hits(),
                f.misses(),
                f.requestMicros());
    }
}
