package io.dienstream.operate.command;

import io.dienstream.job.learning.LearningJob;
import io.dienstream.job.option.JobOptions;
import io.dienstream.job.option.LearningOptions;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;
import picocli.CommandLine.Unmatched;

/** {@code dien learning-job}: the learning job in this process, between given Kafka topics. */
@Command(
        name = "learning-job",
        mixinStandardHelpOptions = true,
        description = {
            "Runs the learning job in this process against a given Kafka until it is stopped:",
            "what was served, shown and clicked becomes training examples.",
            "Takes the job's own options, docs/reference/options.md: --kafka.bootstrap-servers=..."
                    + " [--labels.wait=30min] [--options-file=FILE] [--key=value ...]"
        })
public final class LearningJobCommand implements Callable<Integer> {
    @Spec private CommandSpec spec;
    @Mixin private LocalJobMixin local;

    @Unmatched private List<String> options = new ArrayList<>();

    @Override
    public Integer call() throws Exception {
        LearningOptions parsed =
                LearningOptions.parse(options.toArray(new String[0]), System.getenv());
        LocalJob job = LocalJob.of(spec, local.listen(), parsed);
        announce(parsed, job);
        job.run(flink -> LearningJob.run(parsed, flink));
        return 0;
    }

    /** What runs here, and where to look. */
    private void announce(LearningOptions parsed, LocalJob job) {
        PrintWriter err = spec.commandLine().getErr();
        err.printf("dien: Kafka        %s%n", parsed.get(JobOptions.BOOTSTRAP_SERVERS));
        err.printf(
                "dien: topics       %s, %s, %s to %s, %s, %s%n",
                parsed.get(LearningOptions.SERVED),
                parsed.get(LearningOptions.IMPRESSIONS),
                parsed.get(LearningOptions.CLICKS),
                parsed.get(LearningOptions.EXAMPLES),
                parsed.get(LearningOptions.CORRECTIONS),
                parsed.get(LearningOptions.DEAD_LETTERS));
        err.printf(
                "dien: labels       final %d s after an impression, corrected up to %d s after%n",
                parsed.get(LearningOptions.WAIT).toSeconds(),
                parsed.get(LearningOptions.CORRECTION_WAIT).toSeconds());
        String files = parsed.get(LearningOptions.DIRECTORY);
        if (!files.isEmpty()) {
            err.printf("dien: files        %s%n", files);
        }
        job.announce(err);
        err.flush();
    }
}
