package io.dienstream.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import io.dienstream.dien.Needed;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** k8s/rendered/ is what k8s/render.sh makes of today's sources. */
class RenderedTest {
    @Test
    void isOfTodaysSources() throws Exception {
        assertThat(sums())
                .as("run k8s/render.sh")
                .isEqualTo(
                        Files.readAllLines(Manifests.ROOT.resolve("k8s/rendered/sources.sha256")));
    }

    private static List<String> sums() throws IOException, NoSuchAlgorithmException {
        MessageDigest sha = MessageDigest.getInstance("SHA-256");
        List<String> files = new ArrayList<>();
        for (String directory :
                List.of(
                        "k8s/base",
                        "k8s/components",
                        "k8s/kafka",
                        "k8s/learning",
                        "k8s/overlays",
                        "monitoring")) {
            try (Stream<Path> tree = Files.walk(Manifests.ROOT.resolve(directory))) {
                tree.filter(f -> Files.isRegularFile(f) && !f.toString().endsWith("-test.yml"))
                        .map(f -> Manifests.ROOT.relativize(f).toString().replace('\\', '/'))
                        .forEach(files::add);
            }
        }
        return files.stream().sorted().map(f -> sum(sha, f)).toList();
    }

    private static String sum(MessageDigest sha, String file) {
        try {
            byte[] bytes = Files.readAllBytes(Manifests.ROOT.resolve(file));
            return HexFormat.of().formatHex(sha.digest(bytes)) + "  " + file;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Where kubectl is: it renders the same. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "local",
                "production",
                "production-s3",
                "learning-local",
                "learning-production",
                "learning-production-s3"
            })
    void isWhatKustomizeMakes(String overlay) throws Exception {
        Process kustomize;
        try {
            kustomize =
                    new ProcessBuilder("kubectl", "kustomize", "k8s/overlays/" + overlay)
                            .directory(Manifests.ROOT.toFile())
                            .redirectError(ProcessBuilder.Redirect.INHERIT)
                            .start();
        } catch (IOException e) {
            Needed.here("kubectl", false, "no kubectl here: " + e.getMessage());
            return;
        }
        String rendered =
                new String(kustomize.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(kustomize.waitFor()).isZero();
        assertThat(rendered)
                .isEqualTo(
                        Files.readString(
                                Manifests.ROOT.resolve("k8s/rendered/" + overlay + ".yaml")));
    }
}
