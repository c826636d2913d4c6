package io.dienstream.dien.model;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Published digests of MurmurHash3_x64_128 with seed 0, first eight bytes. */
class Murmur3Test {
    @ParameterizedTest
    @CsvSource({
        "'', 0000000000000000",
        "hello, cbd8a7b341bd9b02",
        "The quick brown fox jumps over the lazy dog, e34bbc7bbc071b6c"
    })
    void hashesAsPublished(String text, String hash) {
        assertThat(Murmur3.hash64(text.getBytes(StandardCharsets.UTF_8)))
                .isEqualTo(Long.parseUnsignedLong(hash, 16));
    }
}
