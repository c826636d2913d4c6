package io.dienstream.learn;

import static org.assertj.core.api.Assertions.assertThat;

import io.dienstream.cli.CommandRun;
import io.dienstream.datasets.offline.ExampleScorer;
import io.dienstream.datasets.prepare.Immature;
import io.dienstream.datasets.served.SinkFiles;
import io.dienstream.dien.Scorer;
import io.dienstream.dien.artifact.ModelReader;
import io.dienstream.dien.kernel.KernelsProvider;
import io.dienstream.evaluation.Quality;
import io.dienstream.evaluation.Scored;
import io.dienstream.schema.TrainingExample;
import io.dienstream.train.fit.Recipe;
import io.dienstream.train.manifest.TrainingManifest;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.ToDoubleFunction;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The loop with Adam's moments carried from version to version, beside the loop in which each round
 * begins them anew: the same first version, the same examples, a world that changes. Both are
 * measured on the requests after each round, which neither has seen. {@code -Ddien.moments.seeds=3
 * -Ddien.moments.rounds=8 -Ddien.moments.requests=2000} makes of the small check the measurement
 * that is written down; {@code dien.moments.rate} and {@code dien.moments.embedding-rate} are those
 * of dien learn.
 */
class CarriedMomentsIT {
    private static final int SEEDS = Integer.getInteger("dien.moments.seeds", 1);
    private static final int ROUNDS = Integer.getInteger("dien.moments.rounds", 2);
    private static final int REQUESTS = Integer.getInteger("dien.moments.requests", 300);
    private static final double RATE = number("dien.moments.rate", 3e-4);
    private static final double EMBEDDING_RATE = number("dien.moments.embedding-rate", 1);

    /** The first version has seen so many rounds' requests. */
    private static final int FIRST = 4;

    /** Categories that get new ids in a round. */
    private static final int SEASONS = 3;

    @TempDir private Path directory;

    private final StringWriter text = new StringWriter();
    private final PrintWriter out = new PrintWriter(text);

    private static double number(String property, double otherwise) {
        return Double.parseDouble(System.getProperty(property, Double.toString(otherwise)));
    }

    /** A loop. */
    private static final class Loop {
        private final MemoryPlan plan = new MemoryPlan();
        private final boolean carries;
        private final Path artifacts;
        private final List<Quality> after = new ArrayList<>();

        Loop(Path first, Path artifacts, boolean carries) {
            plan.artifact = first;
            this.artifacts = artifacts;
            this.carries = carries;
        }
    }

    /** What a seed came to, round by round. */
    private record Compared(List<Quality> frozen, List<Quality> anew, List<Quality> carried) {}

    @Test
    void momentsAreCarriedWhereAskedForAndTheRoundsAreRepeatable() throws Exception {
        List<Compared> compared = new ArrayList<>();
        for (int seed = 1; seed <= SEEDS; seed++) {
            compared.add(compare(seed, Files.createDirectory(directory.resolve("seed" + seed))));
        }
        print(compared);
    }

    private Compared compare(int seed, Path own) throws Exception {
        DriftingLog log = new DriftingLog(seed);
        Path sink = own.resolve("sink/examples");
        SinkFiles.write(sink.resolve("first.avro"), log.next(FIRST * REQUESTS, 0));
        Path first = first(own, seed);
        Loop anew = new Loop(first, own.resolve("anew"), false);
        Loop carried = new Loop(first, own.resolve("carried"), true);
        List<Quality> frozen = new ArrayList<>();
        List<TrainingExample> next = log.next(REQUESTS, SEASONS);
        for (int round = 0; round < ROUNDS; round++) {
            SinkFiles.write(sink.resolve("round" + round + ".avro"), next);
            next = log.next(REQUESTS, SEASONS);
            frozen.add(quality(first, next));
            for (Loop loop : List.of(anew, carried)) {
                learn(loop, own.resolve("sink"), seed);
                loop.after.add(quality(loop.plan.artifact, next));
            }
        }
        assertThat(ModelReader.read(anew.plan.artifact).checksum())
                .as("moments make a difference")
                .isNotEqualTo(ModelReader.read(carried.plan.artifact).checksum());
        assertThat(manifest(anew).parent().optimizer()).isNull();
        for (Loop loop : List.of(anew, carried)) {
            Quality last = loop.after.get(ROUNDS - 1);
            assertThat(last.auc()).as("has learned something").isGreaterThan(0.5);
            assertThat(last.logloss()).isBetween(0.0, Math.log(2));
        }
        assertThat(carried.after.get(0).logloss())
                .as("of the first round, which had moments to carry")
                .isNotEqualTo(anew.after.get(0).logloss());
        CommandRun again =
                CommandRun.of(
                        "train",
                        "--output",
                        own.resolve("again"),
                        "--from-manifest",
                        TrainingManifest.beside(carried.plan.artifact));
        assertThat(again.exitCode()).as(again.err()).isZero();
        return new Compared(frozen, anew.after, carried.after);
    }

