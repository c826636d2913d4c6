package io.dienstream.job.artifact;

import io.dienstream.dien.artifact.ModelReader;
import io.dienstream.dien.artifact.SealKeys;
import io.dienstream.dien.model.Model;
import io.dienstream.job.option.JobOptions;
import java.io.IOException;
import java.io.Serializable;
import java.nio.file.Path;

/**
 * Where an artifact is, and who must have signed it.
 *
 * @param path directory on every TaskManager
 * @param publicKey PEM file on every TaskManager, or empty
 * @param copyDirectory where large weights are copied to, or empty for the process' own
 */
public record ArtifactSource(String path, String publicKey, String copyDirectory)
        implements Serializable {
    private static final long serialVersionUID = 1;

    public static ArtifactSource of(JobOptions options) {
        return new ArtifactSource(
                options.get(JobOptions.MODEL),
                options.get(JobOptions.MODEL_PUBLIC_KEY),
                options.get(JobOptions.MODEL_COPY_DIRECTORY));
    }

    /**
     * @throws IOException where the artifact is refused, or the key cannot be read
     */
    public Model read() throws IOException {
        String copies =
                copyDirectory.isEmpty() ? System.getProperty("java.io.tmpdir") : copyDirectory;
        return ModelReader.read(
                Path.of(path),
                publicKey.isEmpty() ? null : SealKeys.publicKey(Path.of(publicKey)),
                Path.of(copies));
    }
}
