package io.dienstream.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.dienstream.operate.kafka.Topics;
import io.dienstream.sandbox.DemoModel;
import io.dienstream.sandbox.broker.EmbeddedBroker;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What real processes leave in the system's temporary directory: nothing, or until the next. */
class LeftoversIT {
    private static final String[] DEMO = {
        "demo",
        "--seconds",
        "600",
        "--past",
        "2000",
        "--users",
        "100",
        "--option",
        "scoring.warm-up=0s"
    };

    @TempDir private Path directory;

    private CommandProcess start(String... command) throws Exception {
        return new CommandProcess(directory, command);
    }

    private static List<Path> left(CommandProcess process) throws IOException {
        try (Stream<Path> files = Files.list(process.temporary())) {
            return files.toList();
        }
    }

    /** Broker, checkpoints and Flink are there, all in one directory. */
    private static void awaitAtWork(CommandProcess process) throws Exception {
        CommandProcess.await(
                "a demo at work",
                () -> process.alive() && process.output().contains("online AUC 0."));
        List<Path> left = left(process);
        assertThat(left).hasSize(1);
        try (Stream<Path> files = Files.walk(left.get(0), 2)) {
            assertThat(files.map(p -> p.getFileName().toString()))
                    .contains("lock")
                    .anyMatch(n -> n.startsWith("kafka-"))
                    .anyMatch(n -> n.startsWith("checkpoints-"))
                    .anyMatch(n -> n.startsWith("flink-"))
                    .anyMatch(n -> n.startsWith("minicluster_"));
        }
    }

    @Test
    void aDemoThatEndsLeavesNothing() throws Exception {
        try (CommandProcess demo =
                start(
                        "demo",
                        "--seconds",
                        "2",
                        "--past",
                        "1000",
                        "--users",
                        "100",
                        "--option",
                        "scoring.warm-up=0s")) {
            assertThat(demo.exitCode()).as(demo.output()).isZero();
            assertThat(left(demo)).isEmpty();
        }
    }

    @Test
    void aDemoThatIsStoppedLeavesNothing() throws Exception {
        try (CommandProcess demo = start(DEMO)) {
            awaitAtWork(demo);
            assertThat(demo.terminate()).isEqualTo(143);
            assertThat(left(demo)).as(demo.output()).isEmpty();
        }
    }

    @Test
    void theNextProcessRemovesWhatAKilledOneLeftAndNothingOfALivingOne() throws Exception {
        try (CommandProcess demo = start(DEMO)) {
            awaitAtWork(demo);
            demo.kill();
            assertThat(left(demo)).hasSize(1);
        }
        // waits for a Kafka that never comes
        try (CommandProcess living =
                start(
                        "job",
                        "--kafka.bootstrap-servers=localhost:1",
                        "--kafka.startup-timeout=1h",
                        "--model.path=" + DemoModel.extract(),
                        "--checkpoint.directory=" + directory.resolve("state").toUri())) {
            CommandProcess.await(
                    "a job that waits",
                    () -> living.alive() && living.output().contains("dien: log "));
            List<Path> livings = left(living);
            assertThat(livings).hasSize(1); // the killed one's is gone
            assertThat(livings.get(0).resolve("lock")).exists();
            try (CommandProcess next = start("model", "inspect", "no-such-model")) {
                assertThat(next.exitCode()).isEqualTo(1);
                assertThat(left(next)).isEqualTo(livings);
            }
            assertThat(living.alive()).isTrue();
        }
    }

    /** No hook of ours closes Flink there: its own threads write until the JVM is gone. */
    @Test
    void aJobThatIsStoppedLeavesNothing() throws Exception {
        try (EmbeddedBroker broker = EmbeddedBroker.start()) {
            Properties client = new Properties();
            client.put("bootstrap.servers", broker.bootstrapServers());
            List<String> names = Topics.names();
            Topics.create(client, names, 1, (short) 1, Map.of());
            try (CommandProcess job =
                    start(
                            "job",
                            "--kafka.bootstrap-servers=" + broker.bootstrapServers(),
                            "--model.path=" + DemoModel.extract(),
                            "--scoring.warm-up=0s",
                            "--checkpoint.interval=200ms",
                            "--checkpoint.directory=" + directory.resolve("state").toUri())) {
                CommandProcess.await("a checkpoint", () -> job.alive() && hasCheckpoint(directory));
                job.terminate();
                assertThat(left(job)).as(job.output()).isEmpty();
            }
        }
    }

    private static boolean hasCheckpoint(Path directory) throws IOException {
        try (Stream<Path> files = Files.walk(directory.resolve("state"))) {
            return files.anyMatch(f -> f.endsWith("_metadata"));
        } catch (NoSuchFileException | UncheckedIOException e) {
            return false; // not there yet, or a checkpoint has just been replaced
        }
    }

    @Test
    void aCommandThatFailsLeavesNothing() throws Exception {
        Path broken = Files.writeString(directory.resolve("broken.tsv"), "no\tcolumns\n");
        try (CommandProcess prepare =
                start(
                        "prepare",
                        "interactions",
                        "--input",
                        broken.toString(),
                        "--output",
                        directory.resolve("data").toString())) {
            assertThat(prepare.exitCode()).as(prepare.output()).isEqualTo(1);
            assertThat(left(prepare)).isEmpty();
        }
    }
}
