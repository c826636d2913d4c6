package io.dienstream.job.artifact;

import io.dienstream.job.option.JobOptions;
import java.io.IOException;
import java.io.Serializable;
import java.nio.file.Path;

/**
 * An artifact, and how it is loaded.
 *
 * @param uri of its directory
 * @param sha256 that it must have; empty: whatever is there
 */
public record ModelRef(String uri, String sha256, LoadSettings settings) implements Serializable {
    private static final long serialVersionUID = 1;

    /** The job's own model. */
    public static ModelRef configured(JobOptions options) {
        return new ModelRef(options.get(JobOptions.MODEL), "", LoadSettings.of(options));
    }

    /**
     * Where it is on this machine; null where it is in an object store.
     *
     * @throws IOException where the URI is none
     */
    Path local() throws IOException {
        try {
            var path = new org.apache.flink.core.fs.Path(uri);
            String scheme = path.toUri().getScheme();
            if (scheme == null) {
                return Path.of(uri);
            }
            return scheme.equals("file") ? Path.of(path.toUri().getPath()) : null;
        } catch (IllegalArgumentException e) {
            throw new IOException("'" + uri + "' is no URI of a model: " + e.getMessage(), e);
        }
    }
}
