package io.dienstream.job.function;

import static org.assertj.core.api.Assertions.assertThat;

import io.dienstream.dien.Scorer;
import io.dienstream.dien.artifact.ModelReader;
import io.dienstream.dien.history.HistoryModel;
import io.dienstream.dien.history.InterestHistory;
import io.dienstream.dien.kernel.KernelsProvider;
import io.dienstream.job.RandomLog;
import io.dienstream.job.Records;
import io.dienstream.job.record.InboundRecord;
import io.dienstream.job.record.ScoringTask;
import io.dienstream.schema.AdRequest;
import io.dienstream.schema.Behavior;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** In event-time mode the operator shows each request what the oracle says. */
class RandomLogTest {
    private static final int LOGS = 150;

    @TempDir private Path directory;

    @Test
    void eventTimeModeShowsWhatTheOracleSays() throws Exception {
        Path path = Records.model(directory, 1);
        HistoryModel model =
                new Scorer(ModelReader.read(path), KernelsProvider.get()).historyModel();
        Random random = new Random(95);
        Map<String, RandomLog> logs = new HashMap<>();
        List<InboundRecord> arriving = new ArrayList<>();
        for (int n = 0; n < LOGS; n++) {
            RandomLog log = RandomLog.of("u" + n, random);
            logs.put(log.user(), log);
            log.behaviors().forEach(b -> arriving.add(Records.inbound(b)));
            log.requests().forEach(r -> arriving.add(Records.inbound(r)));
        }
        Collections.shuffle(arriving, random);
        List<ScoringTask> tasks;
        try (InterestHarness h = new InterestHarness(path, null, "time.mode", "event-time")) {
            for (InboundRecord record : arriving) {
                h.harness.processElement(record, record.eventTime());
            }
            h.watermark(1_000);
            tasks = h.tasks();
            assertThat(h.deadLetters()).isEmpty();
        }
        assertThat(tasks).hasSize(logs.values().stream().mapToInt(l -> l.requests().size()).sum());
        int evicted = 0;
        for (ScoringTask task : tasks) {
            AdRequest request = task.request().adRequest();
            RandomLog log = logs.get(request.getUserId());
            List<Behavior> seen = log.seen(request.getTimestamp(), Records.MAX_LENGTH);
            assertSees(model, task, seen);
            evicted += log.counted(request.getTimestamp(), 1000).size() > seen.size() ? 1 : 0;
        }
        assertThat(evicted).as("requests of histories that were cut").isGreaterThan(LOGS);
    }

    private static void assertSees(HistoryModel model, ScoringTask task, List<Behavior> seen) {
        String id = task.request().id();
        assertThat(task.prefix()).as(id).isEqualTo(seen.size());
        InterestHistory expected = model.newHistory();
        for (int t = 0; t < seen.size(); t++) {
            Behavior b = seen.get(t);
            var encoded = model.encode(b.getEventId(), b.getTimestamp(), b.getFields());
            assertThat(task.history().eventKey(t)).as(id).isEqualTo(encoded.eventKey());
            assertThat(task.history().timestamp(t)).as(id).isEqualTo(b.getTimestamp());
            assertThat(task.history().values(t)).as(id).isEqualTo(encoded.values());
            model.add(expected, encoded, model.newScratch());
        }
        int floats = seen.size() * expected.hidden();
        assertThat(Arrays.copyOf(task.history().states(), floats))
                .as(id)
                .containsExactly(Arrays.copyOf(expected.states(), floats));
    }
}