    private static TrainingManifest manifest(Loop loop) throws IOException {
        return TrainingManifest.read(TrainingManifest.beside(loop.plan.artifact));
    }

    private static Path first(Path own, int seed) {
        Path first = own.resolve("first");
        CommandRun run =
                CommandRun.of(
                        "train",
                        "--data",
                        own.resolve("sink"),
                        "--output",
                        first,
                        "--architecture",
                        "dien",
                        "--embedding-width",
                        8,
                        "--mlp",
                        "32",
                        "--max-length",
                        DriftingLog.LENGTH,
                        "--seed",
                        seed,
                        "--threads",
                        1,
                        "--keep-checkpoint");
        assertThat(run.exitCode()).as(run.err()).isZero();
        return first;
    }

    /** A round of {@code dien learn}, whose version becomes live whatever it is worth. */
    private void learn(Loop loop, Path data, int seed) throws Exception {
        Path parent = loop.plan.artifact;
        try (Artifacts artifacts = Artifacts.open(loop.artifacts)) {
            LearningRound.Outcome outcome =
                    new LearningRound(
                                    new LearningRound.Settings(
                                            data.toString(),
                                            null,
                                            0.1,
                                            100,
                                            Immature.AS_IT_IS,
                                            Recipe.of(seed, 1, 128, RATE)
                                                    .embeddingRate(EMBEDDING_RATE)
                                                    .build(),
                                            loop.carries,
                                            new Comparison.Margins(1, 100, 100),
                                            1),
                                    loop.plan,
                                    artifacts,
                                    out,
                                    out)
                            .run();
            assertThat(outcome).as(text.toString()).isEqualTo(LearningRound.Outcome.PUBLISHED);
            loop.plan.promote(artifacts.of(loop.plan.underWay));
        }
        Path left = Artifacts.checkpoint(loop.plan.artifact);
        assertThat(Files.isDirectory(left))
                .as("moments for the next round")
                .isEqualTo(loop.carries);
        if (loop.carries) {
            assertThat(manifest(loop).parent().optimizer())
                    .isEqualTo(Artifacts.checkpoint(parent).toAbsolutePath().toString());
        }
    }

    private static Quality quality(Path artifact, List<TrainingExample> examples)
            throws IOException {
        ExampleScorer scorer =
                new ExampleScorer(new Scorer(ModelReader.read(artifact), KernelsProvider.get()));
        Scored scored = new Scored();
        for (TrainingExample e : examples) {
            scorer.score(e);
            for (int n = 0; n < e.getCandidates().size(); n++) {
                scored.add(
                        e.getUserId(),
                        scorer.scores().pctr(n),
                        e.getCandidates().get(n).getClicked());
            }
        }
        return Quality.of(scored);
    }

    private static void print(List<Compared> all) {
        System.out.printf(
                "Adam at %s, embeddings %s times that; %d requests of 5 impressions a round%n%n",
                RATE, EMBEDDING_RATE, REQUESTS);
        System.out.println(
                "| seed, round | AUC frozen | anew | carried | log loss frozen | anew | carried |");
        System.out.println("|---|---|---|---|---|---|---|");
        for (int seed = 0; seed < all.size(); seed++) {
            Compared c = all.get(seed);
            for (int round = 0; round < ROUNDS; round++) {
                Quality f = c.frozen().get(round);
                Quality a = c.anew().get(round);
                Quality b = c.carried().get(round);
                System.out.printf(
                        "| %d, %d | %.4f | %.4f | %.4f | %.4f | %.4f | %.4f |%n",
                        seed + 1,
                        round + 1,
                        f.auc(),
                        a.auc(),
                        b.auc(),
                        f.logloss(),
                        a.logloss(),
                        b.logloss());
            }
        }
        System.out.printf(
                "%ncarried less anew, mean over rounds, by seed: AUC %s, log loss %s%n",
                means(all, Quality::auc), means(all, Quality::logloss));
    }

    private static List<String> means(List<Compared> all, ToDoubleFunction<Quality> of) {
        List<String> means = new ArrayList<>();
        for (Compared c : all) {
            double sum = 0;
            for (int round = 0; round < ROUNDS; round++) {
                sum +=
                        of.applyAsDouble(c.carried().get(round))
                                - of.applyAsDouble(c.anew().get(round));
            }
            means.add("%+.5f".formatted(sum / ROUNDS));
        }
        return means;
    }
}
