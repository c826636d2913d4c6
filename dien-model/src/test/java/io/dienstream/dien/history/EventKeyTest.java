package io.dienstream.dien.history;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class EventKeyTest {
    private static final String GIVEN = "purchase-of-2026-11-28T12:00:00Z";

    /** Found in a second: MurmurHash3 can be run backwards. */
    private static final String FOUND = "neecnvzmfmxegsdki6-6Dw`TvY=lEXA/";

    @Test
    void numbersAreTheirOwnKeysAndOthersStandBeforeThem() {
        assertThat(EventKey.of("0")).isEqualTo(new EventKey(0, 0));
        assertThat(EventKey.of("999999999999999999"))
                .isEqualTo(EventKey.ofNumber(999_999_999_999_999_999L));
        List<EventKey> inOrder =
                Stream.of("9", "010", "10", "-1", "", "1000000000000000000", "b7e1", "b7e2")
                        .map(EventKey::of)
                        .sorted()
                        .toList();
        assertThat(inOrder).doesNotHaveDuplicates();
        assertThat(inOrder.subList(0, 6)).allMatch(key -> key.high() < 0);
        assertThat(inOrder.subList(6, 8))
                .containsExactly(EventKey.ofNumber(9), EventKey.ofNumber(10));
    }

    /** With openssl: printf %s click-1 | openssl sha256. */
    @Test
    void anyOtherIsTheBeginningOfItsDigest() {
        EventKey key = EventKey.of("click-1");
        assertThat(key.high()).isEqualTo(0xbc2496caa773bc29L | Long.MIN_VALUE);
        assertThat(key.low()).isEqualTo(0x7e0e5db550d4efa6L | 1);
        assertThat(key.isEarlier()).isFalse();
    }

    @Test
    void anIdThatIsMadeToLookLikeAnotherDoesNot() {
        assertThat(EventKey.earlier(FOUND)).as("as before").isEqualTo(EventKey.earlier(GIVEN));
        assertThat(EventKey.of(FOUND)).isNotEqualTo(EventKey.of(GIVEN));
    }

    @Test
    void earlierKeysAreThoseOfReleasesBefore() {
        assertThat(EventKey.earlier("42")).isEqualTo(42);
        assertThat(EventKey.earlier("click-1")).isEqualTo(0xca4dacff129bc71dL);
        assertThat(new EventKey(EventKey.earlier("click-1"), 0).isEarlier()).isTrue();
        assertThat(EventKey.of("42").isEarlier()).isFalse();
    }
}
