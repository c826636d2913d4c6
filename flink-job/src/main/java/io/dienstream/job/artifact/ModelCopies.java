package io.dienstream.job.artifact;

import io.dienstream.dien.artifact.ModelReader;
import io.dienstream.dien.file.Pace;
import io.dienstream.job.option.JobOptions;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import org.apache.flink.core.fs.FileSystem;

/**
 * Copies on this machine of published artifacts that lie in an object store, for who needs their
 * files and not a model to score with. A copy stays at its place, named by its checksum, until
 * others need its room.
 */
public final class ModelCopies {
    private static final long MEBIBYTE = 1 << 20;

    private final Path directory;

    /**
     * @param directory made with the first copy
     */
    public ModelCopies(Path directory) {
        this.directory = directory;
    }

    /**
     * The copy of what was published at {@code uri}, fetched where it is not there.
     *
     * @throws IOException where it cannot be read, is no artifact, or not the one with that
     *     checksum
     */
    public Path of(String uri, String sha256) throws IOException {
        long mostBytes = Long.parseLong(JobOptions.MODEL_CACHE_SIZE.defaultText()) * MEBIBYTE;
        ModelCache cache = new ModelCache(directory, mostBytes, Clock.systemUTC());
        Path kept = cache.find(sha256);
        if (kept != null) {
            return kept;
        }
        FlinkFileSystems.initialize();
        Path incoming = cache.fetch(uri, Pace.FULL);
        try {
            String checksum = ModelReader.read(incoming).checksum();
            if (!checksum.equals(sha256)) {
                throw new IOException(
                        "%s: checksum %s, but %s was published: it was changed"
                                .formatted(uri, checksum, sha256));
            }
            cache.keep(incoming, sha256);
        } catch (IOException | RuntimeException e) {
            cache.drop(incoming);
            throw e;
        }
        return directory.resolve(sha256);
    }

    /**
     * Copies a file that lies beside the artifact at {@code uri} to its place beside {@code copy};
     * nothing where there is none.
     *
     * @param suffix of the artifact's own name
     */
    public void beside(String uri, String suffix, Path copy) throws IOException {
        Path target = copy.resolveSibling(copy.getFileName() + suffix);
        if (Files.exists(target)) {
            return;
        }
        FlinkFileSystems.initialize();
        var from = new org.apache.flink.core.fs.Path(uri.replaceAll("/+$", "") + suffix);
        FileSystem files = from.getFileSystem();
        if (files.exists(from)) {
            try (InputStream in = files.open(from);
                    OutputStream out = Files.newOutputStream(target)) {
                in.transferTo(out);
            }
        }
    }
}
