package io.dienstream.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.dienstream.cli.Dien;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** {@code dien try} on a small log. */
class TryIT {
    @TempDir Path directory;

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    private int run(String... args) {
        CommandLine commands = Dien.commandLine();
        commands.setOut(new PrintWriter(out));
        commands.setErr(new PrintWriter(err));
        return commands.execute(args);
    }

    private Path log() {
        assertThat(
                        run(
                                "simulate",
                                "--output",
                                directory.resolve("log").toString(),
                                "--behaviors",
                                "4000",
                                "--requests",
                                "1",
                                "--users",
                                "150"))
                .as(err.toString())
                .isZero();
        return directory.resolve("log").resolve("behaviors.jsonl.gz");
    }

    @Test
    void aLogBecomesAModelThatAnswersInTheStream() throws Exception {
        Path log = log();
        Path all = directory.resolve("all");
        int exitCode = run("try", log.toString(), "--output", all.toString());
        assertThat(exitCode).as(out + "\n" + err).isZero();
        assertThat(out.toString())
                .contains("== 1 of 5  dien prepare interactions")
                .contains("== 5 of 5  dien explain")
                .contains("scores recomputed offline")
                .contains("All of it is in " + all);
        assertThat(all.resolve("model").resolve("model.json")).isRegularFile();
        assertThat(all.resolve("model.report").resolve("metrics.json")).isRegularFile();
        long asked = Files.readAllLines(all.resolve("requests.jsonl")).size();
        assertThat((long) Files.readAllLines(all.resolve("answers.jsonl")).size())
                .isEqualTo(asked)
                .isPositive();

        assertThat(run("try", log.toString(), "--output", all.toString())).isEqualTo(1);
        assertThat(err.toString()).contains("is there already: name another by --output");
    }

    @Test
    void aLogThatIsNoneEndsWithTheFirstStepsReason() throws Exception {
        Path nonsense = directory.resolve("notes.txt");
        Files.writeString(nonsense, "this is no click log\n".repeat(50));
        assertThat(run("try", nonsense.toString(), "--output", directory + "/none")).isEqualTo(1);
        assertThat(err.toString()).contains("dien try: step 1 of 5 ended with 1");
        assertThat(out.toString()).doesNotContain("== 2 of 5");
    }
}
