package io.dienstream.learn;

import io.dienstream.datasets.prepare.Immature;
import io.dienstream.job.artifact.ModelCopies;
import io.dienstream.operate.command.RolloutMixin;
import io.dienstream.schema.ModelStage;
import io.dienstream.train.command.EmbeddingRateMixin;
import io.dienstream.train.fit.Recipe;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code dien learn}: the live model goes on learning from what it served. */
@Command(
        name = "learn",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = {
            "Trains the live version on what was shown since it learned, compares both on the newest",
            "requests, leaves the artifact with its manifest in --artifacts and publishes it. The rest",
            "is the gate's: dien model gate. Does nothing while a version is under way."
        })
public final class LearnCommand implements Callable<Integer> {
    /** Below the artifacts: live versions of an object store, which manifests of others name. */
    private static final String LIVE = ".live";

    @Spec private CommandSpec spec;
    @Mixin private RolloutMixin rollout;

    @Option(
            names = "--data",
            required = true,
            paramLabel = "PATH",
            description = {
                "What was served: a learning job's examples.directory, there or in an object store",
                "(s3://BUCKET/PREFIX), or topics of it:",
                "kafka://HOST:PORT[/EXAMPLES[/CORRECTIONS]]."
            })
    private String data = "";

    @Option(
            names = "--examples-kafka-config",
            paramLabel = "FILE",
            description = "Properties for the Kafka client, with --data kafka://.")
    private Path dataConfig;

    @Option(
            names = "--artifacts",
            required = true,
            paramLabel = "DIR",
            description = "Where versions are left; readable on every TaskManager.")
    private Path directory = Path.of("");

    @Option(
            names = "--live",
            paramLabel = "ARTIFACT",
            description = "The job's model.path: where to begin as long as nothing was published.")
    private Path configured;

    @Option(
            names = "--model-cache-size",
            paramLabel = "MIB",
            defaultValue = "8192",
            description = {
                "Most MiB of copies of live versions of an object store, and that one may have; the",
                "least recently used goes. Default: ${DEFAULT-VALUE}."
            })
    private int cacheSize;

    @Option(
            names = "--every",
            paramLabel = "DURATION",
            description = "Round after round, as 10m or 1h. Default: one round.")
    private Duration every;

    @Option(
            names = "--stage",
            defaultValue = "shadow",
            description =
                    "In which versions begin: shadow or candidate. Default: ${DEFAULT-VALUE}.")
    private ModelStage stage = ModelStage.SHADOW;

    @Option(
            names = "--percent",
            defaultValue = "0",
            description = "Of the users, for a candidate, which needs some.")
    private double percent;

    @Option(
            names = "--holdout",
            defaultValue = "0.1",
            description = {
                "Share of the new requests, the newest, that versions are compared on and that the",
                "next round learns from. Default: ${DEFAULT-VALUE}."
            })
    private double holdout;

    @Option(
            names = "--least-requests",
            defaultValue = "1000",
            description = "Fewer new ones are waited for. Default: ${DEFAULT-VALUE}.")
    private long leastRequests;

    @Option(
            names = "--immature",
            paramLabel = "none|fsiw",
            defaultValue = "none",
            description = {
                "What labels count for which clicks may still come, as of dien train: none or fsiw, in",
                "the loss and in the comparison. Default: ${DEFAULT-VALUE}."
            })
    private Immature.Weighting immature = Immature.Weighting.NONE;

    @Option(
            names = "--correction-wait",
            paramLabel = "DURATION",
            description = {
                "The learning job's labels.correction-wait. Default: what the files say, else 1d."
            })
    private Duration correctionWait;

    @Option(
            names = "--auc-margin",
            defaultValue = "0.005",
            description = "By which its AUC may be below its parent's. Default: ${DEFAULT-VALUE}.")
    private double aucMargin;

    @Option(
            names = "--logloss-margin",
            defaultValue = "0.01",
            description = "Share by which its log loss may be above. Default: ${DEFAULT-VALUE}.")
    private double loglossMargin;

    @Option(
            names = "--calibration-margin",
            defaultValue = "0.1",
            description = {
                "By which |ln calibration| may be above its parent's. Default: ${DEFAULT-VALUE}."
            })
    private double calibrationMargin;

