package io.dienstream.operate.command;

import picocli.CommandLine.Command;

/** {@code dien model}: artifacts. */
@Command(
        name = "model",
        mixinStandardHelpOptions = true,
        description = "Looks at, checks and signs model artifacts.",
        subcommands = {ModelInspectCommand.class, ModelVerifyCommand.class, ModelSignCommand.class})
public final class ModelCommand {}
