package io.dienstream.bench.command;

import static org.assertj.core.api.Assertions.assertThat;

import io.dienstream.dien.artifact.ModelReader;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BenchKafkaMixinTest {
    /** A table's T would else be of histories that were cut. */
    @ParameterizedTest
    @CsvSource({"20, 100", "100, 100", "300, 300"})
    void theRandomModelRetainsWhatIsAskedFor(int longest, int retained) throws Exception {
        assertThat(
                        ModelReader.read(new BenchKafkaMixin().settings(longest).model())
                                .config()
                                .maxLength())
                .isEqualTo(retained);
    }
}
