package io.dienstream.datasets.served;

import io.dienstream.cli.Scratch;
import io.dienstream.datasets.format.Dataset;
import io.dienstream.datasets.format.DatasetException;
import io.dienstream.datasets.format.Manifest;
import io.dienstream.datasets.format.SourceFiles;
import io.dienstream.datasets.prepare.TimeOrderedSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.ServiceLoader;
import java.util.stream.Stream;

/**
 * What training and measuring take, whatever lies at a path: a prepared data set as it is; what a
 * learning job has left, in files or topics, as a data set among this process's temporary files.
 *
 * @param data set
 * @param served how it was made of what was served; null for a prepared one
 * @param sources the files, or offsets of topics, that were read
 * @param scratch where it was made, which goes with {@link #close}; null for a prepared one
 */
public record TrainingData(
        Dataset data, ServedDataset served, List<Manifest.Source> sources, Path scratch)
        implements AutoCloseable {
    private static final String SCHEME = "://";

    /**
     * Opens {@code path}.
     *
     * @param path of a directory, or the address of a {@link ServedSourceProvider}
     * @param settings for what was served
     * @param config for the client of a source that is no directory, or null
     * @param mostBad files or records that may be unreadable
     * @param only what to read, as {@link #sources} told of it; null for all there is
     * @throws DatasetException where it is neither, or not what {@code only} says
     */
    public static TrainingData open(
            String path,
            TimeOrderedSettings settings,
            Path config,
            long mostBad,
            List<Manifest.Source> only)
            throws IOException {
        if (!path.contains(SCHEME)) {
            Path directory = Path.of(path);
            boolean isPrepared = Files.isRegularFile(directory.resolve(Manifest.FILE));
            if (isPrepared || !Files.isDirectory(directory)) {
                return prepared(directory, only);
            }
        }
        Path scratch = Scratch.directory("served");
        Path output = scratch.resolve(name(path));
        try {
            ServedSource source =
                    source(
                            new ServedSourceProvider.Reading(
                                    path, config, mostBad, settings.since(), only, scratch));
            ServedDataset served = ServedDataset.write(source, settings, scratch, output);
            return new TrainingData(
                    served.data(), served, served.data().manifest().sources(), scratch);
        } catch (IOException | RuntimeException e) {
            Scratch.remove(scratch);
            throw e;
        }
    }

    /** Removes what was made of what was served: a learner opens one round after round. */
    @Override
    public void close() {
        if (scratch != null) {
            Scratch.remove(scratch);
        }
    }

    private static TrainingData prepared(Path directory, List<Manifest.Source> only)
            throws IOException {
        if (only != null) {
            SourceFiles.same(directory, only);
        }
        Dataset data = Dataset.open(directory);
        try (Stream<Path> walk = Files.walk(directory)) {
            List<Path> files = walk.filter(Files::isRegularFile).sorted().toList();
            return new TrainingData(data, null, SourceFiles.describe(directory, files), null);
        }
    }

    private static ServedSource source(ServedSourceProvider.Reading reading) throws IOException {
        String path = reading.address();
        int at = path.indexOf(SCHEME);
        if (at < 0) {
            return SinkDirectory.open(Path.of(path), reading.mostBad(), reading.only());
        }
        String scheme = path.substring(0, at);
        for (ServedSourceProvider provider : ServiceLoader.load(ServedSourceProvider.class)) {
            if (provider.reads(scheme)) {
                return provider.open(reading);
            }
        }
        throw new IOException(
                "%s: nothing here reads %s://; a directory is read, and kafka://HOST:PORT and s3:// where Kafka's commands are"
                        .formatted(path, scheme));
    }

    /** A name for the data set, the same each time. */
    private static String name(String path) {
        String name = path.replaceAll(".*://", "").replaceAll("[^A-Za-z0-9._-]+", "-");
        return name.isEmpty() || name.startsWith(".") ? "served" + name : name;
    }
}
