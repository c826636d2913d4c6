package io.dienstream.operate.command;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.dienstream.job.rollout.RolloutLog;
import java.io.PrintWriter;
import java.time.Instant;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code dien model history}: which version was live when, by whom, why. */
@Command(
        name = "history",
        mixinStandardHelpOptions = true,
        description = "Shows every command, what became of it, by whom and why.")
final class ModelHistoryCommand implements Callable<Integer> {
    @Spec private CommandSpec spec;
    @Mixin private RolloutMixin rollout;

    @Option(
            names = "--at",
            paramLabel = "TIME",
            description = "Only what was in effect then, as 2026-01-31T12:00:00Z.")
    private Instant at;

    @Override
    public Integer call() throws Exception {
        RolloutLog log = rollout.client().log();
        PrintWriter out = spec.commandLine().getOut();
        RolloutLog.Entry then = null;
        for (RolloutLog.Entry entry : log.entries()) {
            if (at == null) {
                print(entry, out);
            } else if (entry.refusal() == null && entry.effectiveAt() <= at.toEpochMilli()) {
                then = entry;
            }
        }
        if (then != null) {
            print(then, out);
        } else if (at != null) {
            out.println("no command was in effect: the jobs' own model.path was live");
        }
        return 0;
    }

    private void print(RolloutLog.Entry entry, PrintWriter out) {
        var command = entry.command();
        String outcome =
                entry.refusal() == null
                        ? "revision " + entry.plan().revision()
                        : "refused, " + entry.refusal().code().code();
        if (rollout.json()) {
            ObjectNode line = new ObjectMapper().createObjectNode();
            line.put("effective_at", Instant.ofEpochMilli(entry.effectiveAt()).toString());
            line.put("written_at", Instant.ofEpochMilli(entry.timestamp()).toString());
            line.put("kind", command.getKind().name());
            line.put("version", command.getVersion());
            line.put("percent", command.getPercent());
            line.put("actor", command.getActor());
            line.put("reason", command.getReason());
            line.put("outcome", outcome);
            line.put("live", entry.plan().live().name());
            out.println(line);
        } else {
            out.printf(
                    "%s  %-8s %-16s %-24s live %-16s by %s  %s%n",
                    Instant.ofEpochMilli(entry.effectiveAt()),
                    command.getKind(),
                    command.getVersion(),
                    outcome,
                    entry.plan().live().name(),
                    command.getActor(),
                    command.getReason());
        }
    }
}
