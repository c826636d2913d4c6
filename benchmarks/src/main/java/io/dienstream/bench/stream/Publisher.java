package io.dienstream.bench.stream;

import io.dienstream.job.option.JobOptions;
import io.dienstream.job.rollout.RolloutLog;
import io.dienstream.job.rollout.RolloutPlan;
import io.dienstream.operate.rollout.RolloutClient;
import io.dienstream.operate.rollout.Wait;
import io.dienstream.schema.ModelCommand;
import io.dienstream.schema.ModelCommandKind;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Properties;

/** Gives commands on the model of a job that is measured. */
final class Publisher {
    private static final Duration PATIENCE = Duration.ofMinutes(2);

    private final RolloutClient client;

    Publisher(Properties kafka) {
        client = new RolloutClient(kafka, JobOptions.ROLLOUT_MODEL.defaultText());
    }

    /** Has all tasks load a version; returns when they have. */
    void publish(String version, Path model, String sha256)
            throws IOException, InterruptedException {
        ModelCommand command = command(ModelCommandKind.PUBLISH, version);
        command.setUri(model.toUri().toString());
        command.setSha256(sha256);
        sendAndAwait(command);
    }

    /** Gives a candidate a share of users. */
    void ramp(String version, double percent) throws IOException, InterruptedException {
        ModelCommand command = command(ModelCommandKind.RAMP, version);
        command.setPercent(percent);
        sendAndAwait(command);
    }

    /** Makes a candidate live; returns when all tasks know. */
    void promote(String version) throws IOException, InterruptedException {
        sendAndAwait(command(ModelCommandKind.PROMOTE, version));
    }

    /** Takes a version out of the plan; tasks let it go in their own time. */
    void retire(String version) throws IOException, InterruptedException {
        send(command(ModelCommandKind.RETIRE, version));
    }

    private void sendAndAwait(ModelCommand command) throws IOException, InterruptedException {
        new Wait(client).ready(command.getVersion(), send(command).revision(), PATIENCE);
    }

    private RolloutPlan send(ModelCommand command) throws IOException, InterruptedException {
        RolloutLog.Entry entry = client.send(command);
        if (entry.refusal() != null) {
            throw new IOException(entry.refusal().message());
        }
        return entry.plan();
    }

    private ModelCommand command(ModelCommandKind kind, String version) throws IOException {
        return client.command(kind, version, client.log().plan().revision(), "dien bench swap");
    }
}
