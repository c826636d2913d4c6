package io.dienstream.datasets.command;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.dienstream.cli.CommandRun;
import io.dienstream.datasets.format.Dataset;
import io.dienstream.datasets.format.Split;
import io.dienstream.schema.Behavior;
import io.dienstream.schema.TrainingExample;
import java.io.File;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;
import org.apache.avro.file.CodecFactory;
import org.apache.avro.file.DataFileReader;
import org.apache.avro.file.DataFileWriter;
import org.apache.avro.specific.SpecificDatumReader;
import org.apache.avro.specific.SpecificDatumWriter;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code dien erase} on every kind of file that names users. */
class EraseCommandTest {
    private static final String REQUEST =
            "{\"request_id\":\"%s\",\"user_id\":\"%s\",\"timestamp\":5,\"candidates\":[]}";

    @TempDir private Path directory;

    private static CommandRun erase(Object... args) {
        List<Object> all = new ArrayList<>(List.of("erase"));
        all.addAll(List.of(args));
        return CommandRun.of(all.toArray());
    }

    private Path file(String name, String... lines) throws IOException {
        return Files.writeString(directory.resolve(name), String.join("\n", lines) + "\n");
    }

    private void assertNothingBeside() throws IOException {
        try (Stream<Path> files = Files.walk(directory)) {
            assertThat(files.filter(f -> f.getFileName().toString().contains("erasing"))).isEmpty();
        }
    }

