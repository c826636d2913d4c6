package io.dienstream.train.batch;

import static org.assertj.core.api.Assertions.assertThat;

import io.dienstream.datasets.offline.ExampleScorer;
import io.dienstream.dien.RandomModels;
import io.dienstream.dien.Scorer;
import io.dienstream.dien.history.InterestHistory;
import io.dienstream.dien.kernel.KernelsProvider;
import io.dienstream.dien.model.Architecture;
import io.dienstream.dien.model.AttentionType;
import io.dienstream.dien.model.GateForm;
import io.dienstream.dien.model.ModelConfig;
import io.dienstream.schema.LabeledCandidate;
import io.dienstream.schema.ServedBehavior;
import io.dienstream.schema.TrainingExample;
import io.dienstream.wire.OfflineExample;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ExampleEncoderTest {
    @TempDir private Path directory;

    /** Out of order, and more of them than a model keeps: what is embedded is what is scored. */
    @ParameterizedTest
    @CsvSource({"11, 8, 7", "12, 5, 4", "3, 2, 2", "0, 4, 0"})
    void seesTheBehaviorsThatTheScorerSees(int carried, int maxLength, int seen) throws Exception {
        ModelConfig config =
                RandomModels.config(
                        Architecture.DIEN, AttentionType.BILINEAR, GateForm.PAPER, maxLength);
        ExampleScorer scorer =
                new ExampleScorer(
                        new Scorer(
                                RandomModels.write(directory.resolve("model"), config, 1),
                                KernelsProvider.get()));
        List<ServedBehavior> behaviors = new ArrayList<>();
        for (int n = 0; n < carried; n++) {
            long time = n % 4 == 0 ? n + 3 : n;
            behaviors.add(new ServedBehavior(time, Map.of("item", "i" + n, "category", "c")));
        }
        List<LabeledCandidate> ads =
                List.of(OfflineExample.candidate("a", Map.of("item", "i3"), true, false));
        TrainingExample example =
                OfflineExample.of("r", "u", 100L, Map.of(), Map.of(), behaviors, ads, "");
        InterestHistory history = scorer.score(example);
        assertThat(history.size()).isEqualTo(seen);
        ExampleEncoder encoder = new ExampleEncoder(config, Map.of("item", RandomModels.items()));
        assertThat(encoder.encode(example).behaviors())
                .containsExactly(Arrays.copyOf(history.rows(), 2 * seen));
    }
}
