package io.dienstream.job.artifact;

import io.dienstream.dien.artifact.ModelReader;
import io.dienstream.dien.file.CompleteFile;
import io.dienstream.dien.file.Pace;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import org.apache.flink.core.fs.FileSystem;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Copies on this machine of published artifacts that lie in an object store, for who needs their
 * files and not a model to score with. A copy stays at its place, named by its checksum, until
 * others need its room; what lies beside it goes with it.
 */
public final class ModelCopies {
    private static final Logger LOG = LoggerFactory.getLogger(ModelCopies.class);
    private static final long MEBIBYTE = 1 << 20;

    private final Path directory;
    private final long mostBytes;

    /**
     * @param directory made with the first copy
     * @param mostMebibytes of all copies together, and of one
     */
    public ModelCopies(Path directory, int mostMebibytes) {
        this.directory = directory;
        mostBytes = mostMebibytes * MEBIBYTE;
    }

    private ModelCache cache() throws IOException {
        FlinkFileSystems.initialize();
        return new ModelCache(directory, mostBytes, Clock.systemUTC());
    }

    /**
     * The copy of what was published at {@code uri}, fetched where it is not there, or not whole
     * any more.
     *
     * @throws IOException where it cannot be read, is no artifact, or not the one with that
     *     checksum
     */
    public Path of(String uri, String sha256) throws IOException {
        ModelCache cache = cache();
        Path kept = cache.find(sha256);
        if (kept != null) {
            if (isWhole(kept, sha256)) {
                return kept;
            }
            LOG.warn("{} has changed since it was copied: it is fetched again", kept);
            cache.drop(kept);
        }
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

    private static boolean isWhole(Path copy, String sha256) {
        try {
            return ModelReader.read(copy).checksum().equals(sha256);
        } catch (IOException e) {
            LOG.debug("{} cannot be read", copy, e);
            return false;
        }
    }

    /**
     * Copies a file that lies beside the artifact at {@code uri} to its place beside {@code copy},
     * all of it or nothing; nothing where there is none, or where it is there.
     *
     * @param suffix of the artifact's own name
     */
    public void beside(String uri, String suffix, Path copy) throws IOException {
        Path target = besideCopy(copy, suffix);
        if (Files.exists(target)) {
            return;
        }
        cache();
        var from = new org.apache.flink.core.fs.Path(sibling(uri, suffix));
        FileSystem files = from.getFileSystem();
        if (files.exists(from)) {
            try (InputStream in = files.open(from)) {
                copy(in, target);
            }
        }
    }

    static void copy(InputStream in, Path target) throws IOException {
        try (CompleteFile file = CompleteFile.create(target)) {
            in.transferTo(file.stream());
            file.complete();
        }
    }

    /** The same of a directory. */
    public void directoryBeside(String uri, String suffix, Path copy) throws IOException {
        Path target = besideCopy(copy, suffix);
        if (Files.exists(target)) {
            return;
        }
        ModelCache cache = cache();
        String from = sibling(uri, suffix);
        var path = new org.apache.flink.core.fs.Path(from);
        if (path.getFileSystem().exists(path)) {
            Path incoming = cache.fetch(from, Pace.FULL);
            try {
                cache.keep(incoming, target.getFileName().toString());
            } catch (IOException | RuntimeException e) {
                cache.drop(incoming);
                throw e;
            }
        }
    }

    private static Path besideCopy(Path copy, String suffix) {
        return copy.resolveSibling(copy.getFileName() + suffix);
    }

    private static String sibling(String uri, String suffix) {
        return uri.replaceAll("/+$", "") + suffix;
    }
}
