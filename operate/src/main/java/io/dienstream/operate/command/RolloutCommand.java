package io.dienstream.operate.command;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.dienstream.cli.terminal.Bars;
import io.dienstream.job.rollout.RolloutLog;
import io.dienstream.job.rollout.RolloutPlan;
import io.dienstream.operate.rollout.RolloutClient;
import io.dienstream.operate.rollout.Wait;
import io.dienstream.schema.ModelCommand;
import io.dienstream.schema.ModelCommandKind;
import java.io.IOException;
import java.io.PrintWriter;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** What commands that change a rollout have in common: they read the plan, write, and tell. */
abstract class RolloutCommand implements Callable<Integer> {
    @Spec private CommandSpec spec;
    @Mixin private RolloutMixin rollout;

    @Option(names = "--reason", defaultValue = "", description = "Why, for the history.")
    private String reason = "";

    @Option(
            names = "--actor",
            defaultValue = "${sys:user.name}",
            description = "Who asks for it; default: the user of this machine.")
    private String actor = "";

    @Option(
            names = "--expected-revision",
            description = {
                "The plan that you have seen; default: the newest. On another one the command is",
                "refused."
            })
    private Long expectedRevision;

    @Option(
            names = "--effective-at",
            description = {
                "When it takes effect, as 2026-01-31T12:00:00Z: event time in event-time mode,",
                "else by the clock. Default: at once."
            })
    private Instant effectiveAt;

    @Option(names = "--wait", description = "Until every task can answer by the version.")
    private boolean wait;

    @Option(
            names = "--timeout",
            defaultValue = "300",
            paramLabel = "SECONDS",
            description = "How long --wait waits; default ${DEFAULT-VALUE}.")
    private long timeout = 300;

    /** Sets what the kind needs; {@code plan} is the newest. */
    abstract void fill(ModelCommand command, RolloutPlan plan, RolloutClient client)
            throws IOException;

    abstract ModelCommandKind kind();

    /**
     * Whether it asks tasks for their states without {@code --wait} too: their topic must be there.
     */
    boolean readsStates() {
        return false;
    }

    /** The version that {@code --wait} waits for, or null. */
    String awaited(ModelCommand command, RolloutPlan plan) {
        return command.getVersion();
    }

    CommandLine.ParameterException usage(String message) {
        return new CommandLine.ParameterException(spec.commandLine(), message);
    }

    @Override
    public Integer call() throws Exception {
        if (timeout < 1 || timeout > KafkaMixin.LONGEST_WAIT) {
            throw usage("--timeout goes from 1 to " + KafkaMixin.LONGEST_WAIT);
        }
        RolloutClient client = wait || readsStates() ? rollout.watching() : rollout.client();
        RolloutPlan plan = client.log().plan();
        ModelCommand command =
                client.command(
                        kind(),
                        "",
                        expectedRevision == null ? plan.revision() : expectedRevision,
                        actor);
        command.setEffectiveAt(effectiveAt == null ? null : effectiveAt.toEpochMilli());
        command.setReason(reason);
        fill(command, plan, client);
        RolloutLog.Entry entry = client.send(command);
        if (entry.refusal() != null) {
            throw new IOException(
                    "refused, %s: %s"
                            .formatted(entry.refusal().code().code(), entry.refusal().message()));
        }
        String version = awaited(command, entry.plan());
        if (wait && version != null) {
            new Wait(client, this::tell)
                    .ready(version, entry.plan().revision(), Duration.ofSeconds(timeout));
        }
        print(entry);
        return 0;
    }

    /** Where nobody sees a bar: lines, not in between those that scripts read. */
    private void tell(String progress) {
        if (!Bars.isTerminal()) {
            spec.commandLine().getErr().println(progress);
            spec.commandLine().getErr().flush();
        }
    }

    private void print(RolloutLog.Entry entry) {
        PrintWriter out = spec.commandLine().getOut();
        RolloutPlan plan = entry.plan();
        if (rollout.json()) {
            ObjectNode line = new ObjectMapper().createObjectNode();
            line.put("revision", plan.revision());
            line.put("kind", entry.command().getKind().name());
            line.put("version", entry.command().getVersion());
            line.put("live", plan.live().name());
            line.put("effective_at", entry.effectiveAt());
            out.println(line);
        } else {
            out.printf(
                    "revision %d: %s %s; live is %s%n",
                    plan.revision(),
                    entry.command().getKind(),
                    entry.command().getVersion(),
                    plan.live().name());
        }
    }
}
