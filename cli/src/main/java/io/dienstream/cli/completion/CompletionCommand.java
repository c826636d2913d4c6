package io.dienstream.cli.completion;

import java.io.PrintWriter;
import java.util.concurrent.Callable;
import picocli.AutoComplete;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code dien completion}: commands and options by the tab key. */
@Command(
        name = "completion",
        mixinStandardHelpOptions = true,
        description = {
            "Prints a script by which a shell completes commands and options with the tab key.",
            "bash: source <(./dien completion bash); zsh: the same, after autoload -U compinit",
            "bashcompinit && compinit && bashcompinit; fish: ./dien completion fish | source"
        })
public final class CompletionCommand implements Callable<Integer> {
    /** A shell by the name that is typed. */
    enum Shell {
        BASH,
        ZSH,
        FISH
    }

    @Spec private CommandSpec spec;

    @Parameters(paramLabel = "SHELL", description = "bash, zsh or fish.")
    private Shell shell;

    @Override
    public Integer call() {
        CommandLine launcher = spec.root().commandLine();
        PrintWriter out = spec.commandLine().getOut();
        out.print(
                shell == Shell.FISH
                        ? FishCompletion.of(launcher)
                        : AutoComplete.bash(launcher.getCommandName(), launcher));
        out.flush();
        return 0;
    }
}
