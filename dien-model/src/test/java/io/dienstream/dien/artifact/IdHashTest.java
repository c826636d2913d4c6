package io.dienstream.dien.artifact;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class IdHashTest {
    /** 00 01 02 ... 0f, as the paper has it for its example. */
    private final IdHash hash = IdHash.of("07060504030201000f0e0d0c0b0a0908" + "ff".repeat(16));

    /**
     * By a program of its own that gives the paper's example for SipHash-2-4, and for SipHash-1-3
     * with a key of zeros what CPython 3.11 gives with PYTHONHASHSEED=0.
     */
    @ParameterizedTest
    @CsvSource({
        "0, abac0158050fc4dc",
        "1, c9f49bf37d57ca93",
        "7, d3927d989bb11140",
        "8, 369095118d299a8e",
        "9, 25a48eb36c063de4",
        "15, d320d86d2a519956",
        "16, cc4fdd1a7d908b66",
        "63, 9d199062b7bbb3a8"
    })
    void isSipHash(int n, String expected) {
        byte[] bytes = new byte[64];
        for (int i = 0; i < bytes.length; i++) {
            bytes[i] = (byte) i;
        }
        assertThat(Long.toHexString(hash.of(bytes, n))).isEqualTo(expected);
    }

    @Test
    void isThatOfCPythonWithAKeyOfZeros() {
        IdHash zeros = new IdHash(0, 0);
        assertThat(zeros.ofAscii("a")).isEqualTo(4644417185603328019L);
        assertThat(zeros.ofAscii("B00000IRRU"))
                .isEqualTo(Long.parseUnsignedLong("17909176175850016153"));
    }

    @Test
    void aStringHasTheHashOfItsBytes() {
        Random random = new Random(1);
        for (int n = 0; n < 1000; n++) {
            byte[] id = new byte[n % 300];
            for (int i = 0; i < id.length; i++) {
                id[i] = (byte) random.nextInt(128);
            }
            assertThat(hash.ofAscii(new String(id, StandardCharsets.US_ASCII)))
                    .isEqualTo(hash.of(id, id.length));
        }
    }

    @ParameterizedTest
    @CsvSource({"ü", "aü", "abcdefgü", "abcdefghiü", "Āb", "a𝄞", "abcdefghi€", "\u0080"})
    void aStringThatIsNotAsciiSaysSo(String id) {
        assertThat(hash.ofAscii(id)).isEqualTo(IdHash.NOT_ASCII);
        byte[] utf8 = id.getBytes(StandardCharsets.UTF_8);
        assertThat(hash.of(utf8, utf8.length)).isNotEqualTo(IdHash.NOT_ASCII);
    }

    @Test
    void anotherKeyIsAnotherHash() {
        assertThat(IdHash.of("17060504030201000f0e0d0c0b0a0908").ofAscii("i1"))
                .isNotEqualTo(hash.ofAscii("i1"));
    }
}
