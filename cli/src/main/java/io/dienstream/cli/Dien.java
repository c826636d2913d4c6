package io.dienstream.cli;

import io.dienstream.cli.terminal.Printable;
import io.dienstream.cli.terminal.Shutdown;
import io.dienstream.cli.terminal.TerminalOutput;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.HashSet;
import java.util.ServiceLoader;
import java.util.Set;
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
    private static final int FAILURE = 1;
    private static final int USAGE = 2;
    private static final String LOG_FILE = "dien.log.file";

    private final Set<Class<? extends Exception>> mistakes = new HashSet<>();
    private final Set<Class<? extends Exception>> wrongUsage = new HashSet<>();

    private Dien() {}

    /** The command line with every module's commands, ready to execute; for tests too. */
    public static CommandLine commandLine() {
        Dien dien = new Dien();
        CommandLine launcher = new CommandLine(dien);
        GroupedCommands groups = new GroupedCommands();
        for (CommandProvider module : ServiceLoader.load(CommandProvider.class)) {
            groups.add(launcher, module.commands());
            dien.mistakes.addAll(module.mistakes());
            dien.wrongUsage.addAll(module.wrongUsage());
        }
        launcher.getHelpSectionMap()
                .put(UsageMessageSpec.SECTION_KEY_COMMAND_LIST_HEADING, h -> "");
        launcher.getHelpSectionMap().put(UsageMessageSpec.SECTION_KEY_COMMAND_LIST, groups);
        return launcher.setCaseInsensitiveEnumValuesAllowed(true)
                .setExecutionStrategy(Dien::run)
                .setParameterExceptionHandler(Dien::refuse)
                .setExecutionExceptionHandler(dien::explain);
    }

    public static void main(String[] args) {
        Scratch.begin();
        logToOwnFile(args);
        int exitCode = commandLine().execute(args);
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

    /** Help is our own text and has colors; what a command prints may come from anywhere. */
    private static int run(CommandLine.ParseResult parsed) {
        Integer help = CommandLine.executeHelpRequest(parsed);
        if (help != null) {
            return help;
        }
        for (CommandLine line : parsed.asCommandLineList()) {
            line.setOut(TerminalOutput.of(line.getOut())).setErr(TerminalOutput.of(line.getErr()));
        }
        return new CommandLine.RunLast().execute(parsed);
    }

    /** Says what is wrong with the arguments, and what would be right. */
    private static int refuse(CommandLine.ParameterException e, String[] args) {
        CommandLine command = e.getCommandLine();
        CommandLine.Help.ColorScheme colors = command.getColorScheme();
        PrintWriter err = TerminalOutput.unescaped(command.getErr());
        err.println(colors.errorText(Printable.lines(String.valueOf(e.getMessage()))));
        if (!CommandLine.UnmatchedArgumentException.printSuggestions(e, err)) {
            command.usage(err, colors);
        }
        return USAGE;
    }

    /** What a user can mend is said in one line; what is our fault comes with its stack. */
    private int explain(Exception e, CommandLine command, CommandLine.ParseResult parsed) {
        if (Shutdown.isUnderWay()) {
            return FAILURE;
        }
        TerminalOutput err = TerminalOutput.of(command.getErr());
        if (isOneOf(wrongUsage, e)) {
            err.printf("dien: %s%n", e.getMessage());
            return USAGE;
        }
        String kind = e.getClass().getSimpleName();
        String message = e.getMessage() == null ? kind : e.getMessage();
        if (e.getClass() == IOException.class || isOneOf(mistakes, e)) {
            err.printf("dien: %s%n", message);
        } else if (e instanceof IOException) {
            err.printf("dien: %s: %s%n", kind, message);
        } else {
            e.printStackTrace(err);
        }
        err.flush();
        return FAILURE;
    }

    private static boolean isOneOf(Set<Class<? extends Exception>> kinds, Exception e) {
        return kinds.stream().anyMatch(kind -> kind.isInstance(e));
    }
}
