package io.dienstream.bench.command;

import picocli.CommandLine.Command;

/** {@code dien bench}: what things cost on this machine. */
@Command(
        name = "bench",
        mixinStandardHelpOptions = true,
        description = "Measures speed and memory on this machine.",
        subcommands = {
            BenchJoinCommand.class,
            BenchKernelsCommand.class,
            BenchLatencyCommand.class,
            BenchStreamCommand.class,
            BenchSwapCommand.class,
            BenchTrainingCommand.class,
            BenchVocabularyCommand.class
        })
public final class BenchCommand {}
