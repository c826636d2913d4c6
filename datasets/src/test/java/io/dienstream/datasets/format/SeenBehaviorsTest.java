package io.dienstream.datasets.format;

import static org.assertj.core.api.Assertions.assertThat;

import io.dienstream.schema.LabeledCandidate;
import io.dienstream.schema.ServedBehavior;
import io.dienstream.schema.TrainingExample;
import io.dienstream.wire.OfflineExample;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SeenBehaviorsTest {
    private static List<ServedBehavior> behaviors(long... times) {
        List<ServedBehavior> behaviors = new ArrayList<>();
        for (long time : times) {
            String item = "i" + behaviors.size();
            behaviors.add(new ServedBehavior(time, Map.of("item", item, "category", "c")));
        }
        return behaviors;
    }

    private static TrainingExample example(long timestamp, List<ServedBehavior> behaviors) {
        List<LabeledCandidate> ads =
                List.of(OfflineExample.candidate("a", Map.of("item", "i3"), true, false));
        return OfflineExample.of("r", "u", timestamp, Map.of(), Map.of(), behaviors, ads, "");
    }

    private static List<String> items(List<ServedBehavior> seen) {
        return seen.stream().map(b -> b.getFields().get("item")).toList();
    }

    /** As a history does that a model with L = 8 takes over, not the last eight. */
    @ParameterizedTest
    @CsvSource({"8, 8", "9, 7", "10, 8", "11, 7", "12, 8", "15, 7"})
    void aShorterModelCutsByTheRule(int carried, int seen) {
        List<ServedBehavior> behaviors = behaviors(new long[carried]);
        assertThat(SeenBehaviors.of(example(0, behaviors), 8))
                .isEqualTo(behaviors.subList(carried - seen, carried));
    }

    /** Equal ones are two: their ids are gone. */
    @Test
    void ordersByTimeAndThenAsTheyStandAndLeavesOutWhatIsLater() {
        List<ServedBehavior> behaviors = behaviors(20, 10, 30, 10, 31);
        assertThat(items(SeenBehaviors.of(example(30, behaviors), 9)))
                .containsExactly("i1", "i3", "i0", "i2");
    }
}
