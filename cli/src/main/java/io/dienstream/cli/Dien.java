package io.dienstream.cli;

import io.dienstream.cli.terminal.Shutdown;
import io.dienstream.cli.terminal.StandardOutput;
import io.dienstream.cli.terminal.TerminalOutput;
import java.io.IOException;
import java.time.Duration;
import java.util.ServiceLoader;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.UsageMessageSpec;

/** The launcher. Exit code 0, 1 for a failure, 2 for wrong usage. */
@Command(
        name = "dien",
        mixinStandardHelpOptions = true,
        version = "dien-stream 0.1.0",
        synopsisSubcommandLabel = "COMMAND",
        description = "Real-time CTR: DIEN interest states in a stream.",
        footer = {"", "dien COMMAND --help tells the options of a command."})
public final class Dien {
    private static final int FAILURE = Mistakes.FAILURE;
    private static final String LOG_FILE = "dien.log.file";

    private final Mistakes mistakes = new Mistakes();

    private Dien() {}

    /** The command line with every module's commands, ready to execute; for tests too. */
    public static CommandLine commandLine() {
        Dien dien = new Dien();
        CommandLine launcher = new CommandLine(dien);
        GroupedCommands groups = new GroupedCommands();
        for (CommandProvider module : ServiceLoader.load(CommandProvider.class)) {
            groups.add(launcher, module.commands());
            dien.mistakes.add(module);
        }
        launcher.getHelpSectionMap()
                .put(UsageMessageSpec.SECTION_KEY_COMMAND_LIST_HEADING, h -> "");
        launcher.getHelpSectionMap().put(UsageMessageSpec.SECTION_KEY_COMMAND_LIST, groups);
        return launcher.setCaseInsensitiveEnumValuesAllowed(true)
                .registerConverter(Duration.class, new DurationText())
                .setExecutionStrategy(Dien::run)
                .setParameterExceptionHandler(Mistakes::refuse)
                .setExecutionExceptionHandler(dien::explain);
    }

    public static void main(String[] args) {
        Scratch.begin();
        logToOwnFile(args);
        StandardOutput output = StandardOutput.install();
        CommandLine launcher = commandLine();
        launcher.setOut(launcher.getOut()); // one for all commands, not one for each
        int exitCode = launcher.execute(args);
        launcher.getOut().flush();
        output.drain();
        if (output.failure() != null) {
            TerminalOutput.standardError()
                    .printf(
                            "dien: standard output cannot be written: %s%n",
                            output.failure().getMessage());
            exitCode = exitCode == 0 ? FAILURE : exitCode;
        }
        if (!Shutdown.isUnderWay()) {
            System.exit(exitCode);
        }
    }

    /** Before the first logger is made: two commands at once must not write into one file. */
    private static void logToOwnFile(String[] args) {
        if (System.getProperty(LOG_FILE) == null) {
            String command = args.length == 0 || !args[0].matches("[a-z]+") ? "dien" : args[0];
            try {
                System.setProperty(LOG_FILE, UserDirectory.open().logFile(command).toString());
            } catch (IOException e) {
                TerminalOutput.standardError()
                        .printf("dien: no log is written: %s%n", e.getMessage());
                System.setProperty(LOG_FILE, "/dev/null");
            }
        }
    }

    /**
     * A command that is not there has no help. Help is our own text and has colors; what a command
     * prints may come from anywhere.
     */
    private static int run(CommandLine.ParseResult parsed) {
        CommandLine.ParseResult last = parsed;
        while (last.hasSubcommand()) {
            last = last.subcommand();
        }
        CommandLine command = last.commandSpec().commandLine();
        if (!last.unmatched().isEmpty() && !command.isUnmatchedArgumentsAllowed()) {
            throw new CommandLine.UnmatchedArgumentException(command, last.unmatched());
        }
        Integer help = CommandLine.executeHelpRequest(parsed);
        if (help != null) {
            return help;
        }
        for (CommandLine line : parsed.asCommandLineList()) {
            line.setOut(TerminalOutput.of(line.getOut())).setErr(TerminalOutput.of(line.getErr()));
        }
        return new CommandLine.RunLast().execute(parsed);
    }

    private int explain(Exception e, CommandLine command, CommandLine.ParseResult parsed) {
        return Shutdown.isUnderWay() ? FAILURE : mistakes.explain(e, command);
    }
}
