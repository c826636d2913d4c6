package io.dienstream.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class KeptNegativeTest {
    /** From another implementation of SHA-256. */
    private static final double DRAWN = 0.1385192511134007;

    /** Whoever draws again, in whatever release, keeps the same ones. */
    @Test
    void theDrawIsForEver() {
        KeptNegative kept = new KeptNegative("salt", 0.5);
        assertThat(kept.draw("request", "ad")).isEqualTo(DRAWN);
        assertThat(kept.draw("request", "ad")).isEqualTo(DRAWN);
    }

    @Test
    void aShareIsKeptAndALargerOneKeepsTheSame() {
        KeptNegative tenth = new KeptNegative("s", 0.1);
        KeptNegative third = new KeptNegative("s", 1 / 3.0);
        KeptNegative other = new KeptNegative("t", 0.1);
        int kept = 0;
        int both = 0;
        for (int n = 0; n < 20_000; n++) {
            String request = "r" + n / 10;
            String ad = "a" + n % 10;
            if (tenth.keeps(request, ad)) {
                kept++;
                assertThat(third.keeps(request, ad)).isTrue();
                both += other.keeps(request, ad) ? 1 : 0;
            }
        }
        assertThat(kept / 20_000.0).isCloseTo(0.1, within(0.01)); // over four sigma
        assertThat((double) both / kept).as("another salt").isCloseTo(0.1, within(0.03));
    }

    @Test
    void boundariesOfTextsCount() {
        KeptNegative kept = new KeptNegative("s", 0.5);
        assertThat(kept.draw("ab", "c")).isNotEqualTo(kept.draw("a", "bc"));
    }

    @Test
    void aRateOfOneKeepsAllAndOthersAreRefused() {
        assertThat(new KeptNegative("s", 1).keeps("r", "a")).isTrue();
        assertThatThrownBy(() -> new KeptNegative("s", 0))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("rate = 0.0");
    }
}
