package io.dienstream.bench.peer;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class RawHistoryTest {
    private final RawHistory layout = new RawHistory(2);

    private byte[] of(int most, long... times) {
        byte[] history = null;
        for (long time : times) {
            byte[] behavior = layout.behavior(time, new int[] {(int) time, -(int) time});
            history = layout.with(history, behavior, most);
        }
        return history;
    }

    private List<Long> times(byte[] history) {
        return IntStream.range(0, layout.size(history))
                .mapToObj(t -> layout.time(history, t))
                .toList();
    }

    @Test
    void behaviorsStandByTime() {
        byte[] history = of(10, 5, 7, 6, 1, 7);
        assertThat(times(history)).containsExactly(1L, 5L, 6L, 7L, 7L);
        assertThat(layout.row(history, 2, 0)).isEqualTo(6);
        assertThat(layout.row(history, 2, 1)).isEqualTo(-6);
        assertThat(history).hasSize(5 * 16);
    }

    @Test
    void theOldestLeavesAFullHistory() {
        assertThat(times(of(3, 1, 2, 3, 4, 5))).containsExactly(3L, 4L, 5L);
        assertThat(times(of(3, 4, 5, 6, 1))).containsExactly(4L, 5L, 6L);
        assertThat(times(of(3, 4, 5, 7, 6))).containsExactly(5L, 6L, 7L);
    }

    @Test
    void aRequestSeesWhatIsNotAfterIt() {
        byte[] history = of(10, 1, 2, 2, 3);
        assertThat(layout.prefix(history, 2)).isEqualTo(3);
        assertThat(layout.prefix(history, 0)).isZero();
        assertThat(layout.prefix(null, 9)).isZero();
    }

    @Test
    void anErasureTakesThoseUpToItsTime() {
        byte[] history = of(10, 1, 2, 2, 3);
        assertThat(times(layout.after(history, 2))).containsExactly(3L);
        assertThat(layout.after(history, 3)).isNull();
    }

    @Test
    void behaviorsThatAreKeptOneByOneAreOneValue() {
        byte[] joined =
                layout.join(
                        List.of(
                                layout.behavior(1, new int[] {10, 11}),
                                layout.behavior(2, new int[] {20, 21})));
        assertThat(times(joined)).containsExactly(1L, 2L);
        assertThat(layout.row(joined, 1, 1)).isEqualTo(21);
        assertThat(layout.join(List.of())).isEmpty();
    }
}
