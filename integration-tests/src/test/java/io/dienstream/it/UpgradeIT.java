package io.dienstream.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dienstream.datasets.offline.OfflineScorer;
import io.dienstream.dien.history.HistoryModel;
import io.dienstream.dien.history.InterestHistory;
import io.dienstream.job.option.JobOptions;
import io.dienstream.operate.kafka.LogPlayer;
import io.dienstream.sandbox.DemoCluster;
import io.dienstream.sandbox.Parity;
import io.dienstream.schema.AdRequest;
import io.dienstream.schema.Behavior;
import io.dienstream.schema.ScoredCandidate;
import io.dienstream.schema.ScoredRequest;
import io.dienstream.wire.ReleasedSchemas;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericRecord;
import org.apache.avro.message.BinaryMessageEncoder;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The job stopped with a canonical savepoint and started from it with something changed. */
class UpgradeIT {
    private static final int SLOTS = 4;

    @TempDir private Path directory;

    private static Map<String, String> eventTime() {
        Map<String, String> options = new HashMap<>();
        options.put(JobOptions.TIME_MODE.key(), "event-time");
        options.put(JobOptions.ALLOWED_LATENESS.key(), "1s");
        options.put(JobOptions.IDLE_AFTER.key(), "0s");
        options.put(JobOptions.SERVED_ENABLED.key(), "false");
        return options;
    }

    private static long[] times(Dataset data) {
        return data.requests().stream().mapToLong(AdRequest::getTimestamp).sorted().toArray();
    }

    private record Phase(int parallelism, String backend) {}

    /** 1 to 2 to 4 subtasks and back, from RocksDB to the heap and back, records held meanwhile. */
    @Test
    void parallelismAndBackendMayChangeAtEverySavepoint() throws Exception {
        List<Phase> phases =
                List.of(
                        new Phase(1, "rocksdb"),
                        new Phase(2, "hashmap"),
                        new Phase(4, "rocksdb"),
                        new Phase(2, "rocksdb"),
                        new Phase(1, "hashmap"));
        Dataset data = Dataset.simulated(directory);
        long[] times = times(data);
        try (DemoCluster cluster = DemoCluster.start(SLOTS);
                RunningJob job = new RunningJob(cluster);
                LogPlayer player = cluster.player()) {
            String savepoint = null;
            long after = Long.MIN_VALUE;
            for (int n = 0; n < phases.size(); n++) {
                boolean last = n == phases.size() - 1;
                int upTo = times.length * (n + 1) / phases.size();
                long until = last ? Long.MAX_VALUE : times[upTo - 1];
                data.play(player, after, until);
                after = until;
                if (last) {
                    EndOfTime.send(cluster);
                }
                Map<String, String> options = eventTime();
                options.put(
                        JobOptions.PARALLELISM.key(),
                        Integer.toString(phases.get(n).parallelism()));
                options.put(JobOptions.BACKEND.key(), phases.get(n).backend());
                job.submit(data.model(), options, savepoint);
                int least = last ? upTo : upTo - times.length / phases.size() / 2;
                job.await(phases.get(n) + " answers", () -> job.answers.size() >= least);
                savepoint = job.stopWithSavepoint();
            }
            OfflineTruth.assertParity(data, job);
            OfflineTruth.assertSame(
                    OfflineTruth.offline(data.model()),
                    data.behaviors(),
                    OfflineTruth.stored(savepoint, data.model()));
        }
    }

    /** State of before holds messages of one release while the topic brings those of the next. */
    @Test
    void aReleaseWithOneMoreOptionalFieldIsReadBesideTheOneBefore() throws Exception {
        List<Schema> releases = ReleasedSchemas.of("Behavior");
        Schema tomorrow = releases.get(releases.size() - 1);
        assertThat(tomorrow.getField("device")).as("of src/test/resources/released").isNotNull();
        Dataset data = Dataset.simulated(directory);
        long half = times(data)[data.requests().size() / 2];
        try (DemoCluster cluster = DemoCluster.start(2);
                RunningJob job = new RunningJob(cluster);
                LogPlayer player = cluster.player()) {
            data.play(player, Long.MIN_VALUE, half);
            job.submit(data.model(), eventTime(), null);
            job.await("a quarter", () -> job.answers.size() >= data.requests().size() / 4);
            String savepoint = job.stopWithSavepoint();

            var encoder = new BinaryMessageEncoder<GenericRecord>(GenericData.get(), tomorrow);
            for (Behavior b : data.behaviors()) {
                if (b.getTimestamp() > half) {
                    ByteBuffer message = encoder.encode(fromAPhone(b, tomorrow));
                    byte[] bytes = new byte[message.remaining()];
                    message.get(bytes);
                    player.send(JobOptions.BEHAVIORS.defaultText(), b.getUserId(), bytes);
                }
            }
            data.requests().stream().filter(r -> r.getTimestamp() > half).forEach(player::send);
            player.flush();
            EndOfTime.send(cluster);
            job.submit(data.model(), eventTime(), savepoint);
            job.await("all", () -> job.answers.size() == data.requests().size());
            job.cancel();
            OfflineTruth.assertParity(data, job);
        }
    }

