package io.dienstream.job.rollout;

import io.dienstream.schema.ModelCommand;
import io.dienstream.schema.ModelCommandKind;
import io.dienstream.schema.ModelStage;
import io.dienstream.wire.WireEncoder;

/** Builders of commands for tests. */
public final class Commands {
    public static final String MODEL = "default";

    private Commands() {}

    /** A command on the plan of {@code revision}; the fields that a kind needs are set after it. */
    public static ModelCommand of(ModelCommandKind kind, String version, long revision) {
        return new ModelCommand(
                "c" + revision + kind + version,
                MODEL,
                kind,
                version,
                "",
                "",
                ModelStage.CANDIDATE,
                0.0,
                null,
                revision,
                null,
                "test",
                "",
                false);
    }

    public static ModelCommand publish(String version, String sha256, double percent, long on) {
        ModelCommand c = of(ModelCommandKind.PUBLISH, version, on);
        c.setUri("file:///models/" + version);
        c.setSha256(sha256);
        c.setPercent(percent);
        return c;
    }

    /** One whose checksum nobody compares. */
    public static ModelCommand publish(String version, double percent, long on) {
        return publish(version, "%064x".formatted(version.hashCode() & 0xffffL), percent, on);
    }

    public static ModelCommand ramp(String version, double percent, long on) {
        ModelCommand c = of(ModelCommandKind.RAMP, version, on);
        c.setPercent(percent);
        return c;
    }

    public static CommandRecord record(long offset, long timestamp, ModelCommand command) {
        return new CommandRecord(
                offset, timestamp, new WireEncoder<>(ModelCommand.class).encode(command));
    }
}
