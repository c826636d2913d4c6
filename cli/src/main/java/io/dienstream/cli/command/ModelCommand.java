package io.dienstream.cli.command;

import picocli.CommandLine.Command;

/** {@code dien model}: artifacts. */
@Command(
        name = "model",
        mixinStandardHelpOptions = true,
        description = "Looks at and checks model artifacts.",
        subcommands = {ModelInspectCommand.class, ModelVerifyCommand.class})
public final class ModelCommand {}
