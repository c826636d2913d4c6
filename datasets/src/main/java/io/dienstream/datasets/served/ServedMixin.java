package io.dienstream.datasets.served;

import io.dienstream.datasets.format.Split;
import io.dienstream.datasets.prepare.Immature;
import io.dienstream.datasets.prepare.TimeOrderedSettings;
import io.dienstream.dien.model.ModelConfig;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Which data a command works on: a prepared data set, or what was served. */
public final class ServedMixin {
    @Spec(Spec.Target.MIXEE)
    private CommandSpec spec;

    @Option(
            names = "--data",
            paramLabel = "PATH",
            description = {
                "Data set of dien prepare; or what was served: a learning job's examples.directory,",
                "there or in an object store (s3://BUCKET/PREFIX), or topics of it,",
                "kafka://HOST:PORT[/EXAMPLES[/CORRECTIONS]]."
            })
    private String path;

    @Option(
            names = "--test-share",
            defaultValue = "0.1",
            description = "Of what was served, the newest requests. Default: ${DEFAULT-VALUE}.")
    private double testShare;

    @Option(
            names = "--validation-share",
            defaultValue = "0.1",
            description = "Of what was served, those before the test. Default: ${DEFAULT-VALUE}.")
    private double validationShare;

    @Option(
            names = "--max-length",
            defaultValue = "100",
            description = {
                "L of the model that served, and of the one that is trained. Prepared data sets have",
                "their own. Default: ${DEFAULT-VALUE}."
            })
    private int maxLength;

    @Option(
            names = "--min-count",
            defaultValue = "1",
            description = {
                "Ids of what was served that training requests saw less often are unknown.",
                "Default: ${DEFAULT-VALUE}."
            })
    private int minCount;

    @Option(
            names = "--correction-wait",
            paramLabel = "DURATION",
            description = {
                "W2, the learning job's labels.correction-wait: labels of what was served that are",
                "younger are told of as immature. Default: what the files say, else 1d."
            })
    private Duration correctionWait;

    @Option(
            names = "--max-bad-files",
            defaultValue = "0",
            description = {
                "Damaged files (or records of a topic) of what was served that are put up with: a",
                "file is taken as far as it goes. Default: ${DEFAULT-VALUE}."
            })
    private long maxBadFiles;

    @Option(
            names = "--kafka-config",
            paramLabel = "FILE",
            description = "Properties for the Kafka client, with kafka://.")
    private Path kafkaConfig;

    /** As it was given. */
    public String path() {
        return path;
    }

    /** Opens it, and tells what became of what was served. */
    public TrainingData open() throws IOException {
        return open(settings());
    }

    /** The same with settings that a command has changed. */
    public TrainingData open(TimeOrderedSettings settings) throws IOException {
        check(path != null, "Missing required option: '--data=PATH'");
        TrainingData data = TrainingData.open(path, settings, kafkaConfig, maxBadFiles, null);
        if (data.served() != null) {
            print(data);
        } else {
            check(
                    !settings.immature().hasWeights(),
                    path + " is a prepared data set: --immature goes with what was served");
            check(
                    correctionWait == null,
                    path + " is a prepared data set: --correction-wait goes with what was served");
        }
        return data;
    }

    /** How what was served becomes a data set. */
    public TimeOrderedSettings settings() {
        check(maxLength <= ModelConfig.MOST_BEHAVIORS, "--max-length is more than any model's");
        check(maxBadFiles >= 0, "--max-bad-files must not be negative");
        check(
                correctionWait == null || !correctionWait.isZero(),
                "--correction-wait must be above 0");
        try {
            return new TimeOrderedSettings(validationShare, testShare, maxLength, minCount, 7)
                    .withImmature(immature(Immature.Weighting.NONE));
        } catch (IllegalArgumentException e) {
            throw new CommandLine.ParameterException(spec.commandLine(), e.getMessage(), e);
        }
    }

    /**
     * What labels count for which clicks may still come.
     *
     * @throws IllegalArgumentException where the wait is impossible
     */
    public Immature immature(Immature.Weighting weighting) {
        return new Immature(
                weighting, correctionWait == null ? null : (Long) correctionWait.toMillis());
    }

    /** L as it was given, or that of {@code parent} where none was. */
    public TimeOrderedSettings settings(ModelConfig parent) {
        TimeOrderedSettings given = settings();
        boolean hasLength = spec.commandLine().getParseResult().hasMatchedOption("--max-length");
        return hasLength ? given : given.withMaxLength(parent.maxLength());
    }

    /** Properties of a Kafka client, or null. */
    public Path kafkaConfig() {
        return kafkaConfig;
    }

    private void check(boolean good, String message) {
        if (!good) {
            throw new CommandLine.ParameterException(spec.commandLine(), message);
        }
    }

    private void print(TrainingData data) {
        PrintWriter err = spec.commandLine().getErr();
        ServedDataset served = data.served();
        for (Split split : Split.values()) {
            var c = data.data().manifest().counts(split);
            err.printf(
                    Locale.ROOT,
                    "%-10s %,10d requests %,12d examples %,10d clicked %,12d immature%n",
                    split.key(),
                    c.requests(),
                    c.examples(),
                    c.clicks(),
                    served.immature().getOrDefault(split, 0L));
        }
        err.printf(
                Locale.ROOT,
                "%,d of %,d corrections changed a label; %,d repeated examples, %,d unreadable files or records left out%n",
                served.corrected(),
                served.corrections(),
                served.repeated(),
                served.refused());
        served.printWeights(err);
        if (!served.leftOut().isEmpty()) {
            err.println(
                    "note: no behavior has the candidates' fields "
                            + served.leftOut()
                            + ", so they are left out");
        }
        err.flush();
    }
}
