package io.dienstream.deploy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import javax.net.ssl.SSLSocket;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.SecurityOptions;
import org.apache.flink.runtime.net.SSLUtils;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The keystore that docs/operate/kubernetes.md makes, with the settings of production: Flink's own
 * sockets shake hands on it, and refuse who has another.
 */
class InternalTlsTest {
    private static final Pattern KEYTOOL =
            Pattern.compile("^keytool (-genkeypair(?:.*\\\\\\n)*.*)$", Pattern.MULTILINE);

    @TempDir private static Path directory;

    private static Configuration ours;
    private static Configuration theirs;

    @BeforeAll
    static void makeTwo() throws Exception {
        ours = settings("ours");
        theirs = settings("theirs");
    }

    private static Configuration settings(String store) throws Exception {
        Matcher command =
                KEYTOOL.matcher(
                        Files.readString(Manifests.ROOT.resolve("docs/operate/kubernetes.md")));
        assertThat(command.find()).isTrue();
        List<String> arguments =
                Stream.of(command.group(1).replace("\\\n", " ").trim().split("\\s+")).toList();
        Path made = Files.createDirectory(directory.resolve(store));
        String keytool = Path.of(System.getProperty("java.home"), "bin", "keytool").toString();
        Process process =
                new ProcessBuilder(Stream.concat(Stream.of(keytool), arguments.stream()).toList())
                        .directory(made.toFile())
                        .redirectErrorStream(true)
                        .start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(output).isZero();

        Configuration settings = new Configuration();
        JsonNode spec = Manifests.rendered("production").one("FlinkDeployment").get("spec");
        spec.get("flinkConfiguration").properties().stream()
                .filter(e -> e.getKey().startsWith("security.ssl."))
                .forEach(e -> settings.setString(e.getKey(), e.getValue().asText()));
        for (var option :
                List.of(
                        SecurityOptions.SSL_INTERNAL_KEYSTORE,
                        SecurityOptions.SSL_INTERNAL_TRUSTSTORE)) {
            Path file = Path.of(settings.get(option));
            assertThat(spec.at("/podTemplate").findValuesAsText("mountPath"))
                    .contains(file.getParent().toString());
            settings.set(option, made.resolve(file.getFileName()).toString());
        }
        return settings;
    }

    private static void handshake(Configuration server, Configuration client) throws Exception {
        try (ServerSocket listening =
                        SSLUtils.createSSLServerSocketFactory(server)
                                .createServerSocket(0, 1, InetAddress.getLoopbackAddress());
                SSLSocket connected =
                        (SSLSocket)
                                SSLUtils.createSSLClientSocketFactory(client)
                                        .createSocket(
                                                InetAddress.getLoopbackAddress(),
                                                listening.getLocalPort())) {
            CompletableFuture<Integer> got = CompletableFuture.supplyAsync(() -> accept(listening));
            connected.getOutputStream().write(42);
            assertThat(got.get()).isEqualTo(42);
        }
    }

    private static int accept(ServerSocket listening) {
        try (SSLSocket accepted = (SSLSocket) listening.accept()) {
            return accepted.getInputStream().read();
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    @Test
    void processesWithTheSameStoreTrustEachOther() throws Exception {
        assertThat(SecurityOptions.isInternalSSLEnabled(ours)).isTrue();
        handshake(ours, ours);
    }

    @Test
    void whoHasAnotherIsRefused() {
        assertThatThrownBy(() -> handshake(ours, theirs)).hasStackTraceContaining("CertPath");
    }
}
