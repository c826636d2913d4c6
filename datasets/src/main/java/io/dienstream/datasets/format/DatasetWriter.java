package io.dienstream.datasets.format;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.dienstream.datasets.title.ItemTitles;
import io.dienstream.dien.artifact.Vocabulary;
import io.dienstream.dien.file.NamedOutput;
import io.dienstream.dien.file.OutputDirectory;
import io.dienstream.schema.TrainingExample;
import io.dienstream.wire.WireLimits;
import java.io.IOException;
import java.io.Writer;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.apache.avro.file.CodecFactory;
import org.apache.avro.file.DataFileWriter;
import org.apache.avro.specific.SpecificDatumWriter;

/**
 * Writes a data set: Avro container files of {@link TrainingExample}, vocabularies, the catalog and
 * the manifest. Training requests go to shards at random, so that a reader with a bounded shuffle
 * buffer sees all users mixed. Nothing stands under the final name until all of it is there.
 */
public final class DatasetWriter implements AutoCloseable {
    static {
        WireLimits.apply();
    }

    static final String CATALOG_FILE = "catalog.jsonl";
    private static final int DEFLATE_LEVEL = 1;

    private final Path target;
    private final Path temporary;
    private final SplittableRandom random;
    private final List<DataFileWriter<TrainingExample>> shards = new ArrayList<>();
    private final Map<Split, DataFileWriter<TrainingExample>> others = new EnumMap<>(Split.class);
    private final Map<Split, long[]> counts = new EnumMap<>(Split.class);
    private boolean finished;

    /**
     * @param target directory that must not exist
     * @param trainShards files of the training split
     * @param seed of the shards' draw
     */
    public DatasetWriter(Path target, int trainShards, long seed) throws IOException {
        this.target = target.toAbsolutePath();
        if (Files.exists(this.target)) {
            throw new FileAlreadyExistsException(
                    target.toString(), null, "already exists; remove it or choose another name");
        }
        OutputDirectory.make(this.target.getParent());
        temporary = Directories.beginning(this.target.getParent(), ".preparing-");
        random = new SplittableRandom(seed);
        for (Split split : Split.values()) {
            counts.put(split, new long[4]);
        }
        for (int i = 0; i < trainShards; i++) {
            shards.add(open("%s-%05d.avro".formatted(Split.TRAIN.key(), i)));
        }
        others.put(Split.VALIDATION, open(Split.VALIDATION.key() + "-00000.avro"));
        others.put(Split.TEST, open(Split.TEST.key() + "-00000.avro"));
    }

    private DataFileWriter<TrainingExample> open(String name) throws IOException {
        DataFileWriter<TrainingExample> writer =
                new DataFileWriter<>(new SpecificDatumWriter<>(TrainingExample.getClassSchema()));
        writer.setCodec(CodecFactory.deflateCodec(DEFLATE_LEVEL));
        writer.create(TrainingExample.getClassSchema(), NamedOutput.open(temporary.resolve(name)));
        return writer;
    }

    /** Adds a request to a split. */
    public void write(Split split, TrainingExample example) throws IOException {
        DataFileWriter<TrainingExample> writer =
                split == Split.TRAIN
                        ? shards.get(random.nextInt(shards.size()))
                        : others.get(split);
        writer.append(example);
        long[] count = counts.get(split);
        count[0]++;
        count[1] += example.getCandidates().size();
        count[2] += example.getCandidates().stream().filter(c -> c.getClicked()).count();
        count[3] += example.getBehaviors().size();
    }

    /** Counts so far, as the manifest has them. */
    public Map<String, Manifest.Counts> counts() {
        Map<String, Manifest.Counts> result = new LinkedHashMap<>();
        counts.forEach(
                (split, c) -> result.put(split.key(), new Manifest.Counts(c[0], c[1], c[2], c[3])));
        return result;
    }

    /** Adds what items are called, by the id of the first ad field. */
    public void titles(Map<String, String> titles) throws IOException {
        ItemTitles.write(temporary.resolve(ItemTitles.FILE), titles);
    }

    /**
     * Completes the data set and moves it to its name.
     *
     * @param manifest with {@link #counts}
     * @param vocabularies ids by embedding, most frequent first
     * @param catalog what negatives are drawn from
     */
    public void finish(
            Manifest manifest,
            Map<String, List<String>> vocabularies,
            Iterable<CatalogEntry> catalog)
            throws IOException {
        for (DataFileWriter<TrainingExample> writer : shards) {
            writer.close();
        }
        for (DataFileWriter<TrainingExample> writer : others.values()) {
            writer.close();
        }
        Path directory = Files.createDirectories(temporary.resolve("vocabulary"));
        for (Map.Entry<String, List<String>> v : vocabularies.entrySet()) {
            Vocabulary.write(directory.resolve(v.getKey() + ".txt"), v.getValue());
        }
        ObjectMapper mapper = new ObjectMapper();
        try (Writer out = NamedOutput.writer(temporary.resolve(CATALOG_FILE))) {
            for (CatalogEntry entry : catalog) {
                out.write(mapper.writeValueAsString(entry));
                out.write('\n');
            }
        }
        manifest.write(temporary);
        Files.move(temporary, target, StandardCopyOption.ATOMIC_MOVE);
        finished = true;
    }

    /** Removes what was written unless the data set was finished. */
    @Override
    public void close() throws IOException {
        if (!finished) {
            for (DataFileWriter<TrainingExample> writer : shards) {
                closeQuietly(writer);
            }
            for (DataFileWriter<TrainingExample> writer : others.values()) {
                closeQuietly(writer);
            }
            Directories.delete(temporary);
        }
    }

    private static void closeQuietly(AutoCloseable writer) {
        try {
            writer.close();
        } catch (Exception e) {
            // The reason it is closed unfinished is being thrown already, a full disk for one.
        }
    }
}
