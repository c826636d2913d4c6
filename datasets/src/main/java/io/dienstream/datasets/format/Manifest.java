package io.dienstream.datasets.format;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.dienstream.dien.file.NamedOutput;
import io.dienstream.dien.model.ModelConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * {@code manifest.json} of a data set: what is in it and how it came about.
 *
 * @param format {@link #FORMAT}
 * @param name of the data set
 * @param behaviorFields fields of a behavior, with the embedding each is looked up in
 * @param adFields fields of a candidate
 * @param userFields fields of the user
 * @param contextFields fields of the context
 * @param maxLength L of the retention rule that cut the histories
 * @param settings how it was prepared: positions, split, seeds, negatives
 * @param splits counts by {@link Split#key}
 * @param vocabularies ids by embedding
 * @param sources the files it was made of
 * @param refusedLines lines of the sources that were refused
 */
public record Manifest(
        String format,
        String name,
        @JsonProperty("behavior_fields") List<ModelConfig.Field> behaviorFields,
        @JsonProperty("ad_fields") List<ModelConfig.Field> adFields,
        @JsonProperty("user_fields") List<ModelConfig.Field> userFields,
        @JsonProperty("context_fields") List<ModelConfig.Field> contextFields,
        @JsonProperty("max_length") int maxLength,
        Map<String, String> settings,
        Map<String, Counts> splits,
        Map<String, Integer> vocabularies,
        List<Source> sources,
        @JsonProperty("refused_lines") long refusedLines) {

    /** The only format so far. */
    public static final String FORMAT = "dien-dataset/1";

    public static final String FILE = "manifest.json";

    private static final ObjectMapper MAPPER = JsonMapper.builder().build();

    /**
     * @param requests records in the files
     * @param examples candidates, each with a label
     * @param clicks examples with label 1
     * @param behaviors behaviors in all histories
     */
    public record Counts(long requests, long examples, long clicks, long behaviors) {}

    /**
     * @param file its name, or a topic's partition with the offsets that were read
     * @param bytes its size; 0 of a pipe
     * @param sha256 hexadecimal; empty of a pipe
     */
    public record Source(String file, long bytes, String sha256) {
        /** What {@code path} holds now, under {@code name}; of a pipe nothing is known. */
        public static Source of(Path path, String name) throws IOException {
            return Files.isRegularFile(path)
                    ? new Source(name, Files.size(path), Sha256.of(path))
                    : new Source(name, 0, "");
        }
    }

    static Manifest read(Path directory) throws IOException {
        Path file = directory.resolve(FILE);
        if (!Files.isRegularFile(file)) {
            throw new DatasetException(
                    file, "is missing; a data set is made by dien prepare, see --help");
        }
        Manifest manifest;
        try {
            manifest = MAPPER.readValue(file.toFile(), Manifest.class);
        } catch (com.fasterxml.jackson.core.JsonProcessingException e) {
            throw new DatasetException(file, "is no manifest: " + e.getOriginalMessage(), e);
        }
        if (!FORMAT.equals(manifest.format())) {
            throw new DatasetException(file, "format '" + manifest.format() + "' is unknown");
        }
        return manifest;
    }

    void write(Path directory) throws IOException {
        writeTo(directory.resolve(FILE));
    }

    /** Writes it to a file of any name. */
    public void writeTo(Path file) throws IOException {
        NamedOutput.write(file, MAPPER.writerWithDefaultPrettyPrinter().writeValueAsString(this));
    }

    /** The counts of a split; zeros where it has none. */
    public Counts counts(Split split) {
        return splits.getOrDefault(split.key(), new Counts(0, 0, 0, 0));
    }
}
