package io.dienstream.operate.command;

import io.dienstream.dien.file.OutputDirectory;
import io.dienstream.job.savepoint.DetachedSavepoint;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code dien savepoint}: what a job's state can be made into. */
@Command(
        name = "savepoint",
        mixinStandardHelpOptions = true,
        description = "Works on a job's savepoints.")
public final class SavepointCommand {
    @Spec private CommandSpec spec;

    /** {@code dien savepoint detach}. */
    @Command(
            name = "detach",
            mixinStandardHelpOptions = true,
            description = {
                "Writes a savepoint without the offsets of its sources.",
                "For another Kafka (a mirror, a restored one), where the same offsets are other",
                "records. The job that starts from it reads from kafka.start-offsets, else from the",
                "offsets that its group has committed there, else from the beginning; what it reads",
                "again is a duplicate by its event id."
            })
    int detach(
            @Option(
                            names = "--savepoint",
                            required = true,
                            paramLabel = "DIR",
                            description = "The savepoint, in canonical format; it stays as it is.")
                    Path savepoint,
            @Option(
                            names = "--output",
                            required = true,
                            paramLabel = "DIR",
                            description = "New directory for the one without offsets.")
                    Path output)
            throws IOException {
        if (!Files.isRegularFile(savepoint.resolve("_metadata"))) {
            throw new IOException(savepoint + " is no savepoint: it has no _metadata");
        }
        if (Files.exists(output)) {
            throw new IOException(output + " exists; a savepoint is written to a new directory");
        }
        OutputDirectory.make(output.toAbsolutePath().getParent());
        DetachedSavepoint.write(
                savepoint.toAbsolutePath().toUri().toString(),
                output.toAbsolutePath().toUri().toString());
        spec.commandLine().getOut().printf("start the job with job.start-from=%s%n", output);
        return 0;
    }
}
