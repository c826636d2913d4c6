package io.dienstream.cli.command;

import io.dienstream.job.AdScoringJob;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Unmatched;

/** {@code dien job}: the main job in this process, between given Kafka topics. */
@Command(
        name = "job",
        mixinStandardHelpOptions = true,
        description = {
            "Runs the main job in this process against a given Kafka until it is stopped.",
            "Takes the job's own options, docs/OPTIONS.md: --kafka.bootstrap-servers=..."
                    + " --model.path=... [--options-file=FILE] [--key=value ...]"
        })
public final class JobCommand implements Callable<Integer> {
    @Unmatched private List<String> options = new ArrayList<>();

    @Override
    public Integer call() throws Exception {
        AdScoringJob.main(options.toArray(new String[0]));
        return 0;
    }
}
