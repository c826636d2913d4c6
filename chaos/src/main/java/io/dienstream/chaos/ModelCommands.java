package io.dienstream.chaos;

import io.dienstream.dien.artifact.ModelReader;
import io.dienstream.job.option.JobOptions;
import io.dienstream.job.rollout.Candidate;
import io.dienstream.job.rollout.PlannedVersion;
import io.dienstream.job.rollout.RolloutLog;
import io.dienstream.job.rollout.RolloutPlan;
import io.dienstream.operate.rollout.RolloutClient;
import io.dienstream.operate.rollout.Wait;
import io.dienstream.sandbox.DemoModel;
import io.dienstream.schema.ModelCommand;
import io.dienstream.schema.ModelCommandKind;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import java.util.Random;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * An operator who changes models at random, and waits for nothing: what a command needs before it
 * (a candidate, a version to go back to) is asked for in the same moment.
 */
final class ModelCommands {
    private static final Logger LOG = LoggerFactory.getLogger(ModelCommands.class);

    /** Beside the three that a plan holds there is always one more to be published. */
    private static final int ARTIFACTS = 4;

    private static final double[] PERCENT = {0, 5, 20, 50};
    private static final int MOST_AHEAD_MS = 3_000;
    private static final Fault[] ALL = {
        Fault.PUBLISH_MODEL, Fault.RAMP_MODEL, Fault.PROMOTE_MODEL, Fault.ROLL_BACK_MODEL
    };

    private final Random random;
    private final RolloutClient client;
    private final List<Artifact> artifacts = new ArrayList<>();
    private int published;

    private record Artifact(Path path, String sha256) {}

    /**
     * Writes the artifacts.
     *
     * @param directory for them
     */
    ModelCommands(Properties kafka, Path directory, Random random) throws IOException {
        this.random = random;
        client = new RolloutClient(kafka, JobOptions.ROLLOUT_MODEL.defaultText());
        for (int n = 1; n <= ARTIFACTS; n++) {
            Path path = DemoModel.scaled(n, directory.resolve("scaled-" + n));
            artifacts.add(new Artifact(path, ModelReader.read(path).checksum()));
        }
    }

    /** Directories of all that may be published. */
    List<Path> artifacts() {
        return artifacts.stream().map(Artifact::path).toList();
    }

    /** One of all commands. */
    void any() throws IOException, InterruptedException {
        send(ALL[random.nextInt(ALL.length)]);
    }

    /**
     * @throws IOException where Kafka does not take it, or it is refused
     */
    void send(Fault command) throws IOException, InterruptedException {
        RolloutPlan plan = client.log().plan();
        switch (command) {
            case PUBLISH_MODEL -> publish(plan);
            case RAMP_MODEL -> {
                plan = plan.candidates().isEmpty() ? publish(plan) : plan;
                List<Candidate> all = plan.candidates();
                ModelCommand ramp = command(plan, ModelCommandKind.RAMP);
                ramp.setVersion(all.get(random.nextInt(all.size())).version().name());
                ramp.setPercent(percent());
                send(ramp);
            }
            case PROMOTE_MODEL -> promote(plan);
            case ROLL_BACK_MODEL -> {
                plan = plan.previousGood() == null ? promote(plan) : plan;
                send(command(plan, ModelCommandKind.ROLLBACK));
            }
            default -> throw new IllegalArgumentException(command.label());
        }
    }

    private RolloutPlan publish(RolloutPlan plan) throws IOException, InterruptedException {
        RolloutPlan room = plan;
        if (plan.loaded().size() == RolloutPlan.MOST_LOADED) {
            ModelCommand retire = command(plan, ModelCommandKind.RETIRE);
            List<PlannedVersion> all = plan.loaded();
            // the first is live
            retire.setVersion(all.get(1 + random.nextInt(all.size() - 1)).name());
            room = send(retire);
        }
        List<String> taken = room.loaded().stream().map(PlannedVersion::sha256).toList();
        List<Artifact> free = artifacts.stream().filter(a -> !taken.contains(a.sha256())).toList();
        Artifact artifact = free.get(random.nextInt(free.size()));
        ModelCommand publish = command(room, ModelCommandKind.PUBLISH);
        publish.setVersion("chaos-" + ++published);
        publish.setUri(artifact.path().toUri().toString());
        publish.setSha256(artifact.sha256());
        publish.setPercent(percent());
        return send(publish);
    }

    private RolloutPlan promote(RolloutPlan plan) throws IOException, InterruptedException {
        RolloutPlan with = plan.candidates().isEmpty() ? publish(plan) : plan;
        ModelCommand promote = command(with, ModelCommandKind.PROMOTE);
        promote.setVersion(with.candidates().get(0).version().name());
        return send(promote);
    }

    /** Two candidates have all users at most. */
    private double percent() {
        return PERCENT[random.nextInt(PERCENT.length)];
    }

    private ModelCommand command(RolloutPlan plan, ModelCommandKind kind) {
        Long effectiveAt =
                random.nextBoolean()
                        ? null
                        : System.currentTimeMillis() + random.nextInt(MOST_AHEAD_MS);
        ModelCommand command = client.command(kind, "", plan.revision(), "chaos");
        command.setEffectiveAt(effectiveAt);
        return command;
    }

    private RolloutPlan send(ModelCommand command) throws IOException, InterruptedException {
        RolloutLog.Entry entry = client.send(command);
        if (entry.refusal() != null) {
            throw new IOException(
                    "command %s %s is refused: %s"
                            .formatted(
                                    command.getKind(),
                                    command.getVersion(),
                                    entry.refusal().message()));
        }
        LOG.info("{} {}: {}", command.getKind(), command.getVersion(), entry.plan());
        return entry.plan();
    }

    /** All commands so far, folded. */
    RolloutLog log() throws IOException {
        return client.log();
    }

    /**
     * Until every task answers by the plan. It begins with one more command: what is told of an
     * older plan may be of tasks that are gone, and a new one only those can tell of that are
     * there.
     *
     * @throws IOException where one does not within {@code most}
     */
    void awaitSettled(Duration most) throws IOException, InterruptedException {
        publish(client.log().plan());
        RolloutLog log = client.log();
        RolloutPlan plan = log.plan();
        for (PlannedVersion version : plan.loaded()) {
            new Wait(client).ready(version.name(), plan.revision(), most);
        }
        long begins =
                log.entries().stream().mapToLong(RolloutLog.Entry::effectiveAt).max().orElse(0);
        Thread.sleep(Math.max(0, begins - System.currentTimeMillis()));
    }
}
