package io.dienstream.datasets.served;

import io.dienstream.schema.LabelCorrection;
import io.dienstream.schema.LabeledCandidate;
import io.dienstream.schema.ServedBehavior;
import io.dienstream.schema.TrainingExample;
import io.dienstream.wire.OfflineExample;
import io.dienstream.wire.WireLimits;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.avro.file.CodecFactory;
import org.apache.avro.file.DataFileWriter;
import org.apache.avro.specific.SpecificDatumWriter;
import org.apache.avro.specific.SpecificRecordBase;

/** Files as the learning job's sink leaves them. */
public final class SinkFiles {
    static {
        WireLimits.apply();
    }

    /** W, ms. */
    public static final long WAIT = 1_800_000;

    private SinkFiles() {}

    /** Writes a container file of records of one kind. */
    public static Path write(Path file, List<? extends SpecificRecordBase> records)
            throws IOException {
        return write(file, records, null);
    }

    /**
     * Likewise.
     *
     * @param correctionWaitMs W2, which the file tells
     */
    static Path write(
            Path file, List<? extends SpecificRecordBase> records, String correctionWaitMs)
            throws IOException {
        Files.createDirectories(file.getParent());
        var schema = records.get(0).getSchema();
        try (DataFileWriter<SpecificRecordBase> writer =
                new DataFileWriter<>(new SpecificDatumWriter<>(schema))) {
            writer.setCodec(CodecFactory.deflateCodec(1));
            if (correctionWaitMs != null) {
                writer.setMeta("dien.labels.correction-wait-ms", correctionWaitMs);
            }
            writer.create(schema, file.toFile());
            for (SpecificRecordBase item : records) {
                writer.append(item);
            }
        }
        return file;
    }

    /** An example of candidates a, b, ..., each clicked or not. */
    public static TrainingExample example(String request, long time, boolean... clicked) {
        List<LabeledCandidate> candidates = new ArrayList<>();
        for (int n = 0; n < clicked.length; n++) {
            String ad = String.valueOf((char) ('a' + n));
            candidates.add(
                    OfflineExample.candidate(
                            ad, Map.of("item", ad, "category", "c"), clicked[n], false));
        }
        return served(
                OfflineExample.of(
                        request,
                        "u" + request,
                        time,
                        Map.of(),
                        Map.of(),
                        List.of(new ServedBehavior(time - 1, Map.of("item", "z", "category", "c"))),
                        candidates,
                        "1"));
    }

    /** The same with what a job adds: shown at once, final after W. */
    public static TrainingExample served(TrainingExample example) {
        example.setClosedAt(example.getTimestamp() + WAIT);
        for (LabeledCandidate c : example.getCandidates()) {
            c.setImpressedAt(example.getTimestamp());
            c.setClickedAt(c.getClicked() ? example.getTimestamp() + 1000 : null);
        }
        return example;
    }

    /** A click on {@code ad} after the example was final. */
    public static LabelCorrection correction(TrainingExample example, String ad, int revision) {
        return LabelCorrection.newBuilder()
                .setRequestId(example.getRequestId())
                .setAdId(ad)
                .setUserId(example.getUserId())
                .setClickedAt(example.getClosedAt() + revision)
                .setRevision(revision)
                .setImpressedAt(example.getTimestamp())
                .setClosedAt(example.getClosedAt())
                .build();
    }
}
