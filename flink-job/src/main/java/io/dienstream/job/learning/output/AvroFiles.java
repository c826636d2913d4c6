package io.dienstream.job.learning.output;

import io.dienstream.job.option.LearningOptions;
import io.dienstream.job.record.OutboundRecord;
import io.dienstream.schema.LabelCorrection;
import io.dienstream.schema.TrainingExample;
import io.dienstream.wire.WireDecoder;
import io.dienstream.wire.WireEncoder;
import io.dienstream.wire.WireException;
import java.io.IOException;
import java.io.Serializable;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Map;
import org.apache.avro.Schema;
import org.apache.avro.file.CodecFactory;
import org.apache.avro.file.DataFileWriter;
import org.apache.avro.generic.GenericDatumWriter;
import org.apache.flink.api.common.serialization.BulkWriter;
import org.apache.flink.api.connector.sink2.Sink;
import org.apache.flink.connector.file.sink.FileSink;
import org.apache.flink.core.fs.FSDataOutputStream;
import org.apache.flink.core.fs.Path;
import org.apache.flink.core.io.SimpleVersionedSerializer;
import org.apache.flink.streaming.api.functions.sink.filesystem.BucketAssigner;
import org.apache.flink.streaming.api.functions.sink.filesystem.OutputFileConfig;
import org.apache.flink.streaming.api.functions.sink.filesystem.bucketassigners.SimpleVersionedStringSerializer;
import org.apache.flink.streaming.api.functions.sink.filesystem.rollingpolicies.OnCheckpointRollingPolicy;

/**
 * Avro container files of messages, exactly once: each is finished by a checkpoint. Below the
 * directory they stand by the hour (UTC) at which labels became final: {@code
 * examples/dt=YYYY-MM-DD/hour=HH} and {@code corrections/...}, a correction in the hour of the
 * example that it corrects. The files' metadata says how they were made: {@code
 * dien.labels.wait-ms}, {@code dien.labels.correction-wait-ms}, {@code
 * dien.examples.negative-rate}, {@code dien.examples.salt}, and of examples {@code
 * dien.labels.click-coverage}, what the file's first one tells.
 */
public final class AvroFiles {
    private static final String COVERAGE = "dien.labels.click-coverage";

    private AvroFiles() {}

    /** Of {@link TrainingExample}s. */
    public static Sink<OutboundRecord> examples(LearningOptions options) {
        return sink(options, "examples", TrainingExample.getClassSchema());
    }

    /** Of {@link LabelCorrection}s. */
    public static Sink<OutboundRecord> corrections(LearningOptions options) {
        return sink(options, "corrections", LabelCorrection.getClassSchema());
    }

    private static Sink<OutboundRecord> sink(LearningOptions options, String name, Schema schema) {
        Path directory = new Path(options.get(LearningOptions.DIRECTORY), name);
        return FileSink.forBulkFormat(directory, new Factory(schema.toString(), metadata(options)))
                .withBucketAssigner(new Hours())
                .withRollingPolicy(OnCheckpointRollingPolicy.build())
                .withOutputFileConfig(
                        OutputFileConfig.builder()
                                .withPartPrefix(name)
                                .withPartSuffix(".avro")
                                .build())
                .build();
    }

    static Map<String, String> metadata(LearningOptions options) {
        return Map.of(
                "dien.labels.wait-ms",
                Long.toString(options.get(LearningOptions.WAIT).toMillis()),
                "dien.labels.correction-wait-ms",
                Long.toString(options.get(LearningOptions.CORRECTION_WAIT).toMillis()),
                "dien.examples.negative-rate",
                options.get(LearningOptions.NEGATIVE_RATE).toString(),
                "dien.examples.salt",
                options.get(LearningOptions.SALT));
    }

    /** Makes writers of one schema. */
    record Factory(String schema, Map<String, String> metadata)
            implements BulkWriter.Factory<OutboundRecord>, Serializable {
        private static final long serialVersionUID = 1;

        @Override
        public BulkWriter<OutboundRecord> create(FSDataOutputStream out) throws IOException {
            return new Writer(new Schema.Parser().parse(schema), metadata, out);
        }
    }

    /** A message's body is a file's datum: both are written with today's schema. */
    private static final class Writer implements BulkWriter<OutboundRecord> {
        private final Schema schema;
        private final Map<String, String> metadata;
        private final FSDataOutputStream out;

        /** Null before the first message, which says what the metadata lacks. */
        private DataFileWriter<Object> file;

        Writer(Schema schema, Map<String, String> metadata, FSDataOutputStream out) {
            this.schema = schema;
            this.metadata = metadata;
            this.out = out;
        }

        private DataFileWriter<Object> begun(byte[] first) throws IOException {
            DataFileWriter<Object> begun = new DataFileWriter<>(new GenericDatumWriter<>());
            begun.setCodec(CodecFactory.deflateCodec(CodecFactory.DEFAULT_DEFLATE_LEVEL));
            metadata.forEach(begun::setMeta);
            Double coverage = coverage(first);
            if (coverage != null) {
                begun.setMeta(COVERAGE, coverage.toString());
            }
            begun.create(schema, out);
            return begun;
        }

        private Double coverage(byte[] message) throws IOException {
            if (!schema.equals(TrainingExample.getClassSchema())) {
                return null;
            }
            try {
                return WireDecoder.of(TrainingExample.class).decode(message).getClickCoverage();
            } catch (WireException e) {
                throw new IOException("an example that was encoded here cannot be read", e);
            }
        }

        @Override
        public void addElement(OutboundRecord record) throws IOException {
            if (file == null) {
                file = begun(record.value());
            }
            int header = WireEncoder.HEADER_BYTES;
            file.appendEncoded(
                    ByteBuffer.wrap(record.value(), header, record.value().length - header));
        }

        @Override
        public void flush() throws IOException {
            if (file != null) {
                file.flush();
            }
        }

        /** Flink closes the stream itself, and wants it open until then. */
        @Override
        public void finish() throws IOException {
            flush();
        }
    }

    /** The hour, UTC, of a message's time. */
    private static final class Hours implements BucketAssigner<OutboundRecord, String> {
        private static final long serialVersionUID = 1;
        private static final DateTimeFormatter HOUR =
                DateTimeFormatter.ofPattern("'dt='uuuu-MM-dd/'hour='HH").withZone(ZoneOffset.UTC);

        @Override
        public String getBucketId(OutboundRecord record, Context context) {
            return HOUR.format(Instant.ofEpochMilli(record.timestamp()));
        }

        @Override
        public SimpleVersionedSerializer<String> getSerializer() {
            return SimpleVersionedStringSerializer.INSTANCE;
        }
    }
}
