package io.dienstream.operate.rollout;

import static org.assertj.core.api.Assertions.assertThat;

import io.dienstream.job.rollout.CommandRecord;
import io.dienstream.job.rollout.RolloutLog;
import io.dienstream.schema.ModelCommand;
import io.dienstream.schema.ModelCommandKind;
import io.dienstream.schema.ModelStage;
import io.dienstream.wire.WireEncoder;
import io.dienstream.wire.WireException;

/** A log of commands that tests write, each on the newest plan. */
final class CommandLog {
    static final String MODEL = "default";

    final RolloutLog log = new RolloutLog(MODEL);
    private long offset;

    static String sha256(char digit) {
        return String.valueOf(digit).repeat(64);
    }

    ModelCommand command(ModelCommandKind kind, String version, String actor, String reason) {
        return new ModelCommand(
                "c" + offset,
                MODEL,
                kind,
                version,
                "",
                "",
                ModelStage.CANDIDATE,
                0.0,
                null,
                log.plan().revision(),
                null,
                actor,
                reason,
                false);
    }

    /** Takes {@code command} at {@code time}, ms, accepted or not. */
    RolloutLog.Entry take(ModelCommand command, long time) throws WireException {
        byte[] value = new WireEncoder<>(ModelCommand.class).encode(command);
        return log.accept(new CommandRecord(offset++, time, value));
    }

    void publish(String version, char digit, String uri, String actor, long time)
            throws WireException {
        ModelCommand publish = command(ModelCommandKind.PUBLISH, version, actor, "");
        publish.setUri(uri);
        publish.setSha256(sha256(digit));
        accept(publish, time);
    }

    void ramp(String version, double percent, String actor, long time) throws WireException {
        ModelCommand ramp = command(ModelCommandKind.RAMP, version, actor, "more users");
        ramp.setPercent(percent);
        accept(ramp, time);
    }

    void send(ModelCommandKind kind, String version, String actor, String reason, long time)
            throws WireException {
        accept(command(kind, version, actor, reason), time);
    }

    private void accept(ModelCommand command, long time) throws WireException {
        assertThat(take(command, time).refusal()).as(command.toString()).isNull();
    }
}
