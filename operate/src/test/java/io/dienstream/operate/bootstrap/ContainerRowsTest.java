package io.dienstream.operate.bootstrap;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import blue.strategic.parquet.ParquetWriter;
import io.dienstream.datasets.log.LineException;
import io.dienstream.datasets.log.LineIds;
import io.dienstream.schema.Behavior;
import io.dienstream.wire.WireEncoder;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.avro.file.CodecFactory;
import org.apache.avro.file.DataFileWriter;
import org.apache.avro.specific.SpecificDatumWriter;
import org.apache.parquet.schema.MessageType;
import org.apache.parquet.schema.MessageTypeParser;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Containers as other writers make them. */
class ContainerRowsTest {
    @TempDir private Path directory;

    /** As for a file of records: the wire tells Avro which classes a schema may name. */
    @BeforeAll
    static void trust() {
        assertThat(new WireEncoder<>(Behavior.class)).isNotNull();
    }

    private Path parquet() throws IOException {
        Path file = directory.resolve("log.parquet");
        MessageType schema =
                MessageTypeParser.parseMessageType(
                        "message m { required binary user_id (UTF8); required int64 timestamp; required binary item (UTF8); }");
        try (ParquetWriter<String> writer =
                ParquetWriter.writeFile(
                        schema,
                        file.toFile(),
                        (item, values) -> {
                            values.write("user_id", "u");
                            values.write("timestamp", 5L);
                            values.write("item", item);
                        })) {
            writer.write("A");
        }
        return file;
    }

    private static List<Behavior> read(LogRows<Behavior> rows) throws Exception {
        List<Behavior> read = new ArrayList<>();
        try (rows) {
            while (rows.hasNext()) {
                read.add(rows.next());
            }
        }
        return read;
    }

    @Test
    void columnsOfBytesAreTextOrABadRow() throws LineException {
        assertThat(ParquetRows.text("item", "0x38")).isEqualTo("8");
        assertThat(ParquetRows.text("item", "0xC3A438")).isEqualTo("\u00e48");
        assertThatThrownBy(() -> ParquetRows.text("item", "0xE4"))
                .isInstanceOf(LineException.class)
                .hasMessage("column 'item' is no UTF-8 text");
    }

    /** The codec of each column in the footer, by the numbers of Parquet's format. */
    @ParameterizedTest
    @CsvSource({"GZIP, 2", "LZO, 3", "BROTLI, 4"})
    void aCompressionThatParquetIsNotReadWithIsNamed(String name, int codec) throws Exception {
        Path file = parquet();
        assertThat(read(new ParquetRows(file, LineIds.of(file)))).hasSize(1);
        byte[] bytes = Files.readAllBytes(file);
        int patched = 0;
        for (int at = 1; at < bytes.length - 1; at++) {
            // thrift: field 4, a 32 bit number, is SNAPPY; field 5, a 64 bit number, follows
            if (bytes[at - 1] == 0x15 && bytes[at] == 2 && bytes[at + 1] == 0x16) {
                bytes[at] = (byte) (2 * codec);
                patched++;
            }
        }
        assertThat(patched).isEqualTo(3);
        Files.write(file, bytes);
        assertThatThrownBy(() -> read(new ParquetRows(file, LineIds.of(file))))
                .isInstanceOf(IOException.class)
                .hasMessageContaining(name);
    }

    @ParameterizedTest
    @CsvSource({"bzip2", "xz", "lzma"})
    void aCompressionThatAvroIsNotReadWithIsNamed(String codec) throws Exception {
        Path file = directory.resolve("log.avro");
        var datum = new SpecificDatumWriter<>(Behavior.class);
        try (DataFileWriter<Behavior> writer = new DataFileWriter<>(datum)) {
            writer.setCodec(CodecFactory.nullCodec());
            writer.create(Behavior.getClassSchema(), file.toFile());
            writer.append(new Behavior("1", "u", 5L, Map.of("item", "A")));
        }
        assertThat(read(new AvroRows(file))).hasSize(1);
        String bytes = Files.readString(file, StandardCharsets.ISO_8859_1);
        String patched =
                bytes.replace(
                        "avro.codec\bnull", "avro.codec" + (char) (2 * codec.length()) + codec);
        assertThat(patched).isNotEqualTo(bytes);
        Files.writeString(file, patched, StandardCharsets.ISO_8859_1);
        assertThatThrownBy(() -> read(new AvroRows(file)))
                .isInstanceOf(IOException.class)
                .hasMessageContaining(codec);
    }
}
