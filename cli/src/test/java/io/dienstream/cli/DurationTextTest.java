package io.dienstream.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine.TypeConversionException;

class DurationTextTest {
    private final DurationText text = new DurationText();

    @ParameterizedTest
    @CsvSource({
        "0s, PT0S",
        "500ms, PT0.5S",
        "90s, PT1M30S",
        "10m, PT10M",
        "10min, PT10M",
        "24h, PT24H",
        "7d, PT168H",
        "36500d, PT876000H",
        "3153600000000ms, PT876000H"
    })
    void aNumberWithItsUnit(String given, Duration expected) {
        assertThat(text.convert(given)).isEqualTo(expected);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "5", "s", "-5s", "5 weeks", "1.5h", "PT5S", "5S", "1e3s", "5s5s"})
    void whatHasNoUnitOrIsNoNumberIsRefused(String given) {
        assertThatThrownBy(() -> text.convert(given))
                .isInstanceOf(TypeConversionException.class)
                .hasMessage(
                        "'%s' is no time with its unit, such as 500ms, 30s, 10m, 24h or 7d", given);
    }

    @ParameterizedTest
    @ValueSource(strings = {"36501d", "3153600000001ms", "999999999999999d"})
    void whatNobodyWaitsForIsRefused(String given) {
        assertThatThrownBy(() -> text.convert(given))
                .isInstanceOf(TypeConversionException.class)
                .hasMessage("'%s' is longer than 36500d", given);
    }
}
