package io.dienstream.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.dienstream.cli.CommandRun;
import io.dienstream.dien.Needed;
import io.dienstream.dien.history.InterestHistory;
import io.dienstream.sandbox.DemoModel;
import io.dienstream.schema.Behavior;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Bootstrap at every parallelism, on logs that are not alike, and when it cannot end well. */
class BootstrapParallelismIT {
    private static final int USERS = 40;

    @TempDir private Path directory;

    /** The first user has most of the log: Flink must not share it out by volume. */
    private List<Behavior> skewed() {
        List<Behavior> log = new ArrayList<>();
        for (int n = 0; n < 4_000; n++) {
            int user = n % 4 == 0 ? (n / 4) % USERS : 0;
            log.add(
                    new Behavior(
                            Integer.toString(n),
                            "u" + user,
                            1_700_000_000_000L + 1_000L * n,
                            Map.of("item", "i" + n % 50, "category", "c" + n % 5)));
        }
        return log;
    }

    /** {@code dien bootstrap} of {@code log} with the model of the demo. */
    private CommandRun bootstrap(List<Behavior> log, Path savepoint, Object... more)
            throws IOException {
        Path file = directory.resolve("log.jsonl");
        Files.write(file, BootstrapFileIT.jsonLines(log));
        List<Object> line = new ArrayList<>(List.of("bootstrap", "--model", DemoModel.extract()));
        line.addAll(List.of("--behaviors", file, "--savepoint", savepoint));
        line.addAll(List.of(more));
        return CommandRun.of(line.toArray());
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 3, 5, 8})
    @Timeout(120)
    void endsAtEveryParallelismWithTheStatesOfAReplay(int parallelism) throws Exception {
        List<Behavior> log = skewed();
        Path savepoint = directory.resolve("savepoint");
        CommandRun result = bootstrap(log, savepoint, "--parallelism", parallelism, "--json");
        assertThat(result.err()).isEmpty();
        assertThat(result.exitCode()).isZero();
        assertThat(result.out())
                .contains("\"behaviors\":4000", "\"users\":40", "\"repeated\":0", "\"refused\":0");
        OfflineTruth.assertSame(
                OfflineTruth.offline(DemoModel.extract()),
                log,
                OfflineTruth.stored(savepoint.toUri().toString(), DemoModel.extract()));
    }

    /** A replay would have erased at that time, so the full history evicts later. */
    @Test
    void honorsErasuresAtTheirPlaceInTime() throws Exception {
        List<Behavior> log = skewed();
        long erasedThrough = log.get(2_000).getTimestamp();
        Path erasures =
                Files.writeString(
                        directory.resolve("erasures.jsonl"),
                        "{\"user_id\":\"u0\",\"timestamp\":" + erasedThrough + "}\n");
        Path savepoint = directory.resolve("savepoint");
        CommandRun result = bootstrap(log, savepoint, "--erasures", erasures);
        assertThat(result.exitCode()).as(result.err()).isZero();
        InterestHistory stored =
                OfflineTruth.stored(savepoint.toUri().toString(), DemoModel.extract()).get("u0");
        var offline = OfflineTruth.offline(DemoModel.extract());
        InterestHistory replayed = offline.newHistory();
        boolean erased = false;
        for (Behavior b : log) {
            if (!erased && b.getTimestamp() > erasedThrough) {
                offline.erase(replayed, erasedThrough);
                erased = true;
            }
            if (b.getUserId().equals("u0")) {
                offline.add(replayed, b);
            }
        }
        assertThat(stored.erasedThrough()).isEqualTo(erasedThrough);
        assertThat(stored.size()).isEqualTo(replayed.size());
        for (int t = 0; t < stored.size(); t++) {
            assertThat(stored.timestamp(t)).isEqualTo(replayed.timestamp(t));
        }
        assertThat(stored.states())
                .startsWith(Arrays.copyOf(replayed.states(), replayed.size() * replayed.hidden()));
    }

    @Test
    @Timeout(120)
    void aFullDiskIsTheCommandsErrorAndLeavesNothing() throws Exception {
        Path disk = Files.createDirectory(directory.resolve("disk"));
        boolean mounted = shell("mount", "-t", "tmpfs", "-o", "size=48k", "tmpfs", disk.toString());
        Needed.here("root", mounted, "only root may mount");
        try {
            CommandRun result = bootstrap(skewed(), disk.resolve("savepoint"), "--parallelism", 3);
            assertThat(result.exitCode()).isEqualTo(1);
            assertThat(result.err())
                    .isEqualTo("dien: the state could not be written: No space left on device\n");
            assertThat(disk).isEmptyDirectory();
        } finally {
            shell("umount", disk.toString());
        }
    }

    @Test
    @Timeout(120)
    void interruptedItLeavesNoHalfSavepoint() throws Exception {
        Path target = Files.createDirectory(directory.resolve("target"));
        Path pipe = directory.resolve("log.pipe");
        Needed.here("linux", shell("mkfifo", pipe.toString()), "this system has no mkfifo");
        try (CommandProcess process =
                new CommandProcess(
                        directory,
                        "bootstrap",
                        "--model",
                        DemoModel.extract().toString(),
                        "--behaviors",
                        pipe.toString(),
                        "--savepoint",
                        target.resolve("savepoint").toString())) {
            CommandProcess.await(
                    "something in " + target, () -> process.alive() && !isEmpty(target));
            assertThat(process.terminate()).isNotZero();
        }
        assertThat(target).isEmptyDirectory();
    }

    private static boolean isEmpty(Path directory) throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            return files.findAny().isEmpty();
        }
    }

    private static boolean shell(String... command) throws IOException, InterruptedException {
        return new ProcessBuilder(command)
                        .redirectErrorStream(true)
                        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                        .start()
                        .waitFor()
                == 0;
    }
}
