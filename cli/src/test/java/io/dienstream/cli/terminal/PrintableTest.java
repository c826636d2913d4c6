package io.dienstream.cli.terminal;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PrintableTest {
    /** Characters by number: in a source they would be as invisible as anywhere. */
    @ParameterizedTest
    @CsvSource({
        "00, '\\u0000'",
        "07, '\\u0007'",
        "0d, '\\u000d'",
        "1b, '\\u001b'",
        "7f, '\\u007f'",
        "85, '\\u0085'",
        "9b, '\\u009b'",
        "200f, '\\u200f'",
        "202e, '\\u202e'",
        "2066, '\\u2066'",
        "2028, '\\u2028'",
        "2029, '\\u2029'",
        "feff, '\\ufeff'",
        "d800, '\\ud800'",
        "dc00, '\\udc00'",
        "e0041, '\\udb40\\udc41'"
    })
    void whatCannotBeSeenIsItsCode(String codePoint, String code) {
        String text = "a" + Character.toString(Integer.parseInt(codePoint, 16)) + "b";
        assertThat(Printable.of(text)).isEqualTo("a" + code + "b");
        assertThat(Printable.lines(text)).isEqualTo("a" + code + "b");
    }

    @Test
    void whatCanBeSeenStays() {
        String text = "naïve 日本語 עברית \uD83D\uDE80 <script> \"quoted\" \\u001b C:\\";
        assertThat(Printable.of(text)).isSameAs(text);
    }

    @Test
    void aLineHasNoEndInIt() {
        assertThat(Printable.of("a\n\tb")).isEqualTo("a\\u000a\\u0009b");
        assertThat(Printable.lines("a\n\tb")).isEqualTo("a\n\tb");
        assertThat(Printable.of(null)).isEqualTo("null");
    }
}
