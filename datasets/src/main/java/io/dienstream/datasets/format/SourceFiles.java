package io.dienstream.datasets.format;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Files of a training, so that it can be done again from the same ones. */
public final class SourceFiles {
    private SourceFiles() {}

    /** What {@code files} below {@code root} hold now. */
    public static List<Manifest.Source> describe(Path root, List<Path> files) throws IOException {
        List<Manifest.Source> sources = new ArrayList<>();
        for (Path file : files) {
            sources.add(Manifest.Source.of(file, root.relativize(file).toString()));
        }
        return sources;
    }

    /**
     * The files that {@code sources} tell of.
     *
     * @throws DatasetException naming the first that is gone, or has changed
     */
    public static List<Path> same(Path root, List<Manifest.Source> sources) throws IOException {
        List<Path> files = new ArrayList<>();
        for (Manifest.Source source : sources) {
            Path file = root.resolve(source.file()).normalize();
            if (!file.startsWith(root.normalize()) || !Files.isRegularFile(file)) {
                throw new DatasetException(file, "is in the manifest, but not there any more");
            }
            String now = Sha256.of(file);
            if (!now.equals(source.sha256())) {
                throw new DatasetException(
                        file,
                        "has changed: its sha256 is %s, the manifest says %s"
                                .formatted(now, source.sha256()));
            }
            files.add(file);
        }
        return files;
    }
}
