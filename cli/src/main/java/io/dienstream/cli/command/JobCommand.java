package io.dienstream.cli.command;

import io.dienstream.job.AdScoringJob;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code dien job}: the main job in this process, between given Kafka topics. */
@Command(
        name = "job",
        description = {
            "Runs the main job in this process against a given Kafka until it is stopped.",
            "Takes the job's own options, docs/OPTIONS.md: --kafka.bootstrap-servers=..."
                    + " --model.path=... [--config=FILE] [--key=value ...]"
        })
public final class JobCommand implements Callable<Integer> {
    @Parameters(arity = "0..*", paramLabel = "--key=value", description = "Options of the job.")
    private String[] options = {};

    @Override
    public Integer call() throws Exception {
        AdScoringJob.main(options);
        return 0;
    }
}
