package io.dienstream.dien;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.opentest4j.TestAbortedException;

class NeededTest {
    @ParameterizedTest
    @ValueSource(strings = {"", "kubectl", "kubectl,python3-kafka"})
    void whatIsNotRequiredIsSkipped(String required) {
        assertThatThrownBy(() -> Needed.here("chromium", false, "no browser", required))
                .isInstanceOf(TestAbortedException.class)
                .hasMessageContaining("SKIPPED (chromium): no browser");
    }

    @ParameterizedTest
    @ValueSource(strings = {"all", "chromium", " kubectl , chromium "})
    void whatIsRequiredFails(String required) {
        assertThatThrownBy(() -> Needed.here("chromium", false, "no browser", required))
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining("no browser, and dien.require=");
    }

    @Test
    void whatIsThereIsThere() {
        assertThatCode(() -> Needed.here("chromium", true, "no browser", "all"))
                .doesNotThrowAnyException();
    }
}
