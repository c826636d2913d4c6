package io.dienstream.chaos;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dienstream.chaos.Rollbacks.Rollback;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Against lines as Flink 2.2 writes them. */
class JobManagerLogTest {
    private static final String LOG =
            """
            2026-11-28T10:00:00,000 INFO  CheckpointCoordinator [jobmanager-io-thread-1] No checkpoint found during restore.
            2026-11-28T10:00:01,000 INFO  ExecutionGraph [flink-pekko] Deploying Source: behaviors (1/2) (attempt #0) with attempt id 1_2_0_0 and vertex id 2_0 to 127.0.0.1:1 @ localhost (dataPort=2) with allocation id 3
            2026-11-28T10:00:01,100 INFO  ExecutionGraph [flink-pekko] Deploying interest (1/2) (attempt #0) with attempt id 1_3_0_0 and vertex id 3_0 to 127.0.0.1:1 @ localhost (dataPort=2) with allocation id 3
            2026-11-28T10:00:02,000 INFO  ExecutionGraph [flink-pekko] Source: behaviors (1/2) (1_2_0_0) switched from INITIALIZING to RUNNING.
            2026-11-28T10:00:03,000 INFO  ExecutionGraph [flink-pekko] interest (1/2) (1_3_0_0) switched from INITIALIZING to RUNNING.
            2026-11-28T10:00:04,500 INFO  CheckpointCoordinator [jobmanager-io-thread-2] Completed checkpoint 1 for job 00 (1234 bytes, checkpointDuration=400 ms, finalizationTime=3 ms).
            java.lang.Exception: of a stack trace
            2026-11-28T10:00:11,000 INFO  CheckpointCoordinator [flink-pekko] Restoring job 00 from Checkpoint 1 @ %d for 00 located at file:/c/chk-1.
            2026-11-28T10:00:12,000 INFO  ExecutionGraph [flink-pekko] Deploying Source: behaviors (1/2) (attempt #1) with attempt id 1_2_0_1 and vertex id 2_0 to 127.0.0.1:1 @ localhost (dataPort=2) with allocation id 3
            2026-11-28T10:00:14,000 INFO  ExecutionGraph [flink-pekko] Source: behaviors (1/2) (1_2_0_1) switched from INITIALIZING to RUNNING.
            2026-11-28T10:00:15,000 INFO  CheckpointCoordinator [jobmanager-io-thread-2] Completed checkpoint 2 for job 00 (1234 bytes, checkpointDuration=900 ms, finalizationTime=3 ms).
            2026-11-28T10:00:21,000 INFO  CheckpointCoordinator [main] Starting job 01 from savepoint file:/s/savepoint-1 ()
            2026-11-28T10:00:21,500 INFO  CheckpointCoordinator [main] Restoring job 01 from Savepoint 3 @ 0 for 01 located at file:/s/savepoint-1.
            2026-11-28T10:00:22,000 INFO  ExecutionGraph [flink-pekko] Deploying Source: behaviors (1/3) (attempt #0) with attempt id 1_2_0_0 and vertex id 2_0 to 127.0.0.1:1 @ localhost (dataPort=2) with allocation id 3
            """
                    .formatted(at(4_100));

    @TempDir private Path directory;

    private static long at(long millis) {
        return LocalDateTime.parse("2026-11-28T10:00:00")
                        .atZone(ZoneId.systemDefault())
                        .toInstant()
                        .toEpochMilli()
                + millis;
    }

    private JobManagerLog log(String text) throws IOException {
        Path file = directory.resolve("log");
        Files.writeString(file, text);
        return JobManagerLog.read(file);
    }

    @Test
    void tellsWhenTheJobRanAgain() throws IOException {
        JobManagerLog log = log(LOG);
        assertThat(log.starts()).isEqualTo(3);
        assertThat(log.running(at(0), at(5_000))).hasValue(at(3_000));
        assertThat(log.running(at(10_000), at(20_000))).hasValue(at(14_000));
        assertThat(log.running(at(5_000), at(10_000))).isEmpty();
    }

    @Test
    void tellsHowLongCheckpointsTook() throws IOException {
        assertThat(log(LOG).checkpoints(at(0), at(20_000))).containsExactly(400L, 900L);
        assertThat(log(LOG).checkpoints(at(5_000), at(20_000))).containsExactly(900L);
    }

    @Test
    void everyStartButTheFirstIsAReturnToItsCheckpoint() throws IOException {
        TreeMap<Long, Long> bases = new TreeMap<>();
        bases.put(at(20_500), at(19_000));
        assertThat(log(LOG).rollbacks(bases).all())
                .containsExactly(
                        new Rollback(at(4_100), at(12_000), at(17_000)),
                        new Rollback(at(19_000), at(22_000), at(27_000)));
    }

    @Test
    void aLogWithoutAStartIsAnErrorAndNoRunWithoutRestarts() {
        assertThatThrownBy(() -> log("2026-11-28T10:00:00,000 INFO  Other [main] nothing\n"))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("tells of no start of the job");
    }
}