    @Option(names = "--epochs", defaultValue = "1", description = "Default: ${DEFAULT-VALUE}.")
    private int epochs;

    @Option(
            names = "--learning-rate",
            defaultValue = "3e-4",
            description = "Default: ${DEFAULT-VALUE}.")
    private double learningRate;

    @Mixin private EmbeddingRateMixin embeddings;

    @Option(
            names = "--carry-optimizer",
            description = {
                "Goes on with Adam's moments too, from VERSION.checkpoint beside the live artifact where",
                "there is one, and leaves one beside each new version. Default: moments begin anew."
            })
    private boolean carryOptimizer;

    @Option(names = "--batch-size", defaultValue = "128", description = "${DEFAULT-VALUE}")
    private int batchSize;

    @Option(names = "--seed", defaultValue = "1", description = "Default: ${DEFAULT-VALUE}.")
    private long seed;

    @Option(
            names = "--threads",
            defaultValue = "1",
            description = "One makes rounds repeatable byte for byte. Default: ${DEFAULT-VALUE}.")
    private int threads;

    @Option(
            names = "--actor",
            defaultValue = "dien learn",
            description = "Who publishes, in the history. Default: ${DEFAULT-VALUE}.")
    private String actor = "";

    @Override
    public Integer call() throws Exception {
        check(holdout > 0 && holdout < 1, "--holdout is a share between 0 and 1");
        check(threads >= 0, "--threads must not be negative");
        check(cacheSize > 0, "--model-cache-size must be above 0");
        check(every == null || !every.isZero(), "--every must be above 0");
        check(
                correctionWait == null || !correctionWait.isZero(),
                "--correction-wait must be above 0");
        check(percent >= 0 && percent <= 100, "--percent goes from 0 to 100");
        check(
                stage == ModelStage.CANDIDATE || percent == 0,
                "--percent goes with --stage candidate: a shadow answers nobody");
        check(
                stage == ModelStage.SHADOW || percent > 0,
                "--stage candidate needs --percent above 0: who answers nobody is never judged");
        check(
                aucMargin >= 0 && loglossMargin >= 0 && calibrationMargin >= 0,
                "margins must not be negative");
        LearningRound.Settings settings = settings();
        Rollout plan =
                new KafkaRollout(
                        rollout.client(),
                        rollout.model(),
                        new ModelCopies(directory.resolve(LIVE), cacheSize),
                        configured,
                        stage,
                        percent,
                        carryOptimizer,
                        actor);
        PrintWriter out = spec.commandLine().getOut();
        PrintWriter err = spec.commandLine().getErr();
        try (Artifacts artifacts = Artifacts.open(directory)) {
            LearningRound round = new LearningRound(settings, plan, artifacts, out, err);
            if (every == null) {
                return round.run() == LearningRound.Outcome.WORSE ? 1 : 0;
            }
            while (true) {
                long start = System.nanoTime();
                attempt(round, err);
                out.flush();
                long left = every.toNanos() - (System.nanoTime() - start);
                Thread.sleep(Duration.ofNanos(Math.max(0, left)).toMillis());
            }
        }
    }

    /** A round that fails is said, and the next one tries again. */
    private static void attempt(LearningRound round, PrintWriter err) throws InterruptedException {
        try {
            round.run();
        } catch (IOException | IllegalArgumentException e) {
            err.println("dien learn: " + e.getMessage());
            err.flush();
        }
    }

    private LearningRound.Settings settings() {
        try {
            Recipe recipe =
                    Recipe.of(seed, epochs, batchSize, learningRate)
                            .embeddingRate(embeddings.rate())
                            .build();
            return new LearningRound.Settings(
                    data,
                    dataConfig,
                    holdout,
                    leastRequests,
                    new Immature(
                            immature,
                            correctionWait == null ? null : (Long) correctionWait.toMillis()),
                    recipe,
                    carryOptimizer,
                    new Comparison.Margins(aucMargin, loglossMargin, calibrationMargin),
                    threads);
        } catch (IllegalArgumentException e) {
            throw new CommandLine.ParameterException(
                    spec.commandLine(), "impossible " + e.getMessage(), e);
        }
    }

    private void check(boolean good, String message) {
        if (!good) {
            throw new CommandLine.ParameterException(spec.commandLine(), message);
        }
    }
}
