package io.dienstream.datasets.format;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.dienstream.dien.file.TextReader;
import io.dienstream.schema.TrainingExample;
import io.dienstream.wire.WireLimits;
import java.io.BufferedReader;
import java.io.EOFException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.avro.AvroRuntimeException;
import org.apache.avro.file.DataFileReader;
import org.apache.avro.specific.SpecificDatumReader;

/** A prepared data set in a directory. Examples are streamed from disk, never held as a whole. */
public final class Dataset {
    static {
        WireLimits.apply();
    }

    private static final ObjectMapper MAPPER = new ObjectMapper();

    private final Path directory;
    private final Manifest manifest;

    private Dataset(Path directory, Manifest manifest) {
        this.directory = directory;
        this.manifest = manifest;
    }

    /** What takes the examples, one after the other. */
    @FunctionalInterface
    public interface Consumer {
        void accept(TrainingExample example) throws IOException;
    }

    /**
     * @throws DatasetException where the directory is no data set, or vocabularies do not fit
     */
    public static Dataset open(Path directory) throws IOException {
        Dataset dataset = new Dataset(directory, Manifest.read(directory));
        for (Map.Entry<String, Integer> v : dataset.manifest.vocabularies().entrySet()) {
            Path file = dataset.vocabularyFile(v.getKey());
            if (!Files.isRegularFile(file)) {
                throw new DatasetException(file, "the vocabulary is missing");
            }
            int lines = TextReader.lines(file).size();
            if (lines != v.getValue()) {
                throw new DatasetException(file, lines + " ids, the manifest says " + v.getValue());
            }
        }
        return dataset;
    }

    public Manifest manifest() {
        return manifest;
    }

    private Path vocabularyFile(String name) {
        return directory.resolve("vocabulary").resolve(name + ".txt");
    }

    /** Ids by embedding; element k of a list is row k + 1. */
    public Map<String, List<String>> vocabularies() throws IOException {
        Map<String, List<String>> result = new LinkedHashMap<>();
        for (String name : manifest.vocabularies().keySet()) {
            result.put(name, TextReader.lines(vocabularyFile(name)));
        }
        return result;
    }

    /**
     * What negatives are drawn from; empty for a data set of real impressions without behaviors.
     */
    public List<CatalogEntry> catalog() throws IOException {
        Path file = directory.resolve(DatasetWriter.CATALOG_FILE);
        List<CatalogEntry> entries = new ArrayList<>();
        try (BufferedReader reader = Files.newBufferedReader(file, StandardCharsets.UTF_8)) {
            for (String line = reader.readLine(); line != null; line = reader.readLine()) {
                entries.add(MAPPER.readValue(line, CatalogEntry.class));
            }
        } catch (JsonProcessingException e) {
            throw new DatasetException(file, "line " + (entries.size() + 1) + " is damaged", e);
        }
        return entries;
    }

    /** The container files of a split, in name order. */
    public List<Path> files(Split split) throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            return files.filter(f -> f.getFileName().toString().startsWith(split.key() + "-"))
                    .sorted()
                    .toList();
        }
    }

    /**
     * Hands every example of a split to {@code consumer}, files in name order.
     *
     * @throws DatasetException where a file is damaged or examples are missing
     */
    public void forEach(Split split, Consumer consumer) throws IOException {
        forEach(split, files(split), consumer);
    }

    /** Like the other, with the split's files in the given order. */
    public void forEach(Split split, List<Path> files, Consumer consumer) throws IOException {
        long read = 0;
        for (Path file : files) {
            read += read(file, consumer);
        }
        long expected = manifest.counts(split).requests();
        if (read != expected) {
            // Avro takes a container that was cut off between blocks for a whole one.
            throw new DatasetException(
                    directory,
                    "the %s files hold %d requests, the manifest says %d: files are missing or cut off"
                            .formatted(split.key(), read, expected));
        }
    }

    private static long read(Path file, Consumer consumer) throws IOException {
        long read = 0;
        SpecificDatumReader<TrainingExample> datum =
                new SpecificDatumReader<>(TrainingExample.class);
        try (DataFileReader<TrainingExample> reader = new DataFileReader<>(file.toFile(), datum)) {
            TrainingExample example = null;
            while (reader.hasNext()) {
                example = reader.next(example);
                consumer.accept(example);
                read++;
            }
        } catch (AvroRuntimeException | EOFException e) {
            throw new DatasetException(file, "is damaged after " + read + " requests", e);
        }
        return read;
    }
}