    private static GenericRecord fromAPhone(Behavior b, Schema schema) {
        GenericRecord record = new GenericData.Record(schema);
        record.put("event_id", b.getEventId());
        record.put("user_id", b.getUserId());
        record.put("timestamp", b.getTimestamp());
        record.put("fields", b.getFields());
        record.put("device", "phone");
        return record;
    }

    /** L = 10 before; whom nobody touches afterwards keeps the states of before. */
    @ParameterizedTest
    @ValueSource(ints = {6, 16})
    void anotherMaxLengthRebuildsEachUserOnFirstTouch(int maxLength) throws Exception {
        Dataset data = Dataset.simulated(directory);
        Path next = withMaxLength(data.model(), maxLength);
        long half = times(data)[data.requests().size() / 2];
        try (DemoCluster cluster = DemoCluster.start(2);
                RunningJob job = new RunningJob(cluster);
                PartitionSender sender = new PartitionSender(cluster);
                LogPlayer player = cluster.player()) {
            data.play(player, Long.MIN_VALUE, half);
            int markers = sender.markers("behaviors", "ad-requests");
            job.submit(data.model(), eventTime(), null);
            job.await(
                    "the first half is read",
                    () -> job.answers.deadLetters().getOrDefault("undecodable", 0L) == markers);
            String savepoint = job.drain();

            data.play(player, half, Long.MAX_VALUE);
            EndOfTime.send(cluster);
            job.submit(next, eventTime(), savepoint);
            job.await("all", () -> job.answers.size() == data.requests().size());
            String last = job.stopWithSavepoint();
            Map<String, InterestHistory> stored = OfflineTruth.stored(last, data.model(), next);
            assertThatThrownBy(() -> OfflineTruth.stored(last, data.model()))
                    .hasMessageContaining("states are of a model not given");
            assertRebuilt(data, half, OfflineTruth.offline(next), job.answers.answers(), stored);
        }
    }

    private Path withMaxLength(Path model, int maxLength) throws IOException {
        Path next = directory.resolve("max-length-" + maxLength);
        try (var files = Files.walk(model)) {
            for (Path file : files.toList()) {
                Files.copy(file, next.resolve(model.relativize(file).toString()));
            }
        }
        Path config = next.resolve("model.json");
        String json = Files.readString(config);
        String changed =
                json.replaceAll("(\"max_length\"\\s*:\\s*)\\d+", "$1" + maxLength)
                        .replaceAll("(\"version\"\\s*:\\s*)\"[^\"]*\"", "$1\"2\"");
        assertThat(changed).isNotEqualTo(json).contains("\"2\"");
        Files.writeString(config, changed);
        return next;
    }

    private record Event(long time, int rank, Behavior behavior, AdRequest request) {}

    /** Each user's log offline: the first model up to {@code half}, then the next one. */
    private static void assertRebuilt(
            Dataset data,
            long half,
            OfflineScorer next,
            Map<String, ScoredRequest> answers,
            Map<String, InterestHistory> stored)
            throws IOException {
        OfflineScorer first = OfflineTruth.offline(data.model());
        HistoryModel nextModel = next.scorer().historyModel();
        Map<String, List<Event>> users = new HashMap<>();
        data.behaviors().forEach(b -> add(users, b.getUserId(), b.getTimestamp(), 0, b, null));
        data.requests().forEach(r -> add(users, r.getUserId(), r.getTimestamp(), 1, null, r));
        int[] rebuilds = {0};
        for (Map.Entry<String, List<Event>> user : users.entrySet()) {
            user.getValue()
                    .sort(Comparator.comparingLong(Event::time).thenComparingInt(Event::rank));
            InterestHistory history = first.newHistory();
            OfflineScorer scorer = first;
            for (Event e : user.getValue()) {
                if (e.time() > half && scorer == first) {
                    history = nextModel.rebuild(history, nextModel.newScratch());
                    scorer = next;
                    rebuilds[0]++;
                }
                if (e.behavior() != null) {
                    scorer.add(history, e.behavior());
                } else {
                    assertScores(scorer, e.request(), history, answers);
                }
            }
            InterestHistory state = stored.get(user.getKey());
            if (history.size() > 0) {
                OfflineTruth.assertSame(scorer, user.getKey(), state, history);
            }
        }
        assertThat(rebuilds[0]).isGreaterThan(100);
    }

    private static void add(
            Map<String, List<Event>> users,
            String user,
            long time,
            int rank,
            Behavior b,
            AdRequest r) {
        users.computeIfAbsent(user, u -> new ArrayList<>()).add(new Event(time, rank, b, r));
    }

    private static void assertScores(
            OfflineScorer scorer,
            AdRequest request,
            InterestHistory history,
            Map<String, ScoredRequest> answers) {
        ScoredRequest answer = answers.get(request.getRequestId());
        assertThat(answer.getSequenceLength())
                .as(request.getRequestId())
                .isEqualTo(scorer.score(request, history));
        assertThat(answer.getModelVersion()).isEqualTo(scorer.scorer().model().config().version());
        for (ScoredCandidate c : answer.getCandidates()) {
            double difference = Math.abs(c.getPctr() - scorer.scores().pctr(c.getPosition()));
            assertThat(difference).as(request.getRequestId()).isLessThanOrEqualTo(Parity.TOLERANCE);
        }
    }
}
