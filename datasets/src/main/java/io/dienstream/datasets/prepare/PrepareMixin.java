package io.dienstream.datasets.prepare;

import io.dienstream.datasets.format.Manifest;
import io.dienstream.datasets.format.Split;
import io.dienstream.datasets.log.BadLines;
import io.dienstream.datasets.log.LogTimes;
import io.dienstream.dien.model.ModelConfig;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Locale;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** The options that every {@code dien prepare} has. */
public final class PrepareMixin {
    @Spec(Spec.Target.MIXEE)
    private CommandSpec spec;

    @Option(
            names = "--output",
            required = true,
            paramLabel = "DIR",
            description = "New directory for the data set.")
    private Path output;

    /** Which positions of a training user's behaviors are examples. */
    enum Positions {
        LAST,
        ALL
    }

    /** What keeps the splits apart. */
    enum By {
        USER,
        TIME
    }

    /** How negatives are drawn. */
    enum Negatives {
        POPULARITY,
        UNIFORM
    }

    /** Where negatives of validation and test come from. */
    enum TestNegatives {
        TRAINING,
        CONTEMPORARY
    }

    @Option(
            names = "--positions",
            defaultValue = "all",
            description = {
                "last: one example a user; all: every position of the training users. Logs of",
                "positives only. Default: ${DEFAULT-VALUE}."
            })
    private Positions positions;

    @Option(
            names = "--split",
            defaultValue = "user",
            description = "user: by user; time: by time. Default: ${DEFAULT-VALUE}.")
    private By split;

    @Option(names = "--test-share", defaultValue = "0.1", description = "${DEFAULT-VALUE}")
    private double testShare;

    @Option(
            names = "--validation-share",
            defaultValue = "0.02",
            description = "What early stopping looks at. Default: ${DEFAULT-VALUE}.")
    private double validationShare;

    @Option(
            names = "--negatives",
            defaultValue = "popularity",
            description = "popularity or uniform. Default: ${DEFAULT-VALUE}.")
    private Negatives negatives;

    @Option(
            names = "--negatives-per-click",
            defaultValue = "1",
            description = "Default: ${DEFAULT-VALUE}.")
    private int negativesPerClick;

    @Option(
            names = "--test-negatives",
            defaultValue = "training",
            description = {
                "training: negatives of validation and test are ads that training saw, so an ad that it",
                "never saw can only be a click; contemporary: they are drawn from all that was clicked in",
                "the time of their split. Logs of positives only. Default: ${DEFAULT-VALUE}."
            })
    private TestNegatives testNegatives;

    @Option(
            names = "--max-length",
            defaultValue = "100",
            description = "L of the retention rule. Default: ${DEFAULT-VALUE}.")
    private int maxLength;

    @Option(
            names = "--min-count",
            defaultValue = "1",
            description = "Ids seen less often in training are unknown. Default: ${DEFAULT-VALUE}.")
    private int minCount;

    @Option(
            names = "--max-bad-lines",
            defaultValue = "0.01",
            description = "Share of a file's lines that may be refused. Default: ${DEFAULT-VALUE}.")
    private double maxBadLines;

    @Option(
            names = "--seed",
            defaultValue = "7",
            description = "Of splits and draws. Default: ${DEFAULT-VALUE}.")
    private long seed;

    @Option(
            names = "--earliest",
            paramLabel = "INSTANT",
            description = {
                "Times before it are refused, as by time.earliest of the job, and so are times ahead of",
                "the clock. Default: 1990-01-01T00:00:00Z."
            })
    private Instant earliest = LogTimes.EARLIEST;

    private PrepareSettings settings() {
        check(testShare >= 0 && validationShare >= 0, "shares must not be negative");
        check(testShare + validationShare < 1, "the shares leave nothing to train on");
        check(negativesPerClick >= 1, "--negatives-per-click must be at least 1");
        check(
                maxLength >= 1 && maxLength <= ModelConfig.MOST_BEHAVIORS,
                "--max-length must be 1 to " + ModelConfig.MOST_BEHAVIORS + ", as a model's");
        check(minCount >= 1, "--min-count must be at least 1");
        check(maxBadLines >= 0 && maxBadLines <= 1, "--max-bad-lines is a share, 0 to 1");
        return new PrepareSettings(
                positions == Positions.ALL,
                split == By.TIME,
                testShare,
                validationShare,
                negativesPerClick,
                negatives == Negatives.UNIFORM,
                testNegatives == TestNegatives.CONTEMPORARY,
                maxLength,
                minCount,
                maxBadLines,
                seed,
                new LogTimes(earliest, Instant.now()));
    }

    private void check(boolean good, String message) {
        if (!good) {
            throw wrong(message);
        }
    }

    /** Wrong usage. */
    public CommandLine.ParameterException wrong(String message) {
        return new CommandLine.ParameterException(spec.commandLine(), message);
    }

    private LineBudget budget() {
        return new LineBudget(new BadLines(spec.commandLine().getErr()), maxBadLines);
    }

    /** Prepares a log of positives. */
    public int interactions(InteractionSource source, Path testPairs) throws IOException {
        PrepareSettings settings = settings();
        if (testPairs != null && settings.byTime()) {
            throw new CommandLine.ParameterException(
                    spec.commandLine(), "--test-pairs fixes test users: not with --split time");
        }
        check(
                testPairs == null || testNegatives == TestNegatives.TRAINING,
                "--test-pairs has the negatives of the test: not with --test-negatives");
        TestPairs pairs = testPairs == null ? null : TestPairs.read(testPairs);
        return report(new InteractionPreparation(source, settings, pairs).write(output, budget()));
    }

    /** Prepares MIND's impressions. */
    public int mind(Path behaviors, Path news) throws IOException {
        byUserOnly();
        ownNegatives();
        return report(new MindPreparation(behaviors, news, settings()).write(output, budget()));
    }

    /** Prepares our own impressions. */
    public int impressions(Path behaviors, Path requests, Path labels) throws IOException {
        ownNegatives();
        ImpressionPreparation preparation =
                new ImpressionPreparation(behaviors, requests, labels, settings(), budget());
        Manifest manifest = preparation.write(output);
        if (!preparation.leftOut().isEmpty()) {
            spec.commandLine()
                    .getErr()
                    .println(
                            "note: no behavior has the candidates' fields "
                                    + preparation.leftOut()
                                    + ", so they are left out");
        }
        return report(manifest);
    }

    /** What was shown and not clicked are the negatives. */
    private void ownNegatives() {
        check(
                testNegatives == TestNegatives.TRAINING,
                "impressions have negatives of their own: not with --test-negatives");
    }

    private void byUserOnly() {
        check(split == By.USER, "MIND's impressions are split by user: not with --split time");
    }

    private int report(Manifest manifest) {
        PrintWriter out = spec.commandLine().getOut();
        for (Split part : Split.values()) {
            Manifest.Counts c = manifest.counts(part);
            out.printf(
                    Locale.ROOT,
                    "%-10s %,10d requests %,12d examples %,10d clicked, %.1f behaviors a request%n",
                    part.key(),
                    c.requests(),
                    c.examples(),
                    c.clicks(),
                    c.requests() == 0 ? 0.0 : (double) c.behaviors() / c.requests());
        }
        out.printf(
                Locale.ROOT,
                "vocabularies %s; %,d lines refused; in %s%n",
                manifest.vocabularies(),
                manifest.refusedLines(),
                output);
        if (manifest.counts(Split.VALIDATION).requests() == 0) {
            out.println(
                    "no user is in validation: training on this measures nothing and cannot stop"
                            + " early; more users or a larger --validation-share would help");
        }
        return 0;
    }
}
