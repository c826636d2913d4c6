package io.dienstream.operate.command;

import io.dienstream.job.AdScoringJob;
import io.dienstream.job.option.JobOptions;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;
import picocli.CommandLine.Unmatched;

/** {@code dien job}: the main job in this process, between given Kafka topics. */
@Command(
        name = "job",
        mixinStandardHelpOptions = true,
        description = {
            "Runs the main job in this process against a given Kafka until it is stopped.",
            "Takes the job's own options, docs/reference/options.md: --kafka.bootstrap-servers=..."
                    + " --model.path=... [--options-file=FILE] [--key=value ...]"
        })
public final class JobCommand implements Callable<Integer> {
    @Spec private CommandSpec spec;
    @Mixin private LocalJobMixin local;

    @Unmatched private List<String> options = new ArrayList<>();

    @Override
    public Integer call() throws Exception {
        JobOptions parsed = JobOptions.parse(options.toArray(new String[0]), System.getenv());
        LocalJob job = LocalJob.of(spec, local.listen(), parsed);
        announce(parsed, job);
        job.run(flink -> AdScoringJob.run(parsed, flink));
        return 0;
    }

    /** What runs here, and where to look. */
    private void announce(JobOptions parsed, LocalJob job) {
        PrintWriter err = spec.commandLine().getErr();
        err.printf("dien: model        %s%n", parsed.get(JobOptions.MODEL));
        err.printf("dien: Kafka        %s%n", parsed.get(JobOptions.BOOTSTRAP_SERVERS));
        err.printf(
                "dien: topics       %s, %s, %s to %s, %s, %s%n",
                parsed.get(JobOptions.BEHAVIORS),
                parsed.get(JobOptions.REQUESTS),
                parsed.get(JobOptions.CONTROL),
                parsed.get(JobOptions.SCORES),
                parsed.get(JobOptions.SERVED),
                parsed.get(JobOptions.DEAD_LETTERS));
        job.announce(err);
        err.flush();
    }
}
