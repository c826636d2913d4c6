package io.dienstream.job.function;

import static org.assertj.core.api.Assertions.assertThat;

import io.dienstream.dien.history.Behavior;
import io.dienstream.dien.history.EventKey;
import io.dienstream.dien.history.FieldValues;
import io.dienstream.dien.history.InterestHistory;
import io.dienstream.schema.ServedBehavior;
import io.dienstream.schema.ServedRequest;
import io.dienstream.wire.WireDecoder;
import io.dienstream.wire.WireEncoder;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class StoredBehaviorsTest {
    private static final String LONG = "ü".repeat(200);

    private final StoredBehaviors behaviors = new StoredBehaviors();
    private final WireEncoder<ServedRequest> encoder = new WireEncoder<>(ServedRequest.class);
    private final WireDecoder<ServedRequest> decoder = WireDecoder.of(ServedRequest.class);

    private static InterestHistory history(String[] names, String[]... values) {
        InterestHistory history = new InterestHistory(names, 0, 100);
        for (int t = 0; t < values.length; t++) {
            history.restore(
                    new Behavior(
                            EventKey.ofNumber(t),
                            1_000 + t,
                            new int[names.length],
                            FieldValues.encode(values[t])));
        }
        return history;
    }

    private List<ServedBehavior> written(InterestHistory history, int prefix) throws Exception {
        ServedRequest request =
                new ServedRequest(
                        "r",
                        "u",
                        5L,
                        Map.of(),
                        Map.of(),
                        List.of(),
                        behaviors.of(history, prefix),
                        "m",
                        "1",
                        List.of(0.5f),
                        null,
                        null,
                        null);
        ServedRequest read = decoder.decode(encoder.encode(request));
        assertThat(read.getPctr()).containsExactly(0.5f);
        return read.getBehaviors();
    }

    @Test
    void areWrittenWithTheirValuesAndWithoutThoseThatAreMissing() throws Exception {
        InterestHistory history =
                history(
                        new String[] {"item", "category"},
                        new String[] {"i1", LONG},
                        new String[] {null, "c2"},
                        new String[] {"", null},
                        new String[] {"after", "the prefix"});
        assertThat(written(history, 3))
                .containsExactly(
                        new ServedBehavior(1_000L, Map.of("item", "i1", "category", LONG)),
                        new ServedBehavior(1_001L, Map.of("category", "c2")),
                        new ServedBehavior(1_002L, Map.of("item", "")));
        assertThat(written(history, 0)).isEmpty();
    }

    @Test
    void followTheFieldsOfEachHistory() throws Exception {
        String[] one = {"x"};
        assertThat(written(history(new String[] {"item"}, one), 1).get(0).getFields())
                .isEqualTo(Map.of("item", "x"));
        assertThat(written(history(new String[] {"shop"}, one), 1).get(0).getFields())
                .isEqualTo(Map.of("shop", "x"));
        String[] two = {"x", "y"};
        assertThat(written(history(new String[] {"shop", "item"}, two), 1).get(0).getFields())
                .isEqualTo(Map.of("shop", "x", "item", "y"));
    }
}
