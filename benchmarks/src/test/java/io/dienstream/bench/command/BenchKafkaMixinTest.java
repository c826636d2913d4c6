package io.dienstream.bench.command;

import static org.assertj.core.api.Assertions.assertThat;

import io.dienstream.cli.Dien;
import io.dienstream.dien.artifact.ModelReader;
import java.io.PrintWriter;
import java.io.StringWriter;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine;

class BenchKafkaMixinTest {
    private static final int USAGE = 2;

    /** Its topics of commands would be those of jobs at work. */
    @Test
    void modelsDoNotChangeInAGivenKafka() {
        StringWriter err = new StringWriter();
        CommandLine dien = Dien.commandLine().setErr(new PrintWriter(err));
        int exitCode =
                dien.execute(
                        "bench",
                        "stream",
                        "--bootstrap-servers=localhost:1",
                        "--option=rollout.enabled=true");
        assertThat(err.toString())
                .contains("--option rollout.enabled and --bootstrap-servers exclude each other");
        assertThat(exitCode).isEqualTo(USAGE);
    }

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
