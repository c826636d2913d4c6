package io.dienstream.cli;

import io.dienstream.cli.command.AblationCommand;
import io.dienstream.cli.command.BenchCommand;
import io.dienstream.cli.command.BootstrapCommand;
import io.dienstream.cli.command.ChaosCommand;
import io.dienstream.cli.command.DemoCommand;
import io.dienstream.cli.command.DlqCommand;
import io.dienstream.cli.command.EvaluateCommand;
import io.dienstream.cli.command.ExplainCommand;
import io.dienstream.cli.command.JobCommand;
import io.dienstream.cli.command.ModelCommand;
import io.dienstream.cli.command.PrepareCommand;
import io.dienstream.cli.command.ReplayCommand;
import io.dienstream.cli.command.SavepointCommand;
import io.dienstream.cli.command.ScoreCommand;
import io.dienstream.cli.command.SimulateCommand;
import io.dienstream.cli.command.TopicsCommand;
import io.dienstream.cli.command.TrainCommand;
import io.dienstream.cli.demo.Shutdown;
import io.dienstream.job.option.OptionException;
import java.io.IOException;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/** The launcher. Exit code 0, 1 for a failure, 2 for wrong usage. */
@Command(
        name = "dien",
        mixinStandardHelpOptions = true,
        version = "dien-stream 0.1.0",
        description = "Real-time CTR: DIEN interest states in a stream.",
        subcommands = {
            DemoCommand.class,
            PrepareCommand.class,
            TrainCommand.class,
            EvaluateCommand.class,
            AblationCommand.class,
            ExplainCommand.class,
            ScoreCommand.class,
            ReplayCommand.class,
            BootstrapCommand.class,
            BenchCommand.class,
            ChaosCommand.class,
            DlqCommand.class,
            SimulateCommand.class,
            SavepointCommand.class,
            TopicsCommand.class,
            ModelCommand.class,
            JobCommand.class
        })
public final class Dien {
    private static final int FAILURE = 1;
    private static final int USAGE = 2;
    private static final String LOG_FILE = "dien.log.file";

    private Dien() {}

    /** The command line, ready to execute; for tests too. */
    public static CommandLine commandLine() {
        return new CommandLine(new Dien())
                .setCaseInsensitiveEnumValuesAllowed(true)
                .setExecutionExceptionHandler(Dien::explain);
    }

    public static void main(String[] args) {
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
                System.err.println("dien: no log is written: " + e.getMessage());
                System.setProperty(LOG_FILE, "/dev/null");
            }
        }
    }

    /** What a user can mend is said in one line; what is our fault comes with its stack. */
    private static int explain(Exception e, CommandLine command, CommandLine.ParseResult parsed) {
        if (Shutdown.isUnderWay()) {
            return FAILURE;
        }
        if (e instanceof OptionException) {
            command.getErr().println("dien: " + e.getMessage());
            return USAGE;
        }
        if (e instanceof IOException) {
            String kind = e.getClass().getSimpleName();
            String message = e.getMessage() == null ? kind : e.getMessage();
            boolean own = e.getClass() == IOException.class || kind.startsWith("Artifact");
            command.getErr().println("dien: " + (own ? message : kind + ": " + message));
        } else {
            e.printStackTrace(command.getErr());
        }
        command.getErr().flush();
        return FAILURE;
    }
}
