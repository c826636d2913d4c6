package io.dienstream.operate.command;

import io.dienstream.job.rollout.RolloutLog;
import io.dienstream.operate.rollout.HistoryText;
import io.dienstream.operate.rollout.LiveVersion;
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
            description = {
                "Only which version was live then, since when, by whom and why, as",
                "2026-01-31T12:00:00Z."
            })
    private Instant at;

    @Override
    public Integer call() throws Exception {
        RolloutLog log = rollout.client().log();
        PrintWriter out = spec.commandLine().getOut();
        if (at != null) {
            LiveVersion live = LiveVersion.at(log, at.toEpochMilli());
            out.println(rollout.json() ? HistoryText.json(live) : HistoryText.lines(live));
            return 0;
        }
        for (RolloutLog.Entry entry : log.entries()) {
            out.println(rollout.json() ? HistoryText.json(entry) : HistoryText.line(entry));
        }
        for (RolloutLog.Unreadable record : log.unreadable()) {
            out.println(rollout.json() ? HistoryText.json(record) : HistoryText.line(record));
        }
        return 0;
    }
}
