package io.dienstream.datasets.erase;

import io.dienstream.dien.file.NamedOutput;
import io.dienstream.wire.WireLimits;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.apache.avro.AvroRuntimeException;
import org.apache.avro.Schema;
import org.apache.avro.file.CodecFactory;
import org.apache.avro.file.DataFileConstants;
import org.apache.avro.file.DataFileReader;
import org.apache.avro.file.DataFileWriter;
import org.apache.avro.generic.GenericDatumReader;
import org.apache.avro.generic.GenericDatumWriter;
import org.apache.avro.generic.GenericRecord;

/** Avro containers of records that name a user. */
final class Containers {
    private static final String USER = "user_id";

    static {
        WireLimits.apply();
    }

    private Containers() {}

    static String user(GenericRecord record) {
        return String.valueOf(record.get(USER));
    }

    /**
     * Hands every record to {@code consumer}.
     *
     * @throws IOException where the records name no user, or the file is damaged or cut off
     */
    static long forEach(Path file, Consumer<GenericRecord> consumer) throws IOException {
        long records = 0;
        try (DataFileReader<GenericRecord> reader = open(file)) {
            while (reader.hasNext()) {
                consumer.accept(reader.next());
                records++;
            }
            // to Avro a file that is cut off within a block has merely ended
            if (reader.previousSync() != Files.size(file)) {
                throw new IOException(file + " is cut off");
            }
        } catch (AvroRuntimeException e) {
            throw damaged(file, records, e);
        }
        return records;
    }

    /**
     * Writes the records that {@code stays} to {@code to}, under the same schema, codec and
     * metadata, and reads them again.
     *
     * @throws IOException as {@link #forEach}
     */
    static FileErasure.Counts copy(Path from, Path to, Predicate<GenericRecord> stays)
            throws IOException {
        long[] kept = {0};
        long all;
        try (DataFileReader<GenericRecord> reader = open(from);
                DataFileWriter<GenericRecord> writer =
                        new DataFileWriter<>(new GenericDatumWriter<>(reader.getSchema()))) {
            String codec = reader.getMetaString(DataFileConstants.CODEC);
            writer.setCodec(CodecFactory.fromString(codec == null ? "null" : codec));
            for (String key : reader.getMetaKeys()) {
                if (!DataFileWriter.isReservedMeta(key)) {
                    writer.setMeta(key, reader.getMeta(key));
                }
            }
            writer.create(reader.getSchema(), NamedOutput.open(to));
            all =
                    forEach(
                            from,
                            record -> {
                                if (stays.test(record)) {
                                    append(record, writer);
                                    kept[0]++;
                                }
                            });
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
        long found = forEach(to, record -> require(stays.test(record), from));
        require(found == kept[0], from);
        return new FileErasure.Counts(all, all - kept[0]);
    }

    private static void append(GenericRecord record, DataFileWriter<GenericRecord> to) {
        try {
            to.append(record);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void require(boolean good, Path file) {
        if (!good) {
            throw new IllegalStateException("the copy of " + file + " is not what was written");
        }
    }

    private static DataFileReader<GenericRecord> open(Path file) throws IOException {
        DataFileReader<GenericRecord> reader =
                new DataFileReader<>(file.toFile(), new GenericDatumReader<>());
        Schema schema = reader.getSchema();
        if (schema.getType() != Schema.Type.RECORD || schema.getField(USER) == null) {
            reader.close();
            throw new IOException(file + ": its records have no field " + USER);
        }
        return reader;
    }

    private static IOException damaged(Path file, long records, AvroRuntimeException e) {
        return new IOException(
                "%s is damaged after %d records: %s".formatted(file, records, e.getMessage()), e);
    }
}