    @Test
    void linesOfLogsGoAndTheOthersStayByteByByte() throws IOException {
        Path tabs = directory.resolve("log.tsv");
        byte[] kept = "v\ti\tc\t1\r\n\nu1\ti\u00e9\t\ufffd\t2\n".getBytes(StandardCharsets.UTF_8);
        kept[kept.length - 5] = (byte) 0xff; // no UTF-8, and still theirs
        byte[] theirs = "u\ti\tc\t1\n".getBytes(StandardCharsets.UTF_8);
        try (OutputStream out = Files.newOutputStream(tabs)) {
            out.write(theirs);
            out.write(kept);
            out.write("u\ti\tc\t3\te9".getBytes(StandardCharsets.UTF_8)); // no line end
        }
        Files.setPosixFilePermissions(tabs, PosixFilePermissions.fromString("rw-r-----"));
        CommandRun result = erase("--user", "u", tabs);
        assertThat(result.exitCode()).as(result.err()).isZero();
        assertThat(result.out()).contains("log.tsv: removed 2 of 5");
        assertThat(Files.readAllBytes(tabs)).isEqualTo(kept);
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(tabs)))
                .isEqualTo("rw-r-----");
        assertNothingBeside();
    }

    @Test
    void aByteOrderMarkIsNotPartOfTheFirstUser() throws IOException {
        Path tabs =
                Files.writeString(directory.resolve("log.tsv"), "\uFEFFu\ti\tc\t1\nv\ti\tc\t2\n");
        Path json =
                Files.writeString(
                        directory.resolve("log.jsonl"),
                        "\uFEFF{\"user_id\": \"u\", \"timestamp\": 1, \"item\": \"i\"}\n");
        CommandRun result = erase("--user", "u", tabs, json);
        assertThat(result.exitCode()).as(result.err()).isZero();
        assertThat(tabs).hasContent("v\ti\tc\t2\n");
        assertThat(json).isEmptyFile();
    }

    @Test
    void aFileOfADirectoryThatIsGivenTooIsRefused() throws IOException {
        Path data = Files.createDirectory(directory.resolve("data"));
        Path inner = Files.writeString(data.resolve("log.tsv"), "u\ti\tc\t1\n");
        CommandRun result = erase("--user", "u", data, inner);
        assertThat(result.exitCode()).isEqualTo(1);
        assertThat(result.err()).contains("log.tsv is part of " + data);
        assertThat(inner).hasContent("u\ti\tc\t1\n");
    }

    /** It may be of anybody: it stays, and its number is told. */
    @Test
    void anUnreadableLetterWithoutAKeyIsTold() throws IOException {
        String letter =
                "{\"reason\":\"undecodable\",\"key_base64\":null,\"value_base64\":\"AA==\"}";
        CommandRun result = erase("--user", "u", file("letters.jsonl", letter));
        assertThat(result.exitCode()).isEqualTo(1);
        assertThat(result.err()).contains("letters.jsonl:1: refused: names neither a user nor");
    }

    @Test
    void gzippedLinesOfJsonStayGzipped() throws IOException {
        Path log = directory.resolve("behaviors.jsonl.gz");
        String other = "{\"user_id\": \"v\",  \"timestamp\":1, \"item\": \"u\"}\n";
        try (OutputStream out = new GZIPOutputStream(Files.newOutputStream(log))) {
            out.write(other.getBytes(StandardCharsets.UTF_8));
            out.write(
                    "{\"user_id\":\"\\u0075\",\"timestamp\":1}\n".getBytes(StandardCharsets.UTF_8));
            out.write("{\"user_id\":7,\"timestamp\":1}\n".getBytes(StandardCharsets.UTF_8));
        }
        Path users = file("users", "u", "7");
        assertThat(erase("--users", users, log).exitCode()).isZero();
        try (GZIPInputStream in = new GZIPInputStream(Files.newInputStream(log))) {
            assertThat(new String(in.readAllBytes(), StandardCharsets.UTF_8)).isEqualTo(other);
        }
    }

    @Test
    void answersAndLabelsGoByTheirRequests() throws IOException {
        Path requests = file("r.jsonl", REQUEST.formatted("a", "u"), REQUEST.formatted("b", "v"));
        Path answers = file("a.jsonl", "{\"request_id\":\"a\",\"pctr\":[0.1]}", answer("b"));
        CommandRun alone = erase("--user", "u", answers);
        assertThat(alone.exitCode()).isEqualTo(1);
        assertThat(alone.err()).contains("names requests, not users", "give the log");
        assertThat(erase("--user", "u", answers, requests).exitCode()).isZero();
        assertThat(answers).hasContent(answer("b"));
        assertThat(requests).hasContent(REQUEST.formatted("b", "v"));
    }

    private static String answer(String request) {
        return "{\"request_id\":\"%s\",\"pctr\":[0.2]}".formatted(request);
    }

    /** Then nothing at all is changed: it is known before the first file takes its place. */
    @Test
    void aRequestOfSeveralUsersIsNotGuessed() throws IOException {
        Path requests = file("r.jsonl", REQUEST.formatted("a", "u"), REQUEST.formatted("a", "v"));
        Path answers = file("z.jsonl", answer("a"));
        CommandRun result = erase("--user", "u", requests, answers);
        assertThat(result.exitCode()).isEqualTo(1);
        assertThat(result.err()).contains("z.jsonl", "several users");
        assertThat(requests).content().contains("\"u\"");
        assertNothingBeside();
    }

    @Test
    void deadLettersGoByKeyAndByRecord() throws IOException {
        String key = Base64.getEncoder().encodeToString("u".getBytes(StandardCharsets.UTF_8));
        String other = Base64.getEncoder().encodeToString("v".getBytes(StandardCharsets.UTF_8));
        String letter =
                "{\"reason\":\"late\",\"key_base64\":\"%s\",\"record\":{\"user_id\":\"%s\"}}";
        Path letters =
                file(
                        "dlq.jsonl",
                        "{\"reason\":\"undecodable\",\"key_base64\":\"" + key + "\"}",
                        letter.formatted(other, "u"),
                        letter.formatted(other, "v"));
        assertThat(erase("--user", "u", letters).out()).contains("removed 2 of 3");
        assertThat(letters).hasContent(letter.formatted(other, "v"));
    }

    @Test
    void linesThatNameNobodyStayAndAreTold() throws IOException {
        Path log =
                file("l.jsonl", "{\"reviewerID\":\"u\"}", "{broken", REQUEST.formatted("a", "u"));
        CommandRun result = erase("--user", "u", log);
        assertThat(result.exitCode()).isEqualTo(1);
        assertThat(result.err())
                .contains("l.jsonl:1: refused: names neither a user nor a request; the line stays")
                .contains("l.jsonl:2: refused: is not JSON");
        assertThat(log).hasContent("{\"reviewerID\":\"u\"}\n{broken");
    }

    @Test
    void nothingIsChangedByADryRunOrWhereThereIsNothing() throws IOException {
        Path log = file("l.jsonl", REQUEST.formatted("a", "u"));
        Object key = Files.readAttributes(log, "unix:ino").get("ino");
        assertThat(erase("--user", "u", "--dry-run", log).out()).contains("would remove 1 of 1");
        assertThat(erase("--user", "nobody", log).out()).contains("removed 0 of 1");
        assertThat(log).hasContent(REQUEST.formatted("a", "u"));
        assertThat(Files.readAttributes(log, "unix:ino").get("ino")).isEqualTo(key);
        assertThat(erase(log).exitCode()).isEqualTo(2);
        assertNothingBeside();
    }

    @Test
    void aLinkIsFollowedAndAFileOfTwoNamesRefused() throws IOException {
        Path log = file("l.jsonl", REQUEST.formatted("a", "u"));
        Path link = Files.createSymbolicLink(directory.resolve("link"), log);
        assertThat(erase("--user", "u", link).exitCode()).isZero();
        assertThat(link).isSymbolicLink();
        assertThat(log).isEmptyFile();
        Path other = file("m.jsonl", REQUEST.formatted("a", "u"));
        Files.createLink(directory.resolve("second"), other);
        CommandRun result = erase("--user", "u", other);
        assertThat(result.exitCode()).isEqualTo(1);
        assertThat(result.err()).contains("has 2 names (hard links)");
        assertThat(other).isNotEmptyFile();
    }

    @Test
    void whatAnInterruptedOneLeftBesideIsRemoved() throws IOException {
        Path log = file("l.jsonl", REQUEST.formatted("a", "v"));
        Files.writeString(directory.resolve(".l.jsonl.erasing-123"), REQUEST.formatted("a", "u"));
        assertThat(erase("--user", "u", log).exitCode()).isZero();
        assertNothingBeside();
    }

    @Test
    void recordsOfAContainerGo() throws IOException {
        File file = directory.resolve("behaviors.avro").toFile();
        try (DataFileWriter<Behavior> writer =
                new DataFileWriter<>(new SpecificDatumWriter<>(Behavior.getClassSchema()))) {
            writer.setCodec(CodecFactory.deflateCodec(1)).setMeta("origin", "test");
            writer.create(Behavior.getClassSchema(), file);
            for (int n = 0; n < 300; n++) {
                writer.append(
                        new Behavior("e" + n, "u" + n % 3, (long) n, Map.of("item", "i" + n)));
            }
        }
        assertThat(erase("--user", "u1", file).out()).contains("removed 100 of 300");
        List<Behavior> left = new ArrayList<>();
        try (DataFileReader<Behavior> reader =
                new DataFileReader<>(file, new SpecificDatumReader<>(Behavior.class))) {
            assertThat(reader.getMetaString("avro.codec")).isEqualTo("deflate");
            assertThat(reader.getMetaString("origin")).isEqualTo("test");
            reader.forEach(left::add);
        }
        assertThat(left).hasSize(200).extracting(Behavior::getUserId).doesNotContain("u1");
        assertThat(left.get(199))
                .isEqualTo(new Behavior("e299", "u2", 299L, Map.of("item", "i299")));

        byte[] whole = Files.readAllBytes(file.toPath());
        Files.write(file.toPath(), Arrays.copyOf(whole, whole.length - 9));
        CommandRun damaged = erase("--user", "u2", file);
        assertThat(damaged.exitCode()).isEqualTo(1);
        assertThat(damaged.err()).contains("behaviors.avro");
        assertNothingBeside();
    }

    private Path prepared() throws IOException {
        Path log = directory.resolve("interactions.tsv");
        List<String> lines = new ArrayList<>();
        for (int n = 0; n < 600; n++) {
            lines.add("u%d\ti%d\tc%d\t%d".formatted(n % 30, n % 17, n % 5, 1_600_000_000 + n));
        }
        Files.write(log, lines);
        Path data = directory.resolve("data");
        CommandRun result =
                CommandRun.of("prepare", "interactions", "--input", log, "--output", data);
        assertThat(result.exitCode()).as(result.err()).isZero();
        return data;
    }

    private static List<String> users(Path data) throws IOException {
        Dataset dataset = Dataset.open(data);
        List<String> users = new ArrayList<>();
        for (Split split : Split.values()) {
            dataset.forEach(split, e -> users.add(e.getUserId())); // counts are compared there
        }
        return users;
    }

    @Test
    void examplesOfADataSetGoAndItsManifestSaysSo() throws IOException {
        Path data = prepared();
        List<String> before = users(data);
        assertThat(before).contains("u3", "u4");
        assertThat(erase("--user", "u3", data).exitCode()).isZero();
        List<String> expected = before.stream().filter(u -> !u.equals("u3")).toList();
        assertThat(users(data)).isEqualTo(expected).isNotEqualTo(before);
        assertNothingBeside();
    }

    /** Between two containers that take their place: the mark lets another erasure finish. */
    @Test
    void anInterruptedErasureOfADataSetIsFinishedByTheNext() throws IOException {
        Path data = prepared();
        Path copy = directory.resolve("copy");
        copy(data, copy);
        assertThat(erase("--user", "u3", copy).exitCode()).isZero();
        Path changed;
        try (Stream<Path> files = Files.list(data)) {
            changed = files.filter(f -> differs(f, copy)).sorted().findFirst().orElseThrow();
        }
        Files.copy(
                copy.resolve(changed.getFileName()), changed, StandardCopyOption.REPLACE_EXISTING);
        CommandRun refused = erase("--user", "u3", data);
        assertThat(refused.exitCode()).isEqualTo(1);
        assertThat(refused.err()).contains("files are missing");
        Files.createFile(data.resolve(".erasing"));
        assertThat(erase("--user", "u3", data).exitCode()).isZero();
        assertThat(users(data)).isEqualTo(users(copy));
        assertNothingBeside();
    }

    private static boolean differs(Path file, Path copy) {
        return file.toString().endsWith(".avro")
                && records(file) != records(copy.resolve(file.getFileName()));
    }

    private static long records(Path container) {
        try (DataFileReader<TrainingExample> reader =
                new DataFileReader<>(
                        container.toFile(), new SpecificDatumReader<>(TrainingExample.class))) {
            long records = 0;
            while (reader.hasNext()) {
                reader.next();
                records++;
            }
            return records;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void copy(Path from, Path to) throws IOException {
        try (Stream<Path> files = Files.walk(from)) {
            for (Path file : files.toList()) {
                Files.copy(file, to.resolve(from.relativize(file).toString()));
            }
        }
    }

    @Test
    void anIdThatIsAFeatureIsSaid() throws IOException {
        Path data = prepared();
        Path manifest = data.resolve("manifest.json");
        ObjectMapper json = new ObjectMapper();
        var node = (ObjectNode) json.readTree(manifest.toFile());
        node.set("user_fields", json.readTree("[{\"name\":\"friend\",\"embedding\":\"item\"}]"));
        json.writeValue(manifest.toFile(), node);
        CommandRun result = erase("--user", "i3", data);
        assertThat(result.exitCode()).isEqualTo(1);
        assertThat(result.err()).contains("vocabulary item holds an erased user's id");
    }

    @Test
    void otherFilesAreRefused() throws IOException {
        Path parquet = Files.writeString(directory.resolve("x.parquet"), "PAR1....");
        assertThat(erase("--user", "u", parquet).err()).contains("x.parquet is Parquet");
        assertThat(erase("--user", "u", directory).err()).contains("is no data set");
        assertThat(erase("--user", "u", directory.resolve("no")).exitCode()).isEqualTo(1);
    }
}
