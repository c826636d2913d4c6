package io.dienstream.learn;

import io.dienstream.datasets.format.Dataset;
import io.dienstream.datasets.format.Directories;
import io.dienstream.datasets.format.Manifest;
import io.dienstream.datasets.format.Split;
import io.dienstream.datasets.offline.ExampleScorer;
import io.dienstream.datasets.prepare.Immature;
import io.dienstream.datasets.prepare.NoExamplesException;
import io.dienstream.datasets.prepare.TimeOrderedSettings;
import io.dienstream.datasets.served.TrainingData;
import io.dienstream.dien.Scorer;
import io.dienstream.dien.artifact.ModelReader;
import io.dienstream.dien.kernel.KernelsProvider;
import io.dienstream.evaluation.Quality;
import io.dienstream.train.command.PlannedTraining;
import io.dienstream.train.command.TrainingRun;
import io.dienstream.train.fit.FirstValues;
import io.dienstream.train.fit.Recipe;
import io.dienstream.train.fit.WarmStart;
import io.dienstream.train.manifest.TrainingManifest;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;

/**
 * What was shown since the live version learned, to the next version: warm start, comparison with
 * the parent on the newest requests, artifact with its manifest, publication.
 */
final class LearningRound {
    private static final DateTimeFormatter STAMP =
            DateTimeFormatter.ofPattern("yyyyMMdd'T'HHmmss").withZone(ZoneOffset.UTC);
    private static final long SEED_OF_FILES = 7;

    private final Settings settings;
    private final Rollout rollout;
    private final Artifacts artifacts;
    private final PrintWriter out;
    private final PrintWriter err;

    /**
     * How a round is done.
     *
     * @param data directory or address of what was served
     * @param kafkaConfig properties for a Kafka client, or null
     * @param holdout share of the requests, the newest, that versions are compared on
     * @param leastRequests fewer new ones are waited for
     * @param immature what young labels count
     * @param carriesOptimizer whether Adam's moments go on from those of the live version, where it
     *     has left them
     * @param threads of the engine
     */
    record Settings(
            String data,
            Path kafkaConfig,
            double holdout,
            long leastRequests,
            Immature immature,
            Recipe recipe,
            boolean carriesOptimizer,
            Comparison.Margins margins,
            int threads) {}

    /** How a round ended. */
    enum Outcome {
        /** A version was published before and nobody has decided on it, or the plan is paused. */
        WAITING,
        /** Nothing, or too little, was shown since the live version learned. */
        NOTHING_NEW,
        /** The new version is worse than its parent. */
        WORSE,
        /** The new version is in the plan. */
        PUBLISHED
    }

    LearningRound(
            Settings settings,
            Rollout rollout,
            Artifacts artifacts,
            PrintWriter out,
            PrintWriter err) {
        this.settings = settings;
        this.rollout = rollout;
        this.artifacts = artifacts;
        this.out = out;
        this.err = err;
    }

    /**
     * @throws IOException where something cannot be read, or the plan has moved on meanwhile
     */
    Outcome run() throws IOException, InterruptedException {
        Rollout.Live live = rollout.live();
        if (live.underWay() != null) {
            out.printf(
                    "version %s is under way: nothing is learned until it is live or gone%n",
                    live.underWay());
            return Outcome.WAITING;
        }
        if (live.paused()) {
            out.println("the rollout is paused: nothing is learned until it is resumed");
            return Outcome.WAITING;
        }
        WarmStart parent = WarmStart.from(live.artifact());
        requirePublished(live, parent);
        TimeOrderedSettings time =
                new TimeOrderedSettings(
                        settings.holdout(),
                        0,
                        parent.parent().maxLength(),
                        1,
                        SEED_OF_FILES,
                        learnedUntil(live.artifact()),
                        settings.immature());
        try (TrainingData data =
                TrainingData.open(settings.data(), time, settings.kafkaConfig(), 0, null)) {
            if (data.served() == null) {
                throw new IOException(
                        settings.data() + ": is a prepared data set, not what was served");
            }
            Manifest.Counts counts = data.data().manifest().counts(Split.TRAIN);
            if (counts.requests() < settings.leastRequests()) {
                return nothingNew(live, counts.requests());
            }
            if (counts.clicks() == 0) {
                return noClicks(live, counts.requests());
            }
            return learn(live, parent, time, data);
        } catch (NoExamplesException e) {
            return nothingNew(live, 0);
        }
    }

    /** A directory that was overwritten in place holds another model than the one that answers. */
    private static void requirePublished(Rollout.Live live, WarmStart parent) throws IOException {
        Rollout.Published published = live.published();
        if (published != null && !parent.checksum().equals(published.sha256())) {
            throw new IOException(
                    "%s has changed: its sha256 is %s, version %s was published with %s; put that back, or publish what is there now under a new name"
                            .formatted(
                                    live.artifact(),
                                    parent.checksum(),
                                    live.version(),
                                    published.sha256()));
        }
    }

