package io.dienstream.datasets.erase;

import io.dienstream.datasets.format.Dataset;
import io.dienstream.datasets.format.Manifest;
import io.dienstream.datasets.format.Split;
import io.dienstream.dien.model.ModelConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.apache.avro.generic.GenericRecord;

/**
 * A data set: the examples of the users, and what its manifest counts. Every container is complete
 * before the first takes its place. A mark lies in the data set while they do, so that an erasure
 * that was interrupted just then can be finished by another.
 */
final class DatasetErasure implements FileErasure {
    private static final String MARK = ".erasing";

    private final Path directory;
    private final Dataset dataset;
    private final List<Replacement> replacements = new CopyOnWriteArrayList<>();
    private final Map<String, Manifest.Counts> counts = new LinkedHashMap<>();
    private boolean changes;

    DatasetErasure(Path directory) throws IOException {
        this.directory = directory;
        if (!Files.exists(directory.resolve(Manifest.FILE))) {
            throw new IOException(
                    directory
                            + " is no data set; name the files in it that users are taken out of");
        }
        dataset = Dataset.open(directory);
    }

    @Override
    public void learn(ErasedUsers erased) {
        // the log that it was made of names the same requests
    }

    @Override
    public void doubt(ErasedUsers erased) {
        // likewise
    }

    @Override
    public Counts prepare(ErasedUsers erased) throws IOException {
        requireNoRow(erased);
        boolean interrupted = Files.exists(directory.resolve(MARK));
        long all = 0;
        long removed = 0;
        for (Split split : Split.values()) {
            long[] kept = new long[4];
            long requests = 0;
            for (Path file : dataset.files(split)) {
                Replacement replacement = new Replacement(file);
                replacements.add(replacement);
                Counts copied =
                        Containers.copy(
                                file,
                                replacement.temporary(),
                                example -> !erased.contains(Containers.user(example)));
                Containers.forEach(replacement.temporary(), example -> count(example, kept));
                requests += copied.all();
                removed += copied.removed();
            }
            if (requests != dataset.manifest().counts(split).requests() && !interrupted) {
                throw new IOException(
                        "%s: the %s files hold %d requests, the manifest says %d: files are missing"
                                .formatted(
                                        directory,
                                        split.key(),
                                        requests,
                                        dataset.manifest().counts(split).requests()));
            }
            all += requests;
            counts.put(split.key(), new Manifest.Counts(kept[0], kept[1], kept[2], kept[3]));
        }
        Replacement manifest = new Replacement(directory.resolve(Manifest.FILE));
        replacements.add(manifest);
        manifest().writeTo(manifest.temporary());
        changes = removed > 0 || interrupted;
        return new Counts(all, removed);
    }

    /** A model's rows are those of its data set's vocabularies, so none is taken out there. */
    private void requireNoRow(ErasedUsers erased) throws IOException {
        Map<String, List<String>> vocabularies = dataset.vocabularies();
        for (ModelConfig.Field field : dataset.manifest().userFields()) {
            List<String> ids = vocabularies.getOrDefault(field.embedding(), List.of());
            if (ids.stream().anyMatch(erased::contains)) {
                throw new IOException(
                        "%s: vocabulary %s holds an erased user's id as a feature: prepare the data set again without the user, and train again"
                                .formatted(directory, field.embedding()));
            }
        }
    }

    private static void count(GenericRecord example, long[] counts) {
        counts[0]++;
        for (Object candidate : (List<?>) example.get("candidates")) {
            counts[1]++;
            counts[2] += (Boolean) ((GenericRecord) candidate).get("clicked") ? 1 : 0;
        }
        counts[3] += ((List<?>) example.get("behaviors")).size();
    }

    private Manifest manifest() {
        Manifest m = dataset.manifest();
        return new Manifest(
                m.format(),
                m.name(),
                m.behaviorFields(),
                m.adFields(),
                m.userFields(),
                m.contextFields(),
                m.maxLength(),
                m.settings(),
                counts,
                m.vocabularies(),
                m.sources(),
                m.refusedLines());
    }

    @Override
    public void commit() throws IOException {
        if (!changes) {
            return;
        }
        Path mark = directory.resolve(MARK);
        if (!Files.exists(mark)) {
            Files.createFile(mark);
        }
        for (Replacement replacement : replacements) {
            replacement.commit();
        }
        Files.delete(mark);
    }

    @Override
    public void close() throws IOException {
        for (Replacement replacement : replacements) {
            replacement.close();
        }
    }
}
