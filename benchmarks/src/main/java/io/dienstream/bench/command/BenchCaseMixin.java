package io.dienstream.bench.command;

import io.dienstream.bench.stream.StreamCase;
import io.dienstream.job.option.Backend;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** What requests are sent, and to which job, by the benchmarks that measure one case. */
final class BenchCaseMixin {
    @Spec(Spec.Target.MIXEE)
    private CommandSpec command;

    @Option(
            names = "--users",
            defaultValue = "2000",
            description = "Users with state; ${DEFAULT-VALUE}")
    private int users;

    @Option(
            names = "--history",
            defaultValue = "100",
            description = "Behaviors of each, T; ${DEFAULT-VALUE}")
    private int history;

    @Option(
            names = "--candidates",
            defaultValue = "20",
            description = "Of a request, N; ${DEFAULT-VALUE}")
    private int candidates;

    @Option(names = "--parallelism", defaultValue = "1", description = "${DEFAULT-VALUE}")
    private int parallelism;

    @Option(
            names = "--backend",
            defaultValue = "ROCKSDB",
            description = "Of ${COMPLETION-CANDIDATES}. Default: ${DEFAULT-VALUE}.")
    private Backend backend;

    /** Behaviors of each user. */
    int history() {
        return history;
    }

    /**
     * As the options say.
     *
     * @throws CommandLine.ParameterException where they cannot be
     */
    StreamCase requests() {
        if (users < 1 || history < 1 || candidates < 1 || parallelism < 1) {
            throw new CommandLine.ParameterException(
                    command.commandLine(),
                    "--users, --history, --candidates and --parallelism start at 1");
        }
        return new StreamCase(
                StreamCase.Load.REQUESTS,
                false,
                users,
                history,
                candidates,
                parallelism,
                0,
                backend);
    }
}