    private Outcome nothingNew(Rollout.Live live, long requests) {
        out.printf(
                "%,d new requests since version %s learned: nothing is done%n",
                requests, live.version());
        return Outcome.NOTHING_NEW;
    }

    /** A site on which nobody clicks is rarer than clicks that nobody reports. */
    private Outcome noClicks(Rollout.Live live, long requests) {
        out.printf(
                "%,d new requests since version %s learned, and not one click: nothing is done; do clicks reach the learning job?%n",
                requests, live.version());
        return Outcome.NOTHING_NEW;
    }

    /** Null for an artifact that does not say: then everything is new. */
    private static Long learnedUntil(Path artifact) throws IOException {
        Path manifest = TrainingManifest.beside(artifact);
        return Files.exists(manifest) ? TrainingManifest.read(manifest).learnedUntil() : null;
    }

    private Outcome learn(
            Rollout.Live live, WarmStart parent, TimeOrderedSettings time, TrainingData data)
            throws IOException, InterruptedException {
        data.served().printWeights(out);
        FirstValues first = FirstValues.of(parent, data.data(), optimizer(live.artifact()));
        String name = version(data, live.revision());
        for (int n = 1; ; n++) {
            String version = n == 1 ? name : name + "-" + n;
            Path there = artifacts.of(version);
            PlannedTraining training = planned(live, version, parent, time, data, first);
            if (!Files.exists(there)) {
                return trained(live, version, training, data);
            }
            // left by a round that could not publish it; another one's is not touched
            if (training.hasMade(there)) {
                out.println(there + " came out of this very training before: it is taken");
                return adopted(live, version, there, data);
            }
        }
    }

    private PlannedTraining planned(
            Rollout.Live live,
            String version,
            WarmStart parent,
            TimeOrderedSettings time,
            TrainingData data,
            FirstValues first) {
        return new PlannedTraining(
                PlannedTraining.absolute(settings.data()),
                data,
                time,
                null,
                TrainingManifest.Parent.of(
                        live.artifact(),
                        live.published() == null ? null : live.published().uri(),
                        first),
                parent.config(
                        data.data().manifest(),
                        parent.parent().name(),
                        version,
                        first.vocabularies()),
                first,
                settings.recipe(),
                settings.threads());
    }

    private Outcome adopted(Rollout.Live live, String version, Path artifact, TrainingData data)
            throws IOException, InterruptedException {
        Comparison comparison = compare(live, artifact, data);
        if (isWorse(version, comparison)) {
            artifacts.remove(version);
            return Outcome.WORSE;
        }
        return publish(live, version, artifact, comparison);
    }

    private Outcome trained(
            Rollout.Live live, String version, PlannedTraining training, TrainingData data)
            throws IOException, InterruptedException {
        Path work = artifacts.begin();
        try {
            TrainingRun.End end =
                    training.run(
                            work.resolve(version),
                            out,
                            err,
                            false,
                            0,
                            settings.carriesOptimizer(),
                            false);
            if (end == TrainingRun.End.INTERRUPTED) {
                throw new IOException("interrupted");
            }
            Comparison comparison = compare(live, work.resolve(version), data);
            return isWorse(version, comparison)
                    ? Outcome.WORSE
                    : publish(live, version, artifacts.keep(work, version), comparison);
        } finally {
            Directories.delete(work);
        }
    }

    private static Comparison compare(Rollout.Live live, Path artifact, TrainingData data)
            throws IOException {
        return new Comparison(
                quality(live.artifact(), data.data()), quality(artifact, data.data()));
    }

    private boolean isWorse(String version, Comparison comparison) {
        out.println(version + ": " + comparison.text());
        String objection = comparison.objection(settings.margins());
        if (objection != null) {
            out.println("not published: " + objection);
        }
        return objection != null;
    }

    private Outcome publish(Rollout.Live live, String version, Path artifact, Comparison comparison)
            throws IOException, InterruptedException {
        rollout.publish(
                artifact,
                version,
                ModelReader.read(artifact).checksum(),
                live.revision(),
                "learned from " + live.version() + ": " + comparison.text());
        out.println("published " + version + ", learned from " + live.version());
        return Outcome.PUBLISHED;
    }

    /** Null where moments begin anew. */
    private Path optimizer(Path artifact) {
        if (!settings.carriesOptimizer()) {
            return null;
        }
        Path checkpoint = Artifacts.checkpoint(artifact);
        if (!Files.isDirectory(checkpoint)) {
            out.printf("%s is not there: Adam's moments begin anew%n", checkpoint);
            return null;
        }
        return checkpoint;
    }

    private static String version(TrainingData data, long revision) {
        Long until = data.served().trainedUntil();
        return "learned-%s-r%d"
                .formatted(STAMP.format(Instant.ofEpochMilli(until == null ? 0 : until)), revision);
    }

    private static Quality quality(Path artifact, Dataset data) throws IOException {
        Scorer scorer = new Scorer(ModelReader.read(artifact), KernelsProvider.get());
        return Quality.of(new ExampleScorer(scorer).score(data, Split.VALIDATION, n -> {}));
    }
}
