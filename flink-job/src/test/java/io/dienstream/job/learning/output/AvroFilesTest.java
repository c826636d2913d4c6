package io.dienstream.job.learning.output;

import static org.assertj.core.api.Assertions.assertThat;

import io.dienstream.job.learning.LearningRecords;
import io.dienstream.job.option.LearningOptions;
import io.dienstream.job.record.OutboundRecord;
import io.dienstream.schema.TrainingExample;
import io.dienstream.wire.WireEncoder;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.apache.avro.file.DataFileReader;
import org.apache.avro.specific.SpecificDatumReader;
import org.apache.flink.api.common.serialization.BulkWriter;
import org.apache.flink.core.fs.FSDataOutputStream;
import org.apache.flink.core.fs.FileSystem;
import org.apache.flink.core.fs.local.LocalFileSystem;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AvroFilesTest {
    @TempDir private Path directory;

    private static TrainingExample example(String request, Double coverage) {
        return TrainingExample.newBuilder()
                .setRequestId(request)
                .setUserId("u")
                .setTimestamp(1)
                .setUser(Map.of())
                .setContext(Map.of())
                .setBehaviors(List.of())
                .setCandidates(List.of())
                .setClickCoverage(coverage)
                .build();
    }

    private Path write(String name, TrainingExample... examples) throws IOException {
        Path file = directory.resolve(name);
        var path = new org.apache.flink.core.fs.Path(file.toUri());
        LearningOptions options = LearningRecords.options("examples.negative-rate", "0.5");
        AvroFiles.Factory factory =
                new AvroFiles.Factory(
                        TrainingExample.getClassSchema().toString(), AvroFiles.metadata(options));
        try (FSDataOutputStream out =
                new LocalFileSystem().create(path, FileSystem.WriteMode.NO_OVERWRITE)) {
            BulkWriter<OutboundRecord> writer = factory.create(out);
            WireEncoder<TrainingExample> encoder = new WireEncoder<>(TrainingExample.class);
            for (TrainingExample example : examples) {
                writer.addElement(new OutboundRecord(new byte[0], encoder.encode(example), 1));
            }
            writer.finish();
        }
        return file;
    }

    /**
     * What its first example tells of the clicks that come in time; nothing where it is unknown.
     */
    @Test
    void aFileTellsHowItWasMade() throws IOException {
        Path told = write("told.avro", example("a", 0.997), example("b", 0.5));
        try (var reader =
                new DataFileReader<>(
                        told.toFile(), new SpecificDatumReader<>(TrainingExample.class))) {
            assertThat(reader.getMetaString("dien.labels.click-coverage")).isEqualTo("0.997");
            assertThat(reader.getMetaString("dien.labels.wait-ms")).isEqualTo("1800000");
            assertThat(reader.getMetaString("dien.examples.negative-rate")).isEqualTo("0.5");
            assertThat(reader.next().getRequestId()).isEqualTo("a");
            assertThat(reader.next().getRequestId()).isEqualTo("b");
            assertThat(reader.hasNext()).isFalse();
        }
        Path untold = write("untold.avro", example("a", null));
        try (var reader =
                new DataFileReader<>(
                        untold.toFile(), new SpecificDatumReader<>(TrainingExample.class))) {
            assertThat(reader.getMeta("dien.labels.click-coverage")).isNull();
            assertThat(reader.hasNext()).isTrue();
        }
    }
}
