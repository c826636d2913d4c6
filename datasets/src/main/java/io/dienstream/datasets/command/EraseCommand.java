package io.dienstream.datasets.command;

import io.dienstream.cli.terminal.Shutdown;
import io.dienstream.datasets.erase.ErasedUsers;
import io.dienstream.datasets.erase.FileErasure;
import io.dienstream.datasets.log.BadLines;
import io.dienstream.datasets.log.TextLines;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentSkipListMap;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code dien erase}: users out of files that were written before their erasure. */
@Command(
        name = "erase",
        mixinStandardHelpOptions = true,
        description = {
            "Takes users out of files: recorded logs (behaviors, ad requests, erasures; TSV, JSONL,",
            "Avro), labels, answers, lists of dead letters, data sets. Labels and answers name requests",
            "alone: give the log of the requests with them. Everything is written beside its place and",
            "read again; only when all of it is sound is anything replaced. Lines that name nobody stay",
            "and are told, exit code 1. docs/operate/security.md lists what no command can take users",
            "out of."
        })
public final class EraseCommand implements Callable<Integer> {
    @Spec private CommandSpec spec;

    @Option(names = "--user", paramLabel = "ID", description = "Who; may be repeated.")
    private List<String> users = List.of();

    @Option(
            names = "--users",
            paramLabel = "FILE",
            description = "Who, an id a line: other users of this machine see command lines.")
    private Path usersFile;

    @Option(names = "--dry-run", description = "Says what would be removed.")
    private boolean dryRun;

    @Parameters(paramLabel = "FILE", arity = "1..*", description = "Files and data sets.")
    private List<Path> files;

    private final Map<Path, FileErasure> erasures = new ConcurrentSkipListMap<>();

    @Override
    public Integer call() throws Exception {
        ErasedUsers erased = new ErasedUsers(users());
        BadLines bad = new BadLines(spec.commandLine().getErr());
        try (Shutdown ignored = Shutdown.of("run it again, not all is erased", this::close)) {
            Map<Path, FileErasure.Counts> counts = prepare(erased, bad);
            if (!dryRun) {
                for (FileErasure erasure : erasures.values()) {
                    erasure.commit();
                }
            }
            counts.forEach(this::print);
        } finally {
            close();
        }
        return bad.count() == 0 ? 0 : 1;
    }

    private Set<String> users() throws IOException {
        Set<String> all = new HashSet<>(users);
        if (usersFile != null) {
            TextLines.forEach(usersFile, (line, number) -> all.add(line));
        }
        if (all.isEmpty()) {
            throw new CommandLine.ParameterException(
                    spec.commandLine(), "--user or --users says who is erased");
        }
        return all;
    }

    private Map<Path, FileErasure.Counts> prepare(ErasedUsers erased, BadLines bad)
            throws IOException {
        requireApart();
        for (Path file : files) {
            erasures.put(file.toRealPath(), FileErasure.of(file, bad));
        }
        for (FileErasure erasure : erasures.values()) {
            erasure.learn(erased);
        }
        for (FileErasure erasure : erasures.values()) {
            erasure.doubt(erased);
        }
        Map<Path, FileErasure.Counts> counts = new LinkedHashMap<>();
        for (Map.Entry<Path, FileErasure> e : erasures.entrySet()) {
            counts.put(e.getKey(), e.getValue().prepare(erased));
        }
        return counts;
    }

    /** A file of a data set that is given too would be replaced twice, the second time in vain. */
    private void requireApart() throws IOException {
        for (Path inner : files) {
            for (Path outer : files) {
                Path whole = outer.toRealPath();
                if (!inner.toRealPath().equals(whole) && inner.toRealPath().startsWith(whole)) {
                    throw new IOException(
                            inner + " is part of " + outer + ": give the directory alone");
                }
            }
        }
    }

    private void print(Path file, FileErasure.Counts counts) {
        spec.commandLine()
                .getOut()
                .printf(
                        "%s: %s %,d of %,d%n",
                        file, dryRun ? "would remove" : "removed", counts.removed(), counts.all());
    }

    /** What did not take its place goes. */
    private void close() throws IOException {
        for (FileErasure erasure : erasures.values()) {
            erasure.close();
        }
    }
}
