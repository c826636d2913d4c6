package io.dienstream.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.dienstream.cli.CommandRun;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the tab key offers. */
class CompletionTest {
    @TempDir private Path directory;

    /** What bash offers where the last of {@code words} is being typed. */
    private String offered(String... words) throws Exception {
        Path script = directory.resolve("completion.bash");
        CommandRun run = CommandRun.of("completion", "bash");
        assertThat(run.exitCode()).as(run.err()).isZero();
        Files.writeString(script, run.out(), StandardCharsets.UTF_8);
        String typed = String.join(" ", words);
        Process bash =
                new ProcessBuilder(
                                "bash",
                                "-c",
                                "source %s; COMP_WORDS=(dien %s); COMP_CWORD=%d; _complete_dien 2>/dev/null;"
                                                .formatted(script, typed, words.length)
                                        + " echo \"${COMPREPLY[@]}\"")
                        .redirectErrorStream(true)
                        .start();
        String said = new String(bash.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(bash.waitFor()).as(said).isZero();
        return said.strip();
    }

    @Test
    void bashKnowsCommandsAndTheirOptions() throws Exception {
        assertThat(offered("chao")).isEqualTo("chaos");
        assertThat(offered("model", "publ")).isEqualTo("publish");
        assertThat(offered("send", "--time")).isEqualTo("--timeout");
    }

    @Test
    void fishKnowsThemToo() {
        String script = CommandRun.of("completion", "fish").out();
        assertThat(script)
                .startsWith("complete -c dien -f\n")
                .contains("complete -c dien -n '__fish_use_subcommand' -a chaos -d '")
                .contains("-n '__fish_seen_subcommand_from send' -l timeout -r -F -d '")
                .contains(
                        "'__fish_seen_subcommand_from model; and __fish_seen_subcommand_from publish' -l")
                .doesNotContain("${");
    }

    @Test
    void anotherShellIsWrongUsage() {
        CommandRun run = CommandRun.of("completion", "tcsh");
        assertThat(run.exitCode()).isEqualTo(2);
        assertThat(run.err()).contains("tcsh");
    }
}
