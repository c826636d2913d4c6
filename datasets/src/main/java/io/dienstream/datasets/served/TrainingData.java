package io.dienstream.datasets.served;

import io.dienstream.cli.Scratch;
import io.dienstream.datasets.format.Dataset;
import io.dienstream.datasets.format.DatasetException;
import io.dienstream.datasets.format.Manifest;
import io.dienstream.datasets.prepare.TimeOrderedSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ServiceLoader;

/**
 * What training and measuring take, whatever lies at a path: a prepared data set as it is; what a
 * learning job has left, in files or topics, as a data set among this process's temporary files.
 *
 * @param data set
 * @param served how it was made of what was served; null for a prepared one
 */
public record TrainingData(Dataset data, ServedDataset served) {
    private static final String SCHEME = "://";

    /**
     * Opens {@code path}.
     *
     * @param path of a directory, or the address of a {@link ServedSourceProvider}
     * @param settings for what was served
     * @param config for the client of a source that is no directory, or null
     * @param mostBad files or records that may be unreadable
     * @throws DatasetException where it is neither
     */
    public static TrainingData open(
            String path, TimeOrderedSettings settings, Path config, long mostBad)
            throws IOException {
        if (!path.contains(SCHEME)) {
            Path directory = Path.of(path);
            boolean isPrepared = Files.isRegularFile(directory.resolve(Manifest.FILE));
            if (isPrepared || !Files.isDirectory(directory)) {
                return new TrainingData(Dataset.open(directory), null);
            }
        }
        ServedSource source = source(path, config, mostBad);
        Path scratch = Scratch.directory("served");
        Path output = scratch.resolve(name(path));
        ServedDataset served = ServedDataset.write(source, settings, scratch, output);
        return new TrainingData(served.data(), served);
    }

    private static ServedSource source(String path, Path config, long mostBad) throws IOException {
        int at = path.indexOf(SCHEME);
        if (at < 0) {
            return SinkDirectory.open(Path.of(path), mostBad);
        }
        String scheme = path.substring(0, at);
        for (ServedSourceProvider provider : ServiceLoader.load(ServedSourceProvider.class)) {
            if (provider.scheme().equals(scheme)) {
                return provider.open(path, config, mostBad);
            }
        }
        throw new IOException(
                "%s: nothing here reads %s://; a directory does, or kafka://HOST:PORT where Kafka's commands are"
                        .formatted(path, scheme));
    }

    /** A name for the data set, the same each time. */
    private static String name(String path) {
        String name = path.replaceAll(".*://", "").replaceAll("[^A-Za-z0-9._-]+", "-");
        return name.isEmpty() || name.startsWith(".") ? "served" + name : name;
    }
}
