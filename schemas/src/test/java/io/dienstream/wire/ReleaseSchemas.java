package io.dienstream.wire;

import io.dienstream.schema.AdClick;
import io.dienstream.schema.AdRequest;
import io.dienstream.schema.Behavior;
import io.dienstream.schema.DeadLetter;
import io.dienstream.schema.Erasure;
import io.dienstream.schema.Heartbeat;
import io.dienstream.schema.Impression;
import io.dienstream.schema.LabelCorrection;
import io.dienstream.schema.ModelCommand;
import io.dienstream.schema.ModelQuality;
import io.dienstream.schema.ModelStatus;
import io.dienstream.schema.ScoredRequest;
import io.dienstream.schema.ServedRequest;
import io.dienstream.schema.TrainingExample;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.apache.avro.Schema;
import org.apache.avro.SchemaNormalization;

/**
 * Commits today's schemas as released ones where they differ from the newest release; see
 * CONTRIBUTING.md, "Change a schema".
 */
final class ReleaseSchemas {
    static final List<Schema> TODAY =
            List.of(
                    Behavior.getClassSchema(),
                    AdRequest.getClassSchema(),
                    Erasure.getClassSchema(),
                    ScoredRequest.getClassSchema(),
                    ServedRequest.getClassSchema(),
                    DeadLetter.getClassSchema(),
                    TrainingExample.getClassSchema(),
                    ModelCommand.getClassSchema(),
                    ModelStatus.getClassSchema(),
                    Impression.getClassSchema(),
                    AdClick.getClassSchema(),
                    Heartbeat.getClassSchema(),
                    LabelCorrection.getClassSchema(),
                    ModelQuality.getClassSchema());

    private ReleaseSchemas() {}

    public static void main(String[] args) throws IOException {
        Path directory = Path.of(args[0]);
        Files.createDirectories(directory);
        for (Schema schema : TODAY) {
            List<Schema> released = ReleasedSchemas.of(schema.getName());
            long today = SchemaNormalization.parsingFingerprint64(schema);
            boolean known =
                    released.stream()
                            .anyMatch(s -> SchemaNormalization.parsingFingerprint64(s) == today);
            if (!known) {
                String file = schema.getName() + ".v" + (released.size() + 1) + ".avsc";
                Files.writeString(directory.resolve(file), schema + "\n");
            }
        }
    }
}
