package io.dienstream.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** {@code ./dien} with a JVM that only says how it was called. */
@EnabledOnOs(OS.LINUX)
class LauncherTest {
    private static final String JAVA =
            """
            #!/bin/sh
            case "$*" in
              *-XshowSettings*) echo "java.specification.version = 17" >&2; exit 0 ;;
              *io.dienstream.cli.Dien*) ;;
              *) exit 0 ;;
            esac
            for a in "$@"; do echo "$a"; done
            echo "LC_ALL=$LC_ALL"
            """;

    @TempDir private Path directory;
    private Path home;

    @BeforeEach
    void install() throws IOException {
        home = Files.createDirectories(directory.resolve("opt/dien stream"));
        Path launcher = Path.of(System.getProperty("user.dir")).resolveSibling("dien");
        script(home.resolve("dien"), Files.readString(launcher));
        Files.createDirectories(home.resolve("distribution/target"));
        Files.createFile(home.resolve("pom.xml"));
        Files.createDirectories(directory.resolve("jdk/bin"));
        script(directory.resolve("jdk/bin/java"), JAVA);
        Files.createFile(home.resolve("distribution/target/.built"));
    }

    private static void script(Path file, String text) throws IOException {
        Files.writeString(file, text);
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    private record Run(int exitCode, List<String> lines) {}

    private Run run(Path launcher, Map<String, String> environment, String... arguments)
            throws IOException, InterruptedException {
        List<String> line = new ArrayList<>(List.of(launcher.toString()));
        line.addAll(List.of(arguments));
        ProcessBuilder builder = new ProcessBuilder(line).redirectErrorStream(true);
        builder.directory(Files.createDirectories(directory.resolve("elsewhere")).toFile());
        builder.environment().remove("TMPDIR");
        builder.environment().put("JAVA_HOME", directory.resolve("jdk").toString());
        builder.environment().putAll(environment);
        Process process = builder.start();
        List<String> lines =
                new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8)
                        .lines()
                        .toList();
        return new Run(process.waitFor(), lines);
    }

    @Test
    void aLinkToALinkFindsWhatItLeadsTo() throws Exception {
        Path bin = Files.createDirectories(directory.resolve("bin"));
        Path absolute = Files.createSymbolicLink(bin.resolve("dien-1"), home.resolve("dien"));
        Path relative = Files.createSymbolicLink(bin.resolve("dien"), Path.of("dien-1"));
        for (Path launcher : List.of(home.resolve("dien"), absolute, relative)) {
            Run run = run(launcher, Map.of(), "score", "a b", "");
            assertThat(run.exitCode()).as(run.lines().toString()).isZero();
            assertThat(run.lines())
                    .contains(home.toRealPath() + "/distribution/target/lib/*")
                    .containsSequence("io.dienstream.cli.Dien", "score", "a b", "");
        }
    }

    @Test
    void theTemporaryDirectoryIsTheUsersAlsoWithBlanks() throws Exception {
        Path temporary = Files.createDirectories(directory.resolve("my tmp"));
        Run run = run(home.resolve("dien"), Map.of("TMPDIR", temporary.toString()), "demo");
        assertThat(run.lines()).contains("-Djava.io.tmpdir=" + temporary);
        Run missing = run(home.resolve("dien"), Map.of("TMPDIR", "/nowhere at all"), "demo");
        assertThat(missing.exitCode()).isEqualTo(1);
        assertThat(missing.lines())
                .containsExactly(
                        "dien: TMPDIR=/nowhere at all is no directory that may be written");
    }

    /** In the C locale a JVM can open no file whose name is not ASCII. */
    @Test
    void namesOfFilesAreUtf8InEveryLocale() throws Exception {
        for (String locale : List.of("C", "POSIX", "")) {
            Run run = run(home.resolve("dien"), Map.of("LC_ALL", locale, "LANG", "C"), "demo");
            assertThat(run.lines()).contains("LC_ALL=C.UTF-8");
        }
        Run own = run(home.resolve("dien"), Map.of("LC_ALL", "C.utf8"), "demo");
        assertThat(own.lines()).contains("LC_ALL=C.utf8");
    }
}
