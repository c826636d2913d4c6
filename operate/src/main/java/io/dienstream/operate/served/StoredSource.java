package io.dienstream.operate.served;

import io.dienstream.datasets.format.DatasetException;
import io.dienstream.datasets.format.Manifest;
import io.dienstream.datasets.served.ServedSource;
import io.dienstream.datasets.served.ServedSourceProvider;
import io.dienstream.datasets.served.SinkDirectory;
import io.dienstream.job.artifact.StoredFiles;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.apache.flink.core.fs.UnsupportedFileSystemSchemeException;

/**
 * The files of the learning job's sink where {@code examples.directory} is in an object store,
 * {@code s3://BUCKET/PREFIX}, or {@code file:///DIRECTORY}; read by Flink's own file systems. They
 * are fetched first, so their bytes must fit beside what training makes of them.
 */
public final class StoredSource implements ServedSourceProvider {
    private static final Set<String> SCHEMES =
            Set.of("s3", "s3a", "s3p", "gs", "abfs", "abfss", "wasb", "wasbs", "oss", "file");

    private static final Pattern HOUR = Pattern.compile("dt=(\\d{4}-\\d\\d-\\d\\d)/hour=(\\d\\d)/");

    @Override
    public boolean reads(String scheme) {
        return SCHEMES.contains(scheme);
    }

    @Override
    public ServedSource open(Reading reading) throws IOException {
        String address = reading.address();
        List<Manifest.Source> only = reading.only();
        Path fetched = Files.createDirectory(reading.scratch().resolve("fetched"));
        try {
            StoredFiles.fetch(address, fetched, wanted(reading.since(), only));
        } catch (FileNotFoundException e) {
            throw new IOException(address + ": there is no such directory", e);
        } catch (UnsupportedFileSystemSchemeException e) {
            throw new IOException(
                    "%s: no file system for %s here; FLINK_PLUGINS_DIR names a directory with Flink's plugin for it"
                            .formatted(address, address.replaceAll("(?<=://).*", "")),
                    e);
        }
        try {
            return new Fetched(
                    address, fetched, SinkDirectory.open(fetched, reading.mostBad(), only));
        } catch (DatasetException e) {
            throw at(address, fetched, e);
        }
    }

    /** Files that have come since the training that is done again are left where they are. */
    private static Predicate<Path> wanted(Long since, List<Manifest.Source> only) {
        if (only == null) {
            return file -> SinkDirectory.isComplete(file) && isNew(file, since);
        }
        Set<Path> names = only.stream().map(s -> Path.of(s.file())).collect(Collectors.toSet());
        return names::contains;
    }

    /**
     * Whether the hour that a file stands in, by when its examples were final, is not over before
     * {@code since}: a round of learning needs no examples that were final before the oldest
     * request that it asks for was made. Files elsewhere are of any time.
     */
    private static boolean isNew(Path file, Long since) {
        Matcher hour = HOUR.matcher(file.toString().replace('\\', '/'));
        if (since == null || !hour.find()) {
            return true;
        }
        try {
            LocalDateTime begin =
                    LocalDate.parse(hour.group(1)).atTime(Integer.parseInt(hour.group(2)), 0);
            return begin.plusHours(1).toInstant(ZoneOffset.UTC).toEpochMilli() > since;
        } catch (DateTimeException e) {
            return true; // somebody else's name
        }
    }

    /** What is wrong with a file is told of the place that it came from. */
    private static IOException at(String address, Path fetched, DatasetException e) {
        return new IOException(e.getMessage().replace(fetched.toString(), address), e);
    }

    private record Fetched(String address, Path directory, SinkDirectory files)
            implements ServedSource {
        @Override
        public long read(Consumer consumer) throws IOException {
            try {
                return files.read(consumer);
            } catch (DatasetException e) {
                throw at(address, directory, e);
            }
        }

        @Override
        public Long correctionWaitMs() {
            return files.correctionWaitMs();
        }

        @Override
        public List<Manifest.Source> sources() throws IOException {
            return files.sources();
        }
    }
}
