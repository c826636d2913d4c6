package io.dienstream.learn;

import io.dienstream.job.artifact.ModelCopies;
import io.dienstream.job.rollout.PlannedVersion;
import io.dienstream.job.rollout.RolloutLog;
import io.dienstream.job.rollout.RolloutPlan;
import io.dienstream.operate.rollout.RolloutClient;
import io.dienstream.schema.ModelCommand;
import io.dienstream.schema.ModelCommandKind;
import io.dienstream.schema.ModelStage;
import io.dienstream.train.manifest.TrainingManifest;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.UUID;

/**
 * The rollout as the topic of commands tells it.
 *
 * @param model of the rollout
 * @param copies of live versions that lie in an object store
 * @param configured the job's own {@code model.path}, for a plan that knows no more; or null
 * @param stage in which the next version begins
 * @param percent of users that it answers
 * @param carriesOptimizer whether a live version's checkpoint is copied too
 * @param actor for the history
 */
record KafkaRollout(
        RolloutClient client,
        String model,
        ModelCopies copies,
        Path configured,
        ModelStage stage,
        double percent,
        boolean carriesOptimizer,
        String actor)
        implements Rollout {

    @Override
    public Live live() throws IOException {
        RolloutPlan plan = client.log().plan();
        String underWay = null;
        if (!plan.candidates().isEmpty()) {
            underWay = plan.candidates().get(0).version().name();
        } else if (!plan.shadows().isEmpty()) {
            underWay = plan.shadows().get(0).name();
        }
        PlannedVersion live = plan.live();
        return new Live(
                artifact(live),
                live.isConfigured() ? null : new Published(live.uri(), live.sha256()),
                live.name(),
                plan.revision(),
                underWay,
                plan.paused());
    }

    private Path artifact(PlannedVersion live) throws IOException {
        if (live.isConfigured()) {
            if (configured == null) {
                throw new IOException(
                        "no version was published yet: --live names the job's model.path");
            }
            return configured;
        }
        if (live.uri().startsWith("file:")) {
            return Path.of(URI.create(live.uri()));
        }
        Path copy = copies.of(live.uri(), live.sha256());
        copies.beside(live.uri(), TrainingManifest.SUFFIX, copy);
        requireManifest(copy);
        if (carriesOptimizer) {
            copies.directoryBeside(live.uri(), Artifacts.CHECKPOINT, copy);
        }
        return copy;
    }

    /** One that was copied before it was whole must not stay: the next round copies it again. */
    static void requireManifest(Path copy) throws IOException {
        Path manifest = TrainingManifest.beside(copy);
        try {
            if (Files.exists(manifest)) {
                TrainingManifest.read(manifest);
            }
        } catch (IOException e) {
            Files.delete(manifest);
            throw e;
        }
    }

    @Override
    public void publish(Path artifact, String version, String sha256, long revision, String reason)
            throws IOException, InterruptedException {
        RolloutLog.Entry entry =
                client.send(
                        new ModelCommand(
                                UUID.randomUUID().toString(),
                                model,
                                ModelCommandKind.PUBLISH,
                                version,
                                artifact.toAbsolutePath().normalize().toUri().toString(),
                                sha256,
                                stage,
                                percent,
                                null,
                                revision,
                                null,
                                actor,
                                reason,
                                false));
        if (entry.refusal() != null) {
            throw new IOException(
                    "version %s was not published: refused, %s: %s"
                            .formatted(
                                    version,
                                    entry.refusal().code().code(),
                                    entry.refusal().message()));
        }
    }
}
