package io.dienstream.train.manifest;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.dienstream.datasets.format.Manifest;
import io.dienstream.datasets.prepare.TimeOrderedSettings;
import io.dienstream.dien.file.CompleteFile;
import io.dienstream.train.fit.FirstValues;
import io.dienstream.train.fit.ModelConfigs;
import io.dienstream.train.fit.Recipe;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * {@code OUTPUT.manifest.json}: all that a training was made of. With the same files, libraries and
 * one thread it gives the same artifact, byte for byte.
 *
 * @param format {@link #FORMAT}
 * @param data directory or address of the data
 * @param served how what was served became a data set; null for a prepared one
 * @param sources files below {@code data}, or partitions of a topic with offsets [a, b)
 * @param refused files or records that were left out as unreadable
 * @param labels how final the labels were; null for a prepared data set
 * @param network how the network was sized; null where it is the parent's
 * @param parent what it started from; null where from random values
 * @param name of the model
 * @param version of the model
 * @param recipe with the seed
 * @param threads inside an operation, 0 for the engine's own
 * @param trainedUntil newest impression that training or a choice has seen, ms; null where the data
 *     does not say
 * @param learnedUntil newest impression that the weights have learned from, ms; null likewise
 * @param artifactSha256 of the artifact that came out
 * @param versions of what did it
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record TrainingManifest(
        String format,
        String data,
        TimeOrderedSettings served,
        List<Manifest.Source> sources,
        long refused,
        Labels labels,
        ModelConfigs network,
        Parent parent,
        String name,
        String version,
        Recipe recipe,
        int threads,
        @JsonProperty("trained_until") Long trainedUntil,
        @JsonProperty("learned_until") Long learnedUntil,
        @JsonProperty("artifact_sha256") String artifactSha256,
        Map<String, String> versions) {

    /** The only format so far. */
    public static final String FORMAT = "dien-training/1";

    /** What follows an artifact's name in the name of its manifest. */
    public static final String SUFFIX = ".manifest.json";

    private static final ObjectMapper MAPPER = JsonMapper.builder().build();

    /**
     * @param corrections that were read
     * @param corrected labels that they changed
     * @param repeated examples that came more than once
     * @param waitMs W, the longest from an impression to the end of the wait for its click
     * @param negativeRate w, the smallest with which negatives were kept
     * @param clickCoverage F(W), the lowest that an example tells; null where none does
     * @param correctionWaitMs W2 as it was taken; null in manifests of before
     * @param immature labels that were younger than W2; null likewise
     * @param youngestCoverage the lowest F(e) that a label's weight was made of; null without
     *     weights
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record Labels(
            long corrections,
            long corrected,
            long repeated,
            @JsonProperty("wait_ms") Long waitMs,
            @JsonProperty("negative_rate") double negativeRate,
            @JsonProperty("click_coverage") Double clickCoverage,
            @JsonProperty("correction_wait_ms") Long correctionWaitMs,
            Long immature,
            @JsonProperty("youngest_coverage") Double youngestCoverage) {}

    /**
     * @param artifact where it was
     * @param sha256 of all its files
     * @param uri where it was published; null where it was not, or nobody said
     * @param optimizer whose moments of Adam were carried on; null for none
     * @param optimizerSha256 of the file with these moments; null for none, and in manifests of
     *     before
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record Parent(
            String artifact,
            String sha256,
            String uri,
            String optimizer,
            @JsonProperty("optimizer_sha256") String optimizerSha256) {

        /** The artifact that a training with these first values goes on from. */
        public static Parent of(Path artifact, String uri, FirstValues first) {
            return new Parent(
                    absolute(artifact),
                    first.parent(),
                    uri,
                    first.optimizer() == null ? null : absolute(first.optimizer()),
                    first.optimizerSha256());
        }

        private static String absolute(Path path) {
            return path.toAbsolutePath().normalize().toString();
        }
    }

    /** Where the manifest of an artifact lies. */
    public static Path beside(Path artifact) {
        return artifact.resolveSibling(artifact.getFileName() + SUFFIX);
    }

    /**
     * Reads one.
     *
     * @throws IOException naming the file where it is none
     */
    public static TrainingManifest read(Path file) throws IOException {
        if (!Files.isRegularFile(file)) {
            throw new IOException(file + ": there is no such manifest");
        }
        TrainingManifest manifest;
        try {
            manifest = MAPPER.readValue(file.toFile(), TrainingManifest.class);
        } catch (JsonProcessingException e) {
            throw new IOException(file + ": is no manifest: " + e.getOriginalMessage(), e);
        }
        if (!FORMAT.equals(manifest.format())) {
            throw new IOException(file + ": format '" + manifest.format() + "' is unknown");
        }
        return manifest;
    }

    /** Writes it, all or nothing. */
    public void write(Path file) throws IOException {
        CompleteFile.write(
                file, MAPPER.writerWithDefaultPrettyPrinter().writeValueAsString(this) + "\n");
    }
}
