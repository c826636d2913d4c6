package io.dienstream.operate.command;

import io.dienstream.operate.rollout.RolloutClient;
import io.dienstream.operate.rollout.StatusTable;
import java.io.PrintWriter;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code dien model status}: the plan, and where each task is with it. */
@Command(
        name = "status",
        mixinStandardHelpOptions = true,
        description = {
            "Shows which version answers whom by plan, and what the tasks do with each.",
            "Exit code 1 where a task cannot answer by a version of the plan, or has not told of it",
            "since the newest revision."
        })
final class ModelStatusCommand implements Callable<Integer> {
    @Spec private CommandSpec spec;
    @Mixin private RolloutMixin rollout;

    @Override
    public Integer call() throws Exception {
        RolloutClient client = rollout.watching();
        StatusTable table =
                new StatusTable(client.log().plan(), client.states(), System.currentTimeMillis());
        PrintWriter out = spec.commandLine().getOut();
        out.println(rollout.json() ? table.json() : table.text());
        return table.isBehind() ? 1 : 0;
    }
}
