package io.dienstream.job.state;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dienstream.dien.RandomModels;
import io.dienstream.dien.Scorer;
import io.dienstream.dien.artifact.ModelReader;
import io.dienstream.dien.history.Behavior;
import io.dienstream.dien.history.HistoryModel;
import io.dienstream.dien.history.InterestHistory;
import io.dienstream.dien.history.Kept;
import io.dienstream.dien.kernel.ScalarKernels;
import io.dienstream.dien.model.Architecture;
import io.dienstream.dien.model.AttentionType;
import io.dienstream.dien.model.GateForm;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.api.common.typeutils.TypeSerializer;
import org.apache.flink.core.memory.DataInputDeserializer;
import org.apache.flink.core.memory.DataOutputSerializer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A history in two parts is the history that {@link InterestHistory} alone would be. */
class CurrentHistoryTest {
    private static final int RANDOM_USERS = 200;

    @TempDir private Path directory;

    private Slot<StoredHistory> history;
    private Slot<StoredTail> tail;
    private HistoryParts parts;

    @BeforeEach
    void cold() {
        history = new Slot<>(new StoredHistorySerializer());
        tail = new Slot<>(new StoredTailSerializer());
        parts = new HistoryParts(history, tail, new DamagedHistories(false));
    }

    /** Under one model, a shorter one, and back; with as much kept as was needed and with more. */
    @ParameterizedTest
    @ValueSource(ints = {1, 2, 9, 16, 40})
    void isTheUndividedHistoryWhateverComes(int maxLength) throws IOException {
        HistoryModel exact = model(maxLength, 1);
        HistoryModel shorter = model(1 + 2 * maxLength / 3, 2);
        for (int seed = 0; seed < RANDOM_USERS; seed++) {
            cold();
            Random random = new Random(seed);
            String as = "seed " + seed;
            int more = (seed % 2) * random.nextInt(20);
            HistoryModel first = exact.keeping(new Kept(maxLength + more, 1000, true));
            InterestHistory undivided = first.newHistory();
            live(random, 5, first, undivided, as);
            InterestHistory rebuilt = shorter.rebuild(undivided, shorter.newScratch());
            live(random, 4 * maxLength, shorter, rebuilt, as + ", another model");
            InterestHistory back = first.rebuild(rebuilt, first.newScratch());
            live(random, 8 * maxLength, first, back, as + ", back");
        }
    }

    @Test
    void keepsWhatIsToBeKeptFromTheNextReadOn() throws IOException {
        HistoryModel model = model(4, 1);
        CurrentHistory more = new CurrentHistory(parts, model.keeping(new Kept(9, 9, true)));
        for (int event = 0; event < 20; event++) {
            more.add(behavior(model, event, 0));
        }
        assertThat(more.get().older()).isEqualTo(5);
        CurrentHistory less = new CurrentHistory(parts, model.keeping(new Kept(6, 6, true)));
        assertThat(less.get().older()).isEqualTo(2);
        less.add(behavior(model, 20, 0));
        assertThat(parts.whole().history().older()).isEqualTo(2);
        assertThat(parts.whole().history().limit()).isEqualTo(6);
    }

    /** Mostly in order; some late, some twice, a few erasures. */
    private void live(
            Random random, int from, HistoryModel model, InterestHistory undivided, String as)
            throws IOException {
        CurrentHistory current = new CurrentHistory(parts, model);
        int length = model.maxLength();
        long newest = parts.touched();
        int end = from + 1 + random.nextInt(4 * length + 4);
        for (int event = from; event < end; event++) {
            int back = random.nextInt(4) == 0 ? random.nextInt(length + 5) : 0;
            if (random.nextInt(40) == 0) {
                current.erase(1000L + event - back);
                newest = newest == Long.MIN_VALUE ? 1000L + event - back : newest;
                model.erase(undivided, 1000L + event - back, model.newScratch());
            } else {
                int jitter = random.nextInt(6) == 0 ? random.nextInt(length + 5) : 0;
                Behavior b = behavior(model, event - back, jitter);
                int before = undivided.size();
                InterestHistory.Outcome expected = model.add(undivided, b, model.newScratch());
                UserHistoryState.Applied applied = current.add(b);
                assertThat(applied.outcome()).as(as).isEqualTo(expected);
                assertThat(applied.evicted())
                        .as(as)
                        .isEqualTo(expected.changes() ? before + 1 - undivided.size() : 0);
                if (expected.changes()) {
                    newest = Math.max(newest, b.timestamp());
                    assertThat(parts.touched()).as(as).isEqualTo(newest);
                    assertThat(parts.whole().modelFingerprint())
                            .as(as)
                            .isEqualTo(model.fingerprint());
                }
            }
            assertThat(bytes(current.get())).as(as).isEqualTo(bytes(undivided));
        }
    }

