package io.dienstream.train.command;

import ai.djl.engine.Engine;
import io.dienstream.datasets.prepare.TimeOrderedSettings;
import io.dienstream.datasets.served.ServedDataset;
import io.dienstream.datasets.served.TrainingData;
import io.dienstream.dien.artifact.ModelReader;
import io.dienstream.dien.model.ModelConfig;
import io.dienstream.train.fit.FirstValues;
import io.dienstream.train.fit.ModelConfigs;
import io.dienstream.train.fit.Recipe;
import io.dienstream.train.fit.TorchEngine;
import io.dienstream.train.fit.WarmStart;
import io.dienstream.train.manifest.TrainingManifest;
import io.dienstream.train.manifest.TrainingManifest.Labels;
import io.dienstream.train.manifest.TrainingManifest.Parent;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/**
 * A training with all that it is made of, so that it can be done and told of in a manifest.
 *
 * @param path of the data, as a manifest has it
 * @param settings for what was served
 * @param network how the network is sized; null where it is the parent's
 * @param parent where the training starts; null for random values
 * @param threads inside one operation, 0 for the engine's own
 */
public record PlannedTraining(
        String path,
        TrainingData data,
        TimeOrderedSettings settings,
        ModelConfigs network,
        Parent parent,
        ModelConfig config,
        FirstValues first,
        Recipe recipe,
        int threads) {

    /** An address as it is, a directory so that it is found from everywhere. */
    public static String absolute(String path) {
        return path.contains("://") ? path : Path.of(path).toAbsolutePath().normalize().toString();
    }

    /** A training from random values. */
    public static PlannedTraining fresh(
            String path,
            TrainingData data,
            TimeOrderedSettings settings,
            ModelConfigs network,
            Recipe recipe,
            int threads)
            throws IOException {
        return new PlannedTraining(
                absolute(path),
                data,
                settings,
                network,
                null,
                network.of(data.data().manifest()),
                FirstValues.random(data.data()),
                recipe,
                threads);
    }

    /**
     * The training that {@code manifest} tells of.
     *
     * @param kafkaConfig properties for the Kafka client, or null
     * @throws IOException naming the file that is gone or has changed
     */
    public static PlannedTraining again(TrainingManifest manifest, Path kafkaConfig)
            throws IOException {
        TrainingData data =
                TrainingData.open(
                        manifest.data(),
                        manifest.served(),
                        kafkaConfig,
                        manifest.refused(),
                        manifest.sources());
        Parent parent = manifest.parent();
        if (parent == null) {
            return fresh(
                    manifest.data(),
                    data,
                    manifest.served(),
                    manifest.network(),
                    manifest.recipe(),
                    manifest.threads());
        }
        WarmStart warm = parent(parent);
        Path optimizer = parent.optimizer() == null ? null : Path.of(parent.optimizer());
        FirstValues first = FirstValues.of(warm, data.data(), optimizer);
        if (parent.optimizerSha256() != null) {
            same(parent.optimizer(), first.optimizerSha256(), parent.optimizerSha256());
        }
        ModelConfig config =
                warm.config(
                        data.data().manifest(),
                        manifest.name(),
                        manifest.version(),
                        first.vocabularies());
        return new PlannedTraining(
                manifest.data(),
                data,
                manifest.served(),
                null,
                parent,
                config,
                first,
                manifest.recipe(),
                manifest.threads());
    }

    private static WarmStart parent(Parent parent) throws IOException {
        Path artifact = Path.of(parent.artifact());
        if (!Files.isDirectory(artifact)) {
            throw new IOException(
                    "%s, which the training went on from, is not there any more: copy the artifact with sha256 %s there%s, and repeat"
                            .formatted(
                                    artifact,
                                    parent.sha256(),
                                    parent.uri() == null
                                            ? ""
                                            : ", which was published at " + parent.uri()));
        }
        WarmStart warm = WarmStart.from(artifact);
        same(parent.artifact(), warm.checksum(), parent.sha256());
        return warm;
    }

    private static void same(String what, String now, String then) throws IOException {
        if (!then.equals(now)) {
            throw new IOException(
                    "%s has changed: its sha256 is %s, the manifest says %s"
                            .formatted(what, now, then));
        }
    }

    /**
     * Whether the artifact at {@code there} has come out of a training that was made of the same as
     * this one, as far as the manifest beside it tells.
     */
    public boolean hasMade(Path there) {
        try {
            TrainingManifest told = TrainingManifest.read(TrainingManifest.beside(there));
            String sha256 = ModelReader.read(there).checksum();
            return told.equals(manifest(sha256, told.versions()));
        } catch (IOException | IllegalArgumentException e) {
            return false; // it is not whole, whatever it was
        }
    }

    /**
     * Trains, and leaves artifact, report and manifest.
     *
     * @param resume whether to go on from a checkpoint where there is one
     * @param checkpointEvery steps
     * @param keep whether the last checkpoint stays
     * @param isTested whether the report has what the artifact is worth on the test split
     */
    public TrainingRun.End run(
            Path output,
            PrintWriter out,
            PrintWriter err,
            boolean resume,
            long checkpointEvery,
            boolean keep,
            boolean isTested)
            throws IOException {
        Engine engine = TorchEngine.start(threads);
        TrainingRun run =
                new TrainingRun(
                        data.data(), config, recipe, first, engine, output, out, err, isTested);
        return run.run(
                resume,
                checkpointEvery,
                keep,
                () ->
                        manifest(ModelReader.read(output).checksum(), versions(engine))
                                .write(TrainingManifest.beside(output)));
    }

    private TrainingManifest manifest(String sha256, Map<String, String> versions)
            throws IOException {
        ServedDataset served = data.served();
        return new TrainingManifest(
                TrainingManifest.FORMAT,
                path,
                served == null ? null : settings,
                data.sources(),
                served == null ? 0 : served.refused(),
                served == null ? null : labels(served),
                network,
                parent,
                config.name(),
                config.version(),
                recipe,
                threads,
                served == null ? null : served.trainedUntil(),
                served == null ? null : served.learnedUntil(),
                sha256,
                versions);
    }

    private static Labels labels(ServedDataset served) {
        return new Labels(
                served.corrections(),
                served.corrected(),
                served.repeated(),
                served.waitMs(),
                served.negativeRate(),
                served.clickCoverage(),
                served.correctionWaitMs(),
                served.immature().values().stream().mapToLong(n -> n).sum(),
                served.youngestCoverage());
    }

    private static Map<String, String> versions(Engine engine) {
        Map<String, String> versions = new TreeMap<>();
        versions.put("java", System.getProperty("java.version"));
        versions.put("architecture", System.getProperty("os.arch"));
        versions.put(engine.getEngineName().toLowerCase(Locale.ROOT), engine.getVersion());
        versions.put("djl", Engine.getDjlVersion());
        return versions;
    }
}
