package io.dienstream.dien.history;

import static org.assertj.core.api.Assertions.assertThat;

import io.dienstream.dien.RandomModels;
import io.dienstream.dien.Scorer;
import io.dienstream.dien.kernel.ScalarKernels;
import io.dienstream.dien.layer.InterestExtractor;
import io.dienstream.dien.model.Architecture;
import io.dienstream.dien.model.AttentionType;
import io.dienstream.dien.model.GateForm;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a model finds that comes back after one with a longer history was live. */
class KeptTest {
    private static final int LONGEST = 13;
    private static final int BEHAVIORS = 3 * LONGEST;

    @TempDir private Path directory;

    private HistoryModel model(int maxLength) throws IOException {
        Path path = directory.resolve("l" + maxLength);
        return new Scorer(
                        RandomModels.write(
                                path,
                                RandomModels.config(
                                        Architecture.DIEN,
                                        AttentionType.BILINEAR,
                                        GateForm.PAPER,
                                        maxLength),
                                1),
                        new ScalarKernels())
                .historyModel();
    }

    /** The behaviors that {@code shorter} finds missing, over all numbers of placed behaviors. */
    private static int missing(HistoryModel longer, HistoryModel shorter, int least) {
        HistoryModel live = longer.keeping(new Kept(least, Integer.MAX_VALUE, true));
        InterestExtractor.Scratch scratch = live.newScratch();
        InterestHistory kept = live.newHistory();
        InterestHistory own = shorter.newHistory();
        int missing = 0;
        for (int n = 0; n < BEHAVIORS; n++) {
            Map<String, String> fields = Map.of("item", "i" + n % 19, "category", "c");
            live.add(kept, live.encode("e" + n, n, fields), scratch);
            shorter.add(own, shorter.encode("e" + n, n, fields), shorter.newScratch());
            assertThat(kept.size()).isEqualTo(Retention.seen(n + 1, longer.maxLength()));
            InterestHistory back = shorter.rebuild(kept, shorter.newScratch());
            missing += own.size() - back.size();
            if (own.size() == back.size()) {
                int floats = own.size() * own.hidden();
                assertThat(Arrays.copyOf(back.states(), floats))
                        .isEqualTo(Arrays.copyOf(own.states(), floats));
            }
        }
        return missing;
    }

    @Test
    void aShorterModelFindsWhatItWouldHaveHadItStayedLive() throws IOException {
        List<HistoryModel> models = new ArrayList<>();
        for (int length = 1; length <= LONGEST; length++) {
            models.add(model(length));
        }
        int wouldMiss = 0;
        for (HistoryModel longer : models) {
            for (HistoryModel shorter : models.subList(0, models.indexOf(longer))) {
                int needed = Kept.needed(longer.maxLength(), shorter.maxLength());
                assertThat(missing(longer, shorter, needed))
                        .as("L = %d after L = %d", shorter.maxLength(), longer.maxLength())
                        .isZero();
                wouldMiss += missing(longer, shorter, longer.maxLength());
            }
        }
        assertThat(wouldMiss).as("if only the longer model counted").isPositive();
    }

    @Test
    void oneMoreIsKeptOnlyWhereLengthsAreClose() {
        assertThat(Kept.needed(100, 0)).isEqualTo(100);
        assertThat(Kept.needed(100, 50)).isEqualTo(100);
        assertThat(Kept.needed(100, 76)).isEqualTo(100);
        assertThat(Kept.needed(100, 77)).isEqualTo(101);
        assertThat(Kept.needed(100, 99)).isEqualTo(101);
        assertThat(Kept.needed(1, 0)).isEqualTo(1);
    }
}
