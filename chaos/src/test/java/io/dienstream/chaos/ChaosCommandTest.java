package io.dienstream.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import io.dienstream.cli.Dien;
import java.io.PrintWriter;
import java.io.StringWriter;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine;

/** What is wrong is said before any process starts. */
class ChaosCommandTest {
    private static final int USAGE = 2;

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            value = {
                "--faults kill-me | 'kill-me' is no fault; there are kill-taskmanager",
                "--rate 100 --load 0.5 | --rate and --load exclude each other",
                "--load 2 | --load is a share above 0 and up to 1",
                "--delivery twice | 'twice' is not allowed: expected at-least-once or",
                "--time-mode now | 'now' is not allowed",
                "--ttl soon | 'soon' is not allowed",
                "--option time.mode=latest | --option time.mode is not for this command",
                "--option no.such=1 | --option no.such is not for this command",
                "--rollout false --faults kill-broker,ramp-model | --faults has commands on models",
                "--scoring-parallelism -1 | --scoring-parallelism must not be below 0",
                "--delivery at-least-once --time-mode event-time --idle-after 3s | --idle-after",
                "--option checkpoint.timeout=1ns | checkpoint.timeout",
            })
    void isWrongUsage(String arguments, String message) {
        StringWriter err = new StringWriter();
        CommandLine dien = Dien.commandLine().setErr(new PrintWriter(err));
        int exitCode = dien.execute(("chaos " + arguments).split(" "));
        assertThat(err.toString()).contains(message);
        assertThat(exitCode).isEqualTo(USAGE);
    }

    @ParameterizedTest
    @CsvSource({
        "--faults=ramp-model, true",
        "--faults=rescale, ",
        "--rollout=true, true",
        "--rollout=false, false"
    })
    void modelsChangeWhereACommandOnThemIsAskedFor(String argument, Boolean rollout) {
        ChaosCommand command = new ChaosCommand();
        new CommandLine(command).parseArgs(argument);
        assertThat(command.rollout()).isEqualTo(rollout);
    }

    @ParameterizedTest
    @CsvSource({
        "--faults=kill-learning-jobmanager, true",
        "--faults=rescale, false",
        "--learning, true"
    })
    void theLearningJobRunsWhereItOrOneOfItsFaultsIsAskedFor(String argument, boolean learning) {
        ChaosCommand command = new ChaosCommand();
        new CommandLine(command).parseArgs(argument);
        assertThat(command.learning()).isEqualTo(learning);
    }
}
