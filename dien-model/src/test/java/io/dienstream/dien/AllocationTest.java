package io.dienstream.dien;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import io.dienstream.dien.history.HistoryModel;
import io.dienstream.dien.history.InterestHistory;
import io.dienstream.dien.kernel.KernelsProvider;
import io.dienstream.dien.layer.InterestExtractor;
import io.dienstream.dien.model.Architecture;
import io.dienstream.dien.model.AttentionType;
import io.dienstream.dien.model.GateForm;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Scoring allocates nothing once it is compiled: with the Vector API a method that the compiler
 * does not inline whole shows at once, since its vectors are on the heap then.
 */
class AllocationTest {
    private static final long PATIENCE_NANOS = 60_000_000_000L;
    private static final int REQUESTS = 20;
    private static final int STEPS = 30;

    @TempDir private Path directory;

    @ParameterizedTest
    @EnumSource(Architecture.class)
    void aRequestAllocatesNothingInSteadyState(Architecture architecture) throws IOException {
        for (AttentionType type : AttentionType.values()) {
            boolean other =
                    architecture == Architecture.DIN
                            ? type == AttentionType.BILINEAR
                            : !architecture.hasAttention() && type == AttentionType.MLP;
            if (other) {
                continue;
            }
            Scorer scorer =
                    new Scorer(
                            RandomModels.write(
                                    directory.resolve(architecture.key() + type),
                                    RandomModels.config(architecture, type, GateForm.PAPER, 40),
                                    3),
                            KernelsProvider.get());
            InterestHistory history = history(scorer.historyModel());
            // 37 candidates: a tile of each kind
            EncodedRequest request = scorer.encoder().newRequest();
            scorer.encoder().begin(Map.of(), Map.of(), 37, request);
            for (int n = 0; n < 37; n++) {
                scorer.encoder().candidate(n, Map.of("item", "i" + n, "category", "c1"), request);
            }
            assertThat(leastBytes(scorer, history, request)).as(type + "").isZero();
        }
    }

    private static InterestHistory history(HistoryModel model) {
        InterestHistory history = model.newHistory();
        InterestExtractor.Scratch scratch = model.newScratch();
        for (int t = 0; t < STEPS; t++) {
            model.add(
                    history,
                    model.encode(Integer.toString(t), t, Map.of("item", "i" + t, "category", "c2")),
                    scratch);
        }
        return history;
    }

    /** Of the rounds until one allocates nothing, which waits for the compiler, or of all. */
    private static long leastBytes(Scorer scorer, InterestHistory history, EncodedRequest request) {
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        ScorerScratch scratch = scorer.newScratch();
        long start = System.nanoTime();
        long least = Long.MAX_VALUE;
        while (least > 0 && System.nanoTime() - start < PATIENCE_NANOS) {
            long before = threads.getCurrentThreadAllocatedBytes();
            for (int i = 0; i < REQUESTS; i++) {
                scorer.score(history, STEPS, request, scratch);
            }
            least = Math.min(least, threads.getCurrentThreadAllocatedBytes() - before);
        }
        return least;
    }
}
