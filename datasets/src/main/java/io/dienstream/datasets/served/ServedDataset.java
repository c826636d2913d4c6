package io.dienstream.datasets.served;

import io.dienstream.datasets.format.Dataset;
import io.dienstream.datasets.format.Split;
import io.dienstream.datasets.prepare.ExampleSpool;
import io.dienstream.datasets.prepare.Immature;
import io.dienstream.datasets.prepare.NoExamplesException;
import io.dienstream.datasets.prepare.TimeOrderedPreparation;
import io.dienstream.datasets.prepare.TimeOrderedSettings;
import io.dienstream.schema.LabelCorrection;
import io.dienstream.schema.TrainingExample;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/**
 * What was served as a data set: corrections merged, repeats left out, in the order in which labels
 * became final.
 *
 * @param data set, in a directory of its own
 * @param corrections that were read
 * @param corrected labels that they changed
 * @param repeated examples that were left out
 * @param refused files or records that could not be read
 * @param trainedUntil newest impression among training and validation, ms; null without any
 * @param learnedUntil newest impression of the training part alone, ms; null without any
 * @param waitMs W, the longest from an impression until its label was final; null without any
 * @param negativeRate w, the smallest with which negatives were kept
 * @param clickCoverage F(W), the lowest that an example tells; null where none does
 * @param leftOut fields that candidates have and behaviors lack
 * @param correctionWaitMs W2, as it was given or the files tell it, else a day
 * @param immature labels that are younger than W2, by split; of a split without any nothing
 * @param youngestCoverage the lowest F(e) that a label's weight was made of; null without weights
 */
public record ServedDataset(
        Dataset data,
        long corrections,
        long corrected,
        long repeated,
        long refused,
        Long trainedUntil,
        Long learnedUntil,
        Long waitMs,
        double negativeRate,
        Double clickCoverage,
        Set<String> leftOut,
        long correctionWaitMs,
        Map<Split, Long> immature,
        Double youngestCoverage) {

    /**
     * Reads {@code source} and writes the data set.
     *
     * @param scratch directory for a temporary file
     * @param output directory that must not exist
     * @throws IOException also where labels cannot be weighted as {@code settings} want it
     */
    public static ServedDataset write(
            ServedSource source, TimeOrderedSettings settings, Path scratch, Path output)
            throws IOException {
        Corrections corrections = new Corrections();
        LowestCoverage coverage = new LowestCoverage();
        ClickDelays delays = settings.immature().hasWeights() ? new ClickDelays() : null;
        try (ExampleSpool spool = new ExampleSpool(scratch.resolve("examples"))) {
            long refused =
                    source.read(
                            new ServedSource.Consumer() {
                                @Override
                                public void example(TrainingExample example) throws IOException {
                                    if (delays != null) {
                                        delays.add(example);
                                    }
                                    if (isAsked(example, settings.since())) {
                                        spool.add(example);
                                        coverage.add(example.getClickCoverage());
                                    }
                                }

                                @Override
                                public void correction(LabelCorrection correction) {
                                    corrections.add(correction);
                                }
                            });
            if (delays != null && spool.isEmpty()) {
                throw new NoExamplesException(); // before delays are asked for: nothing is to weigh
            }
            Immature immature = settings.immature().known(source.correctionWaitMs());
            long until = delays == null ? Long.MAX_VALUE : delays.cut();
            ImmatureWeights weights =
                    delays == null
                            ? null
                            : weights(delays, corrections, immature.correctionWaitMs());
            TimeOrderedPreparation preparation =
                    new TimeOrderedPreparation(
                            settings.withImmature(immature),
                            e -> {
                                corrections.apply(e, until);
                                if (weights != null) {
                                    weights.apply(e);
                                }
                            });
            preparation.write(output, spool, source.sources(), refused);
            return new ServedDataset(
                    Dataset.open(output),
                    corrections.size(),
                    corrections.applied(),
                    spool.repeated(),
                    refused,
                    preparation.newestImpression(),
                    preparation.newestLearned(),
                    preparation.waitMs(),
                    preparation.lowestRate(),
                    coverage.lowest,
                    preparation.leftOut(),
                    immature.correctionWaitMs(),
                    preparation.immature(),
                    weights == null ? null : (Double) weights.lowestShare());
        }
    }

    /** Says that labels are weighted, where they are. */
    public void printWeights(PrintWriter out) {
        if (youngestCoverage != null) {
            out.printf(
                    Locale.ROOT,
                    "immature labels are weighted: of the youngest a share of %.4f of the clicks has come%n",
                    youngestCoverage);
        }
    }

    /**
     * Clicks after the cut are not looked at then: weights stand for them, and of few of them the
     * correction has come.
     */
    private static ImmatureWeights weights(
            ClickDelays delays, Corrections corrections, long correctionWaitMs) throws IOException {
        corrections.all().forEach(delays::add);
        DelayCurve curve = delays.curve(correctionWaitMs, ImmatureWeights.LEAST_CLICKS);
        if (corrections.size() == 0) {
            throw new IOException(
                    "--immature fsiw: no correction was read, so that no click seems to come late: it needs the learning job's label-corrections beside its examples");
        }
        return new ImmatureWeights(curve, delays.cut(), correctionWaitMs);
    }

    private static final class LowestCoverage {
        private Double lowest;

        void add(Double told) {
            if (told != null) {
                lowest = lowest == null ? told : (Double) Math.min(lowest, told);
            }
        }
    }

    /** Whether any of its ads was shown after {@code since}, ms. */
    private static boolean isAsked(TrainingExample example, Long since) {
        return since == null
                || example.getCandidates().stream()
                        .anyMatch(c -> c.getImpressedAt() != null && c.getImpressedAt() > since);
    }
}
