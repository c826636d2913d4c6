package io.dienstream.bench.stream;

import io.dienstream.bench.CandidateCost;
import io.dienstream.bench.PaperModel;
import io.dienstream.cli.Scratch;
import io.dienstream.dien.model.AttentionType;
import io.dienstream.job.option.JobOptions;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** {@code dien bench swap}: models that change in a job under load, and what that costs. */
public final class SwapBenchmark {
    /** Of an artifact for each item: 18 floats, an id of seven to nine characters, a line feed. */
    private static final int BYTES_AN_ITEM = 81;

    private static final int MEGABYTE = 1_000_000;
    private static final int LEAST_ITEMS = 1_000;

    private final Map<String, String> options;

    /**
     * @param options of the job, on top of this benchmark's
     */
    public SwapBenchmark(Map<String, String> options) {
        this.options = options;
    }

    /**
     * How long and how much.
     *
     * @param megabytes of the artifact that is swapped under load
     * @param smaller megabytes of those that are swapped many times; weights above 16 MiB are
     *     mapped
     * @param share of the saturation that is sent meanwhile
     * @param seconds before a swap and after it
     * @param swapSeconds after which one that is not over has failed
     * @param swaps how many of the smaller ones; 0: none
     * @param window seconds of requests between two looks at the memory, while these are swapped
     */
    public record Plan(
            StreamCase of,
            int megabytes,
            int smaller,
            double share,
            double seconds,
            double swapSeconds,
            double warmUp,
            int swaps,
            double window) {
        /** How often {@code step} is called. */
        public int steps() {
            return swaps > 0 ? 6 : 5;
        }
    }

    /** Runs the plan; {@code step} is called after each part. */
    public SwapTable run(Plan plan, Runnable step) throws Exception {
        Path directory = Scratch.directory("swap");
        List<Path> large = models(directory, "large", plan.megabytes(), 3, plan.of().history());
        JobSettings settings = settings(directory, large.get(0));
        CandidateCost cost =
                CandidateCost.measure(large.get(0), plan.of().history(), plan.of().candidates());
        step.run();
        SwapTable.Swap swap =
                new SwapUnderLoad(large.get(0), large.get(1), large.get(2), settings)
                        .run(plan, step);
        List<SwapTable.Sample> samples = List.of();
        if (plan.swaps() > 0) {
            List<Path> small =
                    models(
                            directory,
                            "small",
                            plan.smaller(),
                            ManySwaps.MODELS,
                            plan.of().history());
            samples = new ManySwaps(small, settings(directory, small.get(0))).run(plan);
            step.run();
        }
        Scratch.remove(directory);
        return new SwapTable(
                System.getProperty("java.version"),
                Runtime.getRuntime().availableProcessors(),
                plan.of(),
                plan.megabytes(),
                plan.smaller(),
                swap,
                cost,
                samples);
    }

    private JobSettings settings(Path directory, Path model) {
        Map<String, String> all = new HashMap<>();
        all.put(JobOptions.ROLLOUT_ENABLED.key(), "true");
        all.put(JobOptions.MODEL_CACHE.key(), directory.resolve("cache").toString());
        all.putAll(options);
        return new JobSettings(model, all, Map.of());
    }

    /** Versions of one model: the same ids, other weights. */
    private static List<Path> models(
            Path directory, String name, int megabytes, int versions, int history)
            throws IOException {
        int items = Math.max(LEAST_ITEMS, megabytes * MEGABYTE / BYTES_AN_ITEM);
        Path[] models = new Path[versions];
        for (int n = 0; n < versions; n++) {
            models[n] = directory.resolve(name + "-" + n);
            PaperModel.write(models[n], AttentionType.BILINEAR, history, items, n);
        }
        return List.of(models);
    }
}
