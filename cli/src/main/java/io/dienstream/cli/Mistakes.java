package io.dienstream.cli;

import io.dienstream.cli.terminal.TerminalOutput;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.util.HashSet;
import java.util.Set;
import picocli.CommandLine;
import picocli.CommandLine.ParameterException;

/** What is said to somebody whose arguments, files or Kafka are not as a command needs them. */
final class Mistakes {
    static final int FAILURE = 1;
    static final int USAGE = 2;

    private final Set<Class<? extends Exception>> mendable = new HashSet<>();
    private final Set<Class<? extends Exception>> wrongUsage = new HashSet<>();

    /** Takes on a module's exceptions. */
    void add(CommandProvider module) {
        mendable.addAll(module.mistakes());
        wrongUsage.addAll(module.wrongUsage());
    }

    /** The error and where to read on: a page of help would hide it. */
    static int refuse(ParameterException e, String[] args) {
        CommandLine command = e.getCommandLine();
        TerminalOutput err = TerminalOutput.of(command.getErr());
        CommandLine.Help help = command.getHelp();
        err.println(help.synopsisHeading() + firstLine(help.synopsis(0)));
        err.println("see " + command.getCommandSpec().qualifiedName() + " --help");
        err.printf("dien: %s%n", e.getMessage());
        err.flush();
        return USAGE;
    }

    private static String firstLine(String synopsis) {
        String[] lines = synopsis.strip().split("\\R");
        return lines.length == 1 ? lines[0] : lines[0] + " ...";
    }

    /** What a user can mend is said in one line; what is our fault comes with its stack. */
    int explain(Exception e, CommandLine command) {
        TerminalOutput err = TerminalOutput.of(command.getErr());
        int exitCode = FAILURE;
        Exception mistake = mistake(e);
        if (mistake == null) {
            e.printStackTrace(err);
        } else {
            err.printf("dien: %s%n", message(mistake));
            exitCode = isOneOf(wrongUsage, mistake) ? USAGE : FAILURE;
        }
        err.flush();
        return exitCode;
    }

    /** The exception, or one that it hides, that a user can mend; null where there is none. */
    private Exception mistake(Throwable e) {
        for (Throwable t = e; t != null && t.getCause() != t; t = t.getCause()) {
            boolean said =
                    t instanceof Exception x && (isOneOf(wrongUsage, x) || isOneOf(mendable, x));
            if (said || t instanceof IOException || t instanceof InvalidPathException) {
                return (Exception) t;
            }
            if (!(t instanceof UncheckedIOException) && !isWrapper(t)) {
                return null;
            }
        }
        return null;
    }

    /** Clients' exceptions that say no more than that something failed. */
    private boolean isWrapper(Throwable t) {
        return t.getCause() instanceof Exception cause
                && (isOneOf(wrongUsage, cause) || isOneOf(mendable, cause));
    }

    private String message(Exception e) {
        String text = e.getMessage();
        if (e instanceof FileSystemException f) {
            String what = f.getReason() == null ? reason(f) : f.getReason();
            return f.getFile() + ": " + what;
        }
        boolean own =
                e.getClass() == IOException.class
                        || e instanceof FileNotFoundException
                        || e instanceof InvalidPathException
                        || isOneOf(wrongUsage, e)
                        || isOneOf(mendable, e);
        if (text == null) {
            return e.getClass().getSimpleName();
        }
        return own || text.contains(" ") ? text : e.getClass().getSimpleName() + ": " + text;
    }

    private static String reason(FileSystemException e) {
        if (e instanceof NoSuchFileException) {
            return "there is no such file or directory";
        }
        if (e instanceof AccessDeniedException) {
            return "permission denied";
        }
        if (e instanceof FileAlreadyExistsException) {
            return "is there already";
        }
        if (e instanceof NotDirectoryException) {
            return "is no directory";
        }
        return e instanceof DirectoryNotEmptyException
                ? "is not empty"
                : e.getClass().getSimpleName();
    }

    private static boolean isOneOf(Set<Class<? extends Exception>> kinds, Exception e) {
        return kinds.stream().anyMatch(kind -> kind.isInstance(e));
    }
}
