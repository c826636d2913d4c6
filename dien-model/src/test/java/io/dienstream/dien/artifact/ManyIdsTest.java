package io.dienstream.dien.artifact;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import io.dienstream.dien.EncodedRequest;
import io.dienstream.dien.RandomModels;
import io.dienstream.dien.Scorer;
import io.dienstream.dien.ScorerScratch;
import io.dienstream.dien.history.HistoryModel;
import io.dienstream.dien.history.InterestHistory;
import io.dienstream.dien.kernel.ScalarKernels;
import io.dienstream.dien.model.Architecture;
import io.dienstream.dien.model.AttentionType;
import io.dienstream.dien.model.GateForm;
import io.dienstream.dien.model.Model;
import io.dienstream.dien.model.ModelConfig;
import io.dienstream.dien.model.TensorShapes;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** An artifact of three million ids, written from sources and mapped in many pieces. */
class ManyIdsTest {
    private static final int IDS = 3_000_000;
    private static final int CHUNK_BITS = 20;
    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    /** A third of the ids' own bytes: blocks that are copied, and nothing for each id. */
    private static final long MOST_BYTES = 8 << 20;

    @TempDir private static Path directory;
    private static Path artifact;
    private static Path copies;

    private static String id(int n) {
        return n % 1000 == 999 ? "größe-" + n : "i" + n;
    }

    private static ModelConfig config() {
        ModelConfig c =
                RandomModels.config(Architecture.DIEN, AttentionType.BILINEAR, GateForm.PAPER, 10);
        Map<String, ModelConfig.EmbeddingConfig> embeddings = new LinkedHashMap<>(c.embeddings());
        embeddings.put(
                "item",
                new ModelConfig.EmbeddingConfig(
                        IDS + 1, 4, new ModelConfig.Encoding("vocabulary/item.txt")));
        return new ModelConfig(
                c.name(),
                c.version(),
                c.architecture(),
                embeddings,
                c.behaviorFields(),
                c.adFields(),
                c.userFields(),
                c.contextFields(),
                c.maxLength(),
                c.hidden(),
                c.attention(),
                c.gate(),
                c.mlp());
    }

    @BeforeAll
    static void largeArtifact() throws IOException {
        copies = Files.createDirectory(directory.resolve("copies"));
        artifact = directory.resolve("model");
        Map<String, TensorSource> tensors = new HashMap<>();
        TensorShapes.of(config()).keySet().forEach(name -> tensors.put(name, ManyIdsTest::numbers));
        Iterable<String> ids = () -> IntStream.range(0, IDS).mapToObj(ManyIdsTest::id).iterator();
        ModelWriter.writeFrom(artifact, config(), tensors, Map.of("item", ids));
    }

    private static void numbers(long from, float[] to, int n) {
        for (int i = 0; i < n; i++) {
            to[i] = (from + i) % 97 * 1e-3f;
        }
    }

    private static Model read() throws IOException {
        return ModelReader.read(
                artifact, null, new ArtifactContents.Limits(1 << 20, copies, CHUNK_BITS));
    }

    @Test
    void everyIdHasItsRowAndTheHeapHoldsNone() throws IOException {
        long before = THREADS.getCurrentThreadAllocatedBytes();
        Model model = read();
        long allocated = THREADS.getCurrentThreadAllocatedBytes() - before;
        assertThat(allocated).as("bytes for three million ids").isLessThan(MOST_BYTES);
        assertThat(copies).isEmptyDirectory();

        Vocabulary items = (Vocabulary) model.encodings().get("item");
        assertThat(items.ids()).isEqualTo(IDS);
        assertThat(items.textBytes())
                .isEqualTo(Files.size(artifact.resolve("vocabulary/item.txt")));
        assertThat(items.indexBytes()).isEqualTo(8L * (IDS + IDS / 3 + 1 + IDS / 4));
        for (int n = 0; n < IDS; n++) {
            if (items.row(id(n)) != n + 1) {
                assertThat(items.row(id(n))).as(id(n)).isEqualTo(n + 1);
            }
        }
        for (int n = IDS; n < IDS + 100_000; n++) {
            assertThat(items.row("i" + n)).isZero();
        }
    }

    @Test
    void whatIsMappedIsScored() throws IOException {
        Scorer scorer = new Scorer(read(), new ScalarKernels());
        HistoryModel histories = scorer.historyModel();
        InterestHistory history = histories.newHistory();
        Random random = new Random(1);
        for (int t = 0; t < 10; t++) {
            Map<String, String> fields = Map.of("item", id(random.nextInt(IDS)), "category", "c");
            histories.add(history, histories.encode("e" + t, t, fields), histories.newScratch());
        }
        EncodedRequest request = scorer.encoder().newRequest();
        scorer.encoder().begin(Map.of(), Map.of(), 2, request);
        scorer.encoder().candidate(0, Map.of("item", id(IDS - 1), "category", "c"), request);
        scorer.encoder().candidate(1, Map.of("item", "never", "category", "c"), request);
        ScorerScratch scratch = scorer.newScratch();
        scorer.score(history, history.size(), request, scratch);
        assertThat(scratch.pctr(0)).isBetween(0f, 1f).isNotEqualTo(scratch.pctr(1));
    }

    /** Once it is compiled; ids that are not ASCII alone may. */
    @Test
    void lookingUpAnIdAllocatesNothing() throws IOException {
        Vocabulary items = (Vocabulary) read().encodings().get("item");
        String[] ids = IntStream.range(0, 4096).mapToObj(n -> "i" + n * 7).toArray(String[]::new);
        long least = Long.MAX_VALUE;
        for (int round = 0; round < 10_000 && least > 0; round++) {
            long before = THREADS.getCurrentThreadAllocatedBytes();
            for (String id : ids) {
                items.row(id);
            }
            least = Math.min(least, THREADS.getCurrentThreadAllocatedBytes() - before);
        }
        assertThat(least).isZero();
    }
}
