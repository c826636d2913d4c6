package io.dienstream.datasets.served;

import io.dienstream.datasets.format.DatasetException;
import io.dienstream.datasets.format.Manifest;
import io.dienstream.datasets.format.SourceFiles;
import io.dienstream.schema.LabelCorrection;
import io.dienstream.schema.TrainingExample;
import io.dienstream.wire.WireLimits;
import java.io.EOFException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.apache.avro.AvroRuntimeException;
import org.apache.avro.Schema;
import org.apache.avro.file.DataFileReader;
import org.apache.avro.generic.GenericDatumReader;
import org.apache.avro.specific.SpecificDatumReader;
import org.apache.avro.specific.SpecificRecord;

/**
 * The files of the learning job's sink: Avro containers of {@link TrainingExample} and of {@link
 * LabelCorrection}, in whatever directories below. What a file holds is told by its own schema.
 * Files whose name, or a directory of which, begins with a dot or an underscore are still being
 * written. The files are listed once: what comes later is of the next training.
 */
public final class SinkDirectory implements ServedSource {
    static {
        WireLimits.apply();
    }

    private static final String SUFFIX = ".avro";
    private static final String CORRECTION_WAIT = "dien.labels.correction-wait-ms";

    private final Path root;
    private final long mostBad;
    private final List<Path> files;
    private Long correctionWaitMs;

    private SinkDirectory(Path root, long mostBad, List<Path> files) {
        this.root = root;
        this.mostBad = mostBad;
        this.files = files;
    }

    /**
     * @param mostBad files that may be damaged
     * @throws DatasetException where there are no files
     */
    public static SinkDirectory open(Path root, long mostBad) throws IOException {
        return open(root, mostBad, null);
    }

    /**
     * Likewise.
     *
     * @param only the files to read, as {@link #sources} told of them; null for all
     * @throws DatasetException where there are no files, or one is not what it was
     */
    public static SinkDirectory open(Path root, long mostBad, List<Manifest.Source> only)
            throws IOException {
        List<Path> files = only == null ? files(root) : SourceFiles.same(root, only);
        if (files.isEmpty()) {
            throw new DatasetException(
                    root,
                    "is neither a data set (no manifest.json) nor a learning job's directory (no *.avro below it)");
        }
        return new SinkDirectory(root, mostBad, files);
    }

    private static List<Path> files(Path root) throws IOException {
        try (Stream<Path> walk = Files.walk(root)) {
            return walk.filter(f -> isComplete(root.relativize(f)))
                    .filter(Files::isRegularFile)
                    .sorted()
                    .toList();
        }
    }

    /**
     * Whether a file is one of the sink's and nobody writes to it any more.
     *
     * @param relative to the sink's directory
     */
    public static boolean isComplete(Path relative) {
        if (!relative.toString().endsWith(SUFFIX)) {
            return false;
        }
        for (Path part : relative) {
            String name = part.toString();
            if (name.startsWith(".") || name.startsWith("_")) {
                return false;
            }
        }
        return true;
    }

    @Override
    public long read(Consumer consumer) throws IOException {
        long bad = 0;
        for (Path file : files) {
            try {
                read(file, consumer);
            } catch (DatasetException e) {
                bad++;
                if (bad > mostBad) {
                    throw e;
                }
            }
        }
        return bad;
    }

    /**
     * @throws DatasetException where the file is damaged: what came before was handed on
     */
    private void read(Path file, Consumer consumer) throws IOException {
        switch (schema(file).getName()) {
            case "TrainingExample" -> read(file, TrainingExample.class, consumer::example);
            case "LabelCorrection" -> read(file, LabelCorrection.class, consumer::correction);
            default ->
                    throw new DatasetException(
                            file, "holds neither training examples nor label corrections");
        }
    }

    private Schema schema(Path file) throws IOException {
        try (DataFileReader<Object> reader =
                new DataFileReader<>(file.toFile(), new GenericDatumReader<>())) {
            String wait = reader.getMetaString(CORRECTION_WAIT);
            if (wait != null) {
                tellWait(file, wait);
            }
            return reader.getSchema();
        } catch (DatasetException e) {
            throw e;
        } catch (IOException | AvroRuntimeException e) {
            throw new DatasetException(file, "is no Avro container, or was cut off", e);
        }
    }

    private void tellWait(Path file, String wait) throws DatasetException {
        try {
            long told = Long.parseLong(wait);
            correctionWaitMs = correctionWaitMs == null ? told : Math.max(correctionWaitMs, told);
        } catch (NumberFormatException e) {
            throw new DatasetException(
                    file, "has " + CORRECTION_WAIT + " = '" + wait + "', no number of ms", e);
        }
    }

    @FunctionalInterface
    private interface Records<T> {
        void accept(T item) throws IOException;
    }

    private static <T extends SpecificRecord> void read(Path file, Class<T> type, Records<T> to)
            throws IOException {
        long read = 0;
        try (DataFileReader<T> reader =
                new DataFileReader<>(file.toFile(), new SpecificDatumReader<>(type))) {
            while (reader.hasNext()) {
                T item = reader.next();
                to.accept(item);
                read++;
            }
            // to Avro a file that is cut off within a block has merely ended
            if (reader.previousSync() != Files.size(file)) {
                throw new EOFException("it ends within a block");
            }
        } catch (AvroRuntimeException | EOFException e) {
            throw new DatasetException(
                    file,
                    "is damaged or was cut off after %,d records; --max-bad-files lets such files be taken as far as they go"
                            .formatted(read),
                    e);
        }
    }

    @Override
    public Long correctionWaitMs() {
        return correctionWaitMs;
    }

    @Override
    public List<Manifest.Source> sources() throws IOException {
        return SourceFiles.describe(root, files);
    }
}
