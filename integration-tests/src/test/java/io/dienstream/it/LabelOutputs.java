package io.dienstream.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.dienstream.schema.DeadLetter;
import io.dienstream.schema.LabelCorrection;
import io.dienstream.schema.LabeledCandidate;
import io.dienstream.schema.TrainingExample;
import io.dienstream.wire.WireDecoder;
import io.dienstream.wire.WireException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.apache.avro.file.DataFileReader;
import org.apache.avro.specific.SpecificDatumReader;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/** What the learning job wrote. A second label or correction of an ad fails at once. */
final class LabelOutputs {
    static final String EXAMPLES = "training-examples";
    static final String CORRECTIONS = "label-corrections";
    static final String DEAD_LETTERS = "learning-dead-letters";
    static final List<String> TOPICS = List.of(EXAMPLES, CORRECTIONS, DEAD_LETTERS);

    /** By request/ad. */
    final Map<String, Boolean> labels = new TreeMap<>();

    /** When the click was that corrected, by request/ad. */
    final Map<String, Long> corrected = new TreeMap<>();

    /** Where each of these was found. */
    private final Map<String, String> places = new TreeMap<>();

    /** How many by reason. */
    final Map<String, Integer> refused = new TreeMap<>();

    /** A record of one of {@link #TOPICS}. */
    void accept(ConsumerRecord<byte[], byte[]> record) {
        try {
            switch (record.topic()) {
                case EXAMPLES ->
                        add(
                                WireDecoder.of(TrainingExample.class).decode(record.value()),
                                place(record));
                case CORRECTIONS ->
                        add(
                                WireDecoder.of(LabelCorrection.class).decode(record.value()),
                                place(record));
                case DEAD_LETTERS ->
                        refused.merge(
                                WireDecoder.of(DeadLetter.class).decode(record.value()).getReason(),
                                1,
                                Integer::sum);
                default -> throw new AssertionError("a record of " + record.topic());
            }
        } catch (WireException e) {
            throw new AssertionError(e);
        }
    }

    /** Tells a record that was read twice from one that was written twice. */
    private static String place(ConsumerRecord<byte[], byte[]> record) {
        return "%s-%d@%d, written at %d"
                .formatted(record.topic(), record.partition(), record.offset(), record.timestamp());
    }

    private void add(TrainingExample example, String place) {
        for (LabeledCandidate c : example.getCandidates()) {
            String ad = example.getRequestId() + "/" + c.getAdId();
            String before = places.put(ad, place);
            assertThat(labels.put(ad, c.getClicked()))
                    .as("one label of %s: %s and %s", ad, before, place)
                    .isNull();
        }
    }

    private void add(LabelCorrection c, String place) {
        String ad = c.getRequestId() + "/" + c.getAdId();
        String before = places.put("correction of " + ad, place);
        assertThat(corrected.put(ad, c.getClickedAt()))
                .as("one correction of %s: %s and %s", ad, before, place)
                .isNull();
    }

    /** What is in the finished files below an {@code examples.directory}. */
    static LabelOutputs ofFiles(Path directory) throws IOException {
        LabelOutputs files = new LabelOutputs();
        for (Path file : finished(directory.resolve("examples"))) {
            try (var reader =
                    new DataFileReader<>(
                            file.toFile(), new SpecificDatumReader<>(TrainingExample.class))) {
                reader.forEach(r -> files.add(r, file.toString()));
            }
        }
        for (Path file : finished(directory.resolve("corrections"))) {
            try (var reader =
                    new DataFileReader<>(
                            file.toFile(), new SpecificDatumReader<>(LabelCorrection.class))) {
                reader.forEach(r -> files.add(r, file.toString()));
            }
        }
        return files;
    }

    /** Files of the hours below {@code kind}: those that are not begin with a dot. */
    static List<Path> finished(Path kind) throws IOException {
        try (Stream<Path> files = Files.walk(kind)) {
            List<Path> finished =
                    files.filter(Files::isRegularFile)
                            .filter(f -> !f.getFileName().toString().startsWith("."))
                            .toList();
            assertThat(finished)
                    .isNotEmpty()
                    .allMatch(f -> f.getFileName().toString().endsWith(".avro"));
            return finished;
        }
    }
}
