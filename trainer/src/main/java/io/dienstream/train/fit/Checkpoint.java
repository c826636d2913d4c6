package io.dienstream.train.fit;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.dienstream.datasets.format.DatasetException;
import io.dienstream.datasets.format.Directories;
import io.dienstream.datasets.format.Sha256;
import io.dienstream.dien.artifact.SafeTensors;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Where a training stands, in a directory {@code step-N} below the checkpoint directory. A newer
 * one takes its final name when it is complete, and only then the older ones go.
 *
 * @param progress numbers
 * @param tensors weights, moments, average and best weights, by name
 */
record Checkpoint(Progress progress, Map<String, float[]> tensors) {
    private static final String PREFIX = "step-";
    private static final String PROGRESS_FILE = "progress.json";
    private static final String TENSORS_FILE = "state.safetensors";
    private static final ObjectMapper MAPPER = new ObjectMapper();

    /**
     * @param settings of the training; another one must not go on from here
     * @param epoch under way, from 0
     * @param batches of it that are done
     * @param steps done in all
     * @param updates of Adam
     * @param loss summed over the epoch's steps so far
     * @param auxiliaryLoss likewise
     * @param examples of the epoch so far
     * @param reports of complete epochs
     * @param curve of the loss; null from a release that had none
     */
    record Progress(
            String settings,
            int epoch,
            long batches,
            long steps,
            long updates,
            double loss,
            @JsonProperty("auxiliary_loss") double auxiliaryLoss,
            long examples,
            List<EpochReport> reports,
            LossCurve.State curve) {}

    void write(Path directory) throws IOException {
        Files.createDirectories(directory);
        Path target = directory.resolve(PREFIX + progress.steps());
        Path temporary = Directories.beginning(directory, ".writing-");
        try {
            MAPPER.writerWithDefaultPrettyPrinter()
                    .writeValue(temporary.resolve(PROGRESS_FILE).toFile(), progress);
            Map<String, int[]> shapes = new LinkedHashMap<>();
            tensors.forEach((name, data) -> shapes.put(name, new int[] {data.length}));
            SafeTensors.write(temporary.resolve(TENSORS_FILE), shapes, tensors);
            Directories.delete(target);
            Files.move(temporary, target, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            throw new IOException(
                    "the checkpoint " + target + " cannot be written: " + e.getMessage(), e);
        } finally {
            Directories.delete(temporary);
        }
        for (Path older : complete(directory)) {
            if (!older.equals(target)) {
                Directories.delete(older);
            }
        }
    }

    /**
     * What the newest complete one below {@code directory} is known by again: SHA-256 of its
     * tensors, hexadecimal.
     *
     * @throws IOException where there is none
     */
    static String sha256(Path directory) throws IOException {
        return Sha256.of(
                newestIn(directory).orElseThrow(() -> none(directory)).resolve(TENSORS_FILE));
    }

    /** That {@code directory} has no checkpoint, where one is needed. */
    static IOException none(Path directory) {
        return new IOException(
                directory + ": holds no checkpoint; dien train --keep-checkpoint leaves one");
    }

    private static Optional<Path> newestIn(Path directory) throws IOException {
        if (!Files.isDirectory(directory)) {
            return Optional.empty();
        }
        List<Path> complete = complete(directory);
        return complete.isEmpty()
                ? Optional.empty()
                : Optional.of(complete.get(complete.size() - 1));
    }

    /** The newest complete one. */
    static Optional<Checkpoint> newest(Path directory) throws IOException {
        Path newest = newestIn(directory).orElse(null);
        if (newest == null) {
            return Optional.empty();
        }
        Path file = newest.resolve(PROGRESS_FILE);
        try {
            Progress progress = MAPPER.readValue(file.toFile(), Progress.class);
            Map<String, float[]> tensors = SafeTensors.read(newest.resolve(TENSORS_FILE));
            return Optional.of(new Checkpoint(progress, tensors));
        } catch (com.fasterxml.jackson.core.JsonProcessingException e) {
            throw new DatasetException(file, "is damaged: " + e.getOriginalMessage(), e);
        }
    }

    private static List<Path> complete(Path directory) throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            return files.filter(f -> f.getFileName().toString().startsWith(PREFIX))
                    .sorted(Comparator.comparingLong(Checkpoint::step))
                    .toList();
        }
    }

    private static long step(Path directory) {
        return Long.parseLong(directory.getFileName().toString().substring(PREFIX.length()));
    }
}