    @Test
    void aBehaviorInOrderLeavesTheWholeHistoryAlone() throws IOException {
        HistoryModel model = model(40, 1);
        CurrentHistory current = new CurrentHistory(parts, model);
        for (int event = 0; event < 40; event++) {
            current.add(numbered(model, event));
        }
        int reads = history.reads;
        int writes = history.writes;
        for (int event = 40; event < 440; event++) {
            current.add(numbered(model, event));
        }
        // every tenth evicts
        assertThat(history.writes - writes).isEqualTo(400 / 10);
        assertThat(history.reads - reads).isEqualTo(400 / 10);
    }

    @Test
    void aHistoryThatGrowsIsRewrittenEverMoreSeldom() throws IOException {
        HistoryModel model = model(400, 1);
        CurrentHistory current = new CurrentHistory(parts, model);
        List<Integer> rewritten = new ArrayList<>();
        for (int event = 1; event <= 200; event++) {
            int writes = history.writes;
            current.add(numbered(model, event));
            if (history.writes > writes) {
                rewritten.add(event);
            }
        }
        // behind n behaviors a tail of 5 √n, rounded up: 5, 14, 24, 35, 46, 58
        assertThat(rewritten).containsExactly(1, 7, 22, 47, 83, 130, 189);
        assertThat(history.reads).isEqualTo(rewritten.size());
    }

    @Test
    void damagedValuesAreCountedAndTheirUsersForgottenIfThatIsAsked() throws IOException {
        HistoryModel model = model(16, 1);
        CurrentHistory current = new CurrentHistory(parts, model);
        current.add(behavior(model, 1, 0));
        history.stored[history.stored.length - 1] ^= 1;
        DamagedHistories fail = new DamagedHistories(false);
        HistoryParts failing = new HistoryParts(history, tail, fail);
        assertThatThrownBy(failing::whole).isInstanceOf(UnreadableStateException.class);
        assertThat(fail.count()).isEqualTo(1);
        assertThat(failing.tail()).as("left as it is").isNotNull();

        DamagedHistories forget = new DamagedHistories(true);
        assertThat(new HistoryParts(history, tail, forget).whole()).isNull();
        assertThat(forget.count()).isEqualTo(1);
        assertThat(history.stored).isNull();
        assertThat(tail.stored).isNull();
    }

    @Test
    void whoIsForgottenLeavesNeitherPart() throws IOException {
        HistoryModel model = model(16, 1);
        CurrentHistory current = new CurrentHistory(parts, model);
        for (int event = 0; event < 9; event++) {
            current.add(behavior(model, event, 0));
        }
        assertThat(tail.value()).isNotNull();
        parts.clear();
        assertThat(history.value()).isNull();
        assertThat(tail.value()).isNull();
        assertThat(parts.touched()).isEqualTo(Long.MIN_VALUE);
        assertThat(current.add(behavior(model, 9, 0)).firstOfUser()).isTrue();
    }

    private HistoryModel model(int maxLength, long seed) throws IOException {
        Path path = directory.resolve("model-" + maxLength + "-" + seed);
        RandomModels.write(
                path,
                RandomModels.config(
                        Architecture.DIEN, AttentionType.BILINEAR, GateForm.PAPER, maxLength),
                seed);
        return new Scorer(ModelReader.read(path), new ScalarKernels()).historyModel();
    }

    /** Digests of numbers that follow one another do not collide. */
    private static Behavior numbered(HistoryModel model, int event) {
        return model.encode(Integer.toString(event), 1000L + event, Map.of("item", "i1"));
    }

    private static Behavior behavior(HistoryModel model, int event, int jitter) {
        Map<String, String> fields = new HashMap<>();
        fields.put("item", "i" + event % 23);
        fields.put("category", "c" + event % 5);
        if (event % 4 == 0) {
            fields.put("shop", "s" + event % 3);
        }
        if (event % 7 == 0) {
            fields.put("brand", "b" + event % 2);
        }
        String id = event % 3 == 0 ? "event-" + event : Integer.toString(event);
        return model.encode(id, 1000L + event + jitter, fields);
    }

    private static byte[] bytes(InterestHistory h) throws IOException {
        DataOutputSerializer out = new DataOutputSerializer(64);
        new InterestHistoryCodec().write(h, 0, 0, out);
        return out.getCopyOfBuffer();
    }

    /** State that keeps bytes, as RocksDB does, and counts. */
    private static final class Slot<T> implements ValueState<T> {
        private final TypeSerializer<T> serializer;
        private byte[] stored;
        private int reads;
        private int writes;

        Slot(TypeSerializer<T> serializer) {
            this.serializer = serializer;
        }

        @Override
        public T value() throws IOException {
            reads++;
            return stored == null
                    ? null
                    : serializer.deserialize(new DataInputDeserializer(stored));
        }

        @Override
        public void update(T value) throws IOException {
            writes++;
            DataOutputSerializer out = new DataOutputSerializer(64);
            serializer.serialize(value, out);
            stored = out.getCopyOfBuffer();
        }

        @Override
        public void clear() {
            stored = null;
        }
    }
}
