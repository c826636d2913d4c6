package io.dienstream.operate.command;

import picocli.CommandLine.Command;

/** {@code dien model}: artifacts, and which of them answers. */
@Command(
        name = "model",
        mixinStandardHelpOptions = true,
        description = "Looks at, checks and signs model artifacts; changes those of running jobs.",
        subcommands = {
            ModelInspectCommand.class,
            ModelVerifyCommand.class,
            ModelSignCommand.class,
            RolloutSteps.Publish.class,
            RolloutSteps.Ramp.class,
            RolloutSteps.Promote.class,
            RolloutSteps.Rollback.class,
            RolloutSteps.Retire.class,
            RolloutSteps.Pause.class,
            RolloutSteps.Resume.class,
            ModelGateCommand.class,
            ModelStatusCommand.class,
            ModelHistoryCommand.class
        })
public final class ModelCommand {}
