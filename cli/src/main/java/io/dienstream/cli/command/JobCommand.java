package io.dienstream.cli.command;

import io.dienstream.job.AdScoringJob;
import io.dienstream.job.listen.Listeners;
import io.dienstream.job.option.JobOptions;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.apache.flink.configuration.Configuration;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;
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
    @Spec private CommandSpec spec;

    @Option(
            names = "--listen",
            paramLabel = "ADDRESS",
            description = {
                "Address of Flink's web UI. Default: the loopback address, which only this machine",
                "reaches. Whoever reaches it may read what the job does; nobody can change it there."
            })
    private String listen = Listeners.LOOPBACK;

    @Unmatched private List<String> options = new ArrayList<>();

    @Override
    public Integer call() throws Exception {
        JobOptions parsed = JobOptions.parse(options.toArray(new String[0]), System.getenv());
        AdScoringJob.run(parsed, Listeners.on(address(), new Configuration()));
        return 0;
    }

    private String address() {
        boolean further;
        try {
            further = Listeners.reachesFurther(listen);
        } catch (IllegalArgumentException e) {
            throw new CommandLine.ParameterException(
                    spec.commandLine(), "--listen: " + e.getMessage(), e);
        }
        if (further) {
            spec.commandLine()
                    .getErr()
                    .printf(
                            "dien: warning: Flink listens on %s without authentication; whoever"
                                    + " reaches that address can read what the job does%n",
                            listen);
        }
        return listen;
    }
}
