package io.dienstream.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.dienstream.cli.CommandRun;
import io.dienstream.dien.Needed;
import io.dienstream.operate.kafka.Topics;
import io.dienstream.sandbox.DemoModel;
import io.dienstream.sandbox.broker.EmbeddedBroker;
import io.dienstream.schema.DeadLetter;
import io.dienstream.wire.WireEncoder;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.stream.Stream;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Every command that writes, where what it writes to takes nothing more: exit code 1, and the
 * disk's error is all that it says. In the commands DIR is a directory of the test's, LOGS are
 * simulated logs, DATA is a data set of them, GOLDEN an artifact with requests, SHIPPED the demo's
 * artifact.
 */
class FullDiskIT {
    private static final Path FULL = Path.of("/dev/full");
    private static final Path GOLDEN =
            Path.of("../dien-model/src/test/resources/golden/dien-bilinear");
    private static final String NO_SPACE = "cannot be written: No space left on device";
    private static final String SMALL =
            " --architecture base --epochs 1 --embedding-width 18 --mlp 8 --threads 1";

    @TempDir private static Path shared;
    @TempDir private Path directory;

    @BeforeAll
    static void logsAndData() throws IOException {
        Needed.here("linux", Files.exists(FULL), "this system has no /dev/full");
        run(shared, "simulate --output LOGS --users 60 --behaviors 4000 --requests 400");
        run(
                shared,
                "prepare impressions --behaviors LOGS/behaviors.jsonl.gz"
                        + " --requests LOGS/requests.jsonl.gz --labels LOGS/truth.jsonl.gz"
                        + " --test-share 0.2 --output DATA");
    }

    private static void run(Path directory, String command) throws IOException {
        CommandRun run = CommandRun.of((Object[]) words(command, directory));
        assertThat(run.exitCode()).as(command + "\n" + run.err()).isZero();
    }

    private static String[] words(String command, Path directory) throws IOException {
        Map<String, String> places =
                Map.of(
                        "DIR", directory.toString(),
                        "LOGS", shared.resolve("logs").toString(),
                        "DATA", shared.resolve("data").toString(),
                        "GOLDEN", GOLDEN.toString(),
                        "SHIPPED", DemoModel.extract().toString());
        return CommandWords.of(command, places);
    }

