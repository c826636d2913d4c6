package io.dienstream.train.fit;

import io.dienstream.datasets.format.Dataset;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * Where a training starts.
 *
 * @param vocabularies ids by embedding
 * @param tensors first values of the artifact's tensors; null for random ones
 * @param parent checksum of the artifact that they are of; null for none
 * @param optimizer checkpoints of the training that made it, whose moments of Adam are carried on;
 *     null to begin them anew
 * @param optimizerSha256 of the file that holds these moments, hexadecimal; null where they begin
 *     anew
 */
public record FirstValues(
        Map<String, List<String>> vocabularies,
        Map<String, float[]> tensors,
        String parent,
        Path optimizer,
        String optimizerSha256) {

    /** Random ones, for the ids of {@code data}. */
    public static FirstValues random(Dataset data) throws IOException {
        return new FirstValues(data.vocabularies(), null, null, null, null);
    }

    /**
     * Those of a parent.
     *
     * @param optimizer or null
     * @throws IOException where {@code optimizer} holds no checkpoint
     */
    public static FirstValues of(WarmStart warm, Dataset data, Path optimizer) throws IOException {
        Map<String, List<String>> vocabularies = warm.vocabularies(data.vocabularies());
        return new FirstValues(
                vocabularies,
                warm.tensors(vocabularies, data.catalog()),
                warm.checksum(),
                optimizer,
                optimizer == null ? null : Checkpoint.sha256(optimizer));
    }
}
