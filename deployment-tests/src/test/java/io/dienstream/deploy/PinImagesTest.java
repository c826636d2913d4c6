package io.dienstream.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** compose/pin-images.sh on copies of the files, with a stand-in for the registry. */
class PinImagesTest {
    private static final List<String> FILES =
            List.of("docker-compose.yml", "Dockerfile", "compose/object-store.Dockerfile");
    private static final String OLD = "0".repeat(64);
    private static final String NEW = "1".repeat(64);

    @TempDir private Path directory;
    private Path tools;

    @BeforeEach
    void copy() throws IOException {
        tools = Files.createDirectory(directory.resolve("bin"));
        Files.createDirectory(directory.resolve("compose"));
        for (String file : FILES) {
            Files.copy(Manifests.ROOT.resolve(file), directory.resolve(file));
        }
    }

    /** A crane that answers so, as a shell's command. */
    private void registry(String answer) throws IOException {
        Path crane = tools.resolve("crane");
        Files.writeString(crane, "#!/bin/sh\n" + answer + "\n");
        Files.setPosixFilePermissions(crane, PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    private int pin() throws IOException, InterruptedException {
        Path script = Manifests.ROOT.resolve("compose/pin-images.sh").toAbsolutePath();
        ProcessBuilder builder = new ProcessBuilder(script.toString(), directory.toString());
        builder.environment().merge("PATH", tools.toString(), (path, own) -> own + ":" + path);
        Process process = builder.redirectErrorStream(true).start();
        process.getOutputStream().close();
        process.getInputStream().readAllBytes();
        return process.waitFor();
    }

    private String all() throws IOException {
        StringBuilder text = new StringBuilder();
        for (String file : FILES) {
            text.append(Files.readString(directory.resolve(file), StandardCharsets.UTF_8));
        }
        return text.toString();
    }

    private static List<String> images(String text) {
        return text.lines()
                .filter(l -> l.matches(" *image: .*|ARG [A-Z_]*IMAGE=.*"))
                .map(l -> l.replaceFirst(".*(: |=)", ""))
                .toList();
    }

    @Test
    void everyForeignImageGetsItsDigestAndAMovedTagTheNewOne() throws Exception {
        String before = all();
        registry("echo sha256:" + OLD);
        assertThat(pin()).isZero();
        registry("echo sha256:" + NEW);
        assertThat(pin()).isZero();
        List<String> expected =
                images(before).stream()
                        .map(i -> i.matches("dien[-:].*") ? i : tag(i) + "@sha256:" + NEW)
                        .toList();
        assertThat(images(all())).isEqualTo(expected).hasSizeGreaterThan(8);
        assertThat(unpinned(all())).isEqualTo(unpinned(before));
    }

    private static String unpinned(String text) {
        return text.replaceAll("@sha256:[0-9a-f]{64}", "");
    }

    private static String tag(String image) {
        return image.replaceFirst("@.*", "");
    }

    @Test
    void nothingIsChangedUnlessEveryDigestIsKnown() throws Exception {
        String before = all();
        registry("case $2 in grafana/*) exit 1;; *) echo sha256:" + OLD + ";; esac");
        assertThat(pin()).isNotZero();
        registry("case $2 in grafana/*) echo none;; *) echo sha256:" + OLD + ";; esac");
        assertThat(pin()).isNotZero();
        assertThat(all()).isEqualTo(before);
    }
}