    /** In the second column the file that is a link to a device that is always full. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "score --model GOLDEN/model --requests GOLDEN/requests.jsonl --output DIR/a | a",
                "explain --model SHIPPED --data DATA --output DIR | attention.svg",
                "explain --model SHIPPED --data DATA --output DIR | attention.png",
                "explain --model SHIPPED --data DATA --output DIR | evolution.svg",
                "explain --model SHIPPED --data DATA --output DIR | evolution.png",
                "explain --model SHIPPED --data DATA --output DIR | explain.html",
                "evaluate --model SHIPPED --data DATA --report DIR | reliability.svg",
                "evaluate --model SHIPPED --data DATA --report DIR | reliability.png",
                "simulate --users 9 --behaviors 90 --requests 9 --shown 2 --output DIR | behaviors.jsonl.gz",
                "simulate --users 9 --behaviors 90 --requests 9 --shown 2 --output DIR | requests.jsonl.gz",
                "simulate --users 9 --behaviors 90 --requests 9 --shown 2 --output DIR | truth.jsonl.gz",
                "simulate --users 9 --behaviors 90 --requests 9 --shown 2 --output DIR | impressions.jsonl.gz",
                "simulate --users 9 --behaviors 90 --requests 9 --shown 2 --output DIR | clicks.jsonl.gz",
                "demo --model SHIPPED --behaviors LOGS/behaviors.jsonl.gz --requests LOGS/requests.jsonl.gz --output DIR/a | a",
                "train --data DATA --output DIR/m" + SMALL + " | m.manifest.json",
                "ablation --data DATA --architectures base --seeds 1 --output DIR"
                        + SMALL
                        + " | ablation.md",
                "ablation --data DATA --architectures base --seeds 1 --output DIR"
                        + SMALL
                        + " | ablation.json",
                "ablation --data DATA --architectures base --seeds 1 --output DIR"
                        + SMALL
                        + " | ablation.png"
            })
    void theErrorOfAFileIsTheCommands(String command, String file) throws IOException {
        Path full = Files.createSymbolicLink(directory.resolve(file), FULL);
        CommandRun run = CommandRun.of((Object[]) words(command, directory));
        assertThat(run.exitCode()).as(run.out() + run.err()).isEqualTo(1);
        assertThat(run.err().lines()).last().isEqualTo("dien: " + full + " " + NO_SPACE);
        assertThat(run.err()).doesNotContain("\tat ");
        if (command.startsWith("ablation")) {
            assertThat(run.out()).as("hours of training").contains("| base ");
        }
    }

    /** Hours of training are not lost with a picture. */
    @ParameterizedTest
    @ValueSource(strings = {"metrics.json", "loss.png", "reliability.svg", "report.html"})
    void anArtifactIsThereWithoutItsReport(String file) throws IOException {
        Path report = Files.createDirectory(directory.resolve("m.report"));
        Path full = Files.createSymbolicLink(report.resolve(file), FULL);
        String command = "train --data DATA --output DIR/m" + SMALL;
        CommandRun run = CommandRun.of((Object[]) words(command, directory));
        assertThat(run.exitCode()).as(run.out() + run.err()).isEqualTo(1);
        assertThat(run.err().lines())
                .last()
                .isEqualTo("dien: the report is incomplete: " + full + " " + NO_SPACE);
        assertThat(run.out()).contains("base in " + directory.resolve("m"));
        run(directory, "model verify DIR/m");
        assertThat(directory.resolve("m.checkpoint")).doesNotExist();
    }

    /** What stands in a directory that is moved into its place is no file of a known name. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "simulate --users 60 --behaviors 4000 --requests 400 --output DIR/logs",
                "score --model SHIPPED --requests LOGS/requests.jsonl.gz --output DIR/answers",
                "prepare impressions --behaviors LOGS/behaviors.jsonl.gz --requests LOGS/requests.jsonl.gz"
                        + " --labels LOGS/truth.jsonl.gz --output DIR/data",
                "prepare interactions --input LOGS/behaviors.jsonl.gz --output DIR/data",
                "train --data DATA --output DIR/m" + SMALL,
            })
    void nothingIsLeftOfWhatCouldNotBeWrittenWhole(String command) throws Exception {
        // the engine's own libraries lie where they are found, before files have to be short
        if (command.startsWith("train")) {
            run(directory, "train --data DATA --output DIR/before" + SMALL);
        }
        List<Path> before = files();
        try (CommandProcess process =
                CommandProcess.withShortFiles(directory, words(command, directory))) {
            int exitCode = process.exitCode();
            String output = process.output();
            assertThat(exitCode).as(output).isEqualTo(1);
            assertThat(output.lines().toList())
                    .last()
                    .asString()
                    .startsWith("dien: ")
                    .endsWith(" cannot be written: File too large");
            assertThat(output).doesNotContain("\tat ");
        }
        assertThat(files()).isEqualTo(before);
    }

    /** Of the test's directory, without what a process prints and its temporary directory. */
    private List<Path> files() throws IOException {
        try (Stream<Path> files = Files.walk(directory)) {
            return files.filter(f -> Files.isRegularFile(f) && !f.toString().endsWith(".log"))
                    .sorted()
                    .toList();
        }
    }

    @Test
    void whatIsErasedStaysWhereThereIsNoPlaceForTheRest() throws Exception {
        Path log = directory.resolve("behaviors.jsonl");
        StringBuilder text = new StringBuilder();
        for (int n = 0; n < 1000; n++) {
            text.append(
                    "{\"user_id\":\"u%d\",\"event_id\":\"e%d\",\"timestamp\":%d,\"item\":\"i\"}%n"
                            .formatted(n % 9, n, 1_700_000_000_000L + n));
        }
        Files.writeString(log, text);
        String command = "erase --user u1 DIR/behaviors.jsonl";
        try (CommandProcess process =
                CommandProcess.withShortFiles(directory, words(command, directory))) {
            assertThat(process.exitCode()).as(process.output()).isEqualTo(1);
            assertThat(process.output())
                    .endsWith(" cannot be written: File too large\n")
                    .doesNotContain("\tat ");
        }
        assertThat(log).hasContent(text.toString());
        assertThat(files()).containsExactly(log);
    }

    @Test
    void aSavepointThatIsNotWholeIsNone() throws Exception {
        run(
                directory,
                "bootstrap --model SHIPPED --behaviors LOGS/behaviors.jsonl.gz"
                        + " --savepoint DIR/savepoint");
        List<Path> before = files();
        String command = "savepoint detach --savepoint DIR/savepoint --output DIR/detached";
        try (CommandProcess process =
                CommandProcess.withShortFiles(directory, words(command, directory))) {
            assertThat(process.exitCode()).as(process.output()).isEqualTo(1);
            assertThat(process.output())
                    .contains("detached was not written: ", "File too large")
                    .doesNotContain("\tat ");
        }
        assertThat(files()).isEqualTo(before);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "--help",
                "completion bash",
                "model inspect --json SHIPPED",
                "model verify SHIPPED",
                "evaluate --model SHIPPED --data DATA --json",
                "score --model GOLDEN/model --requests GOLDEN/requests.jsonl --output /dev/stdout",
                "simulate --users 9 --behaviors 90 --requests 9 --output DIR/logs"
            })
    void whatCouldNotBePrintedFailsTheCommand(String command) throws Exception {
        assertFailsAtStandardOutput(command);
    }

    private void assertFailsAtStandardOutput(String command) throws Exception {
        try (CommandProcess process =
                CommandProcess.printingTo(FULL, directory, words(command, directory))) {
            assertThat(process.exitCode()).as(command + "\n" + process.output()).isEqualTo(1);
            assertThat(process.output().lines().toList())
                    .as(command)
                    .last()
                    .asString()
                    .matches("dien: (standard output|/dev/stdout) " + NO_SPACE);
        }
    }

    @Test
    void commandsOnKafkaFailAsOthersDo() throws Exception {
        try (EmbeddedBroker broker = EmbeddedBroker.start()) {
            String kafka = " --bootstrap-servers " + broker.bootstrapServers();
            Properties client = new Properties();
            client.put("bootstrap.servers", broker.bootstrapServers());
            Topics.create(client, Topics.names(), 1, (short) 1, Map.of());
            sendDeadLetter(client);
            theErrorOfAFileIsTheCommands("dlq list --output DIR/letters" + kafka, "letters");
            for (String command :
                    List.of(
                            "topics create",
                            "dlq list --json",
                            "watch dead-letters --from-beginning", // until somebody stops it
                            "model status --json",
                            "quality --json",
                            "heartbeat --topics behaviors --once",
                            "replay --behaviors LOGS/behaviors.jsonl.gz")) {
                assertFailsAtStandardOutput(command + kafka);
            }
        }
    }

    private static void sendDeadLetter(Properties client) throws Exception {
        DeadLetter letter =
                new DeadLetter(
                        "invalid_id",
                        "no id",
                        "behaviors",
                        0,
                        1L,
                        2L,
                        ByteBuffer.wrap(new byte[] {1}),
                        ByteBuffer.wrap(new byte[] {1}),
                        3L,
                        null,
                        null);
        try (KafkaProducer<byte[], byte[]> producer =
                new KafkaProducer<>(client, new ByteArraySerializer(), new ByteArraySerializer())) {
            byte[] value = new WireEncoder<>(DeadLetter.class).encode(letter);
            producer.send(new ProducerRecord<>("dead-letters", value)).get();
        }
    }
}
