package io.dienstream.job.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpServer;
import io.dienstream.job.Records;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A registry that answers whatever a test says, and one beside it that must not be asked. */
class RegistryClientTest {
    static {
        // or each answer's head and body wait for one another, 40 ms a request
        System.setProperty("sun.net.httpserver.nodelay", "true");
    }

    private static final String SCHEMA = "{\"schema\":\"{\\\"type\\\":\\\"string\\\"}\"}";

    @TempDir private Path directory;

    private final AtomicLong clock = new AtomicLong();
    private final AtomicInteger asked = new AtomicInteger();
    private final AtomicInteger others = new AtomicInteger();
    private final Map<Integer, Integer> statuses = new ConcurrentHashMap<>();
    private final Map<Integer, byte[]> bodies = new ConcurrentHashMap<>();
    private HttpServer registry;
    private HttpServer other;
    private RegistryClient client;

    @BeforeEach
    void start() throws IOException {
        InetSocketAddress any = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
        other = HttpServer.create(any, 0);
        other.createContext(
                "/",
                exchange -> {
                    others.incrementAndGet();
                    exchange.sendResponseHeaders(404, -1);
                    exchange.close();
                });
        other.start();
        registry = HttpServer.create(any, 0);
        registry.createContext(
                "/schemas/ids/",
                exchange -> {
                    asked.incrementAndGet();
                    int id =
                            Integer.parseInt(
                                    exchange.getRequestURI()
                                            .getPath()
                                            .substring("/schemas/ids/".length()));
                    int status = statuses.getOrDefault(id, 404);
                    byte[] body = bodies.getOrDefault(id, SCHEMA.getBytes(StandardCharsets.UTF_8));
                    if (status / 100 == 3) {
                        exchange.getResponseHeaders()
                                .set(
                                        "Location",
                                        "http://localhost:" + other.getAddress().getPort() + "/");
                    }
                    exchange.sendResponseHeaders(status, body.length);
                    exchange.getResponseBody().write(body);
                    exchange.close();
                });
        registry.start();
        client =
                new RegistryClient(
                        Records.options(
                                Path.of("unused"),
                                "schema-registry.url",
                                "http://localhost:" + registry.getAddress().getPort(),
                                "schema-registry.credentials-file",
                                Files.writeString(directory.resolve("secret"), "user:password")
                                        .toString(),
                                "schema-registry.timeout",
                                "1s"),
                        clock::get);
    }

    @AfterEach
    void stop() {
        registry.stop(0);
        other.stop(0);
    }

    @Test
    void whatIsFoundIsAskedForOnce() throws Exception {
        statuses.put(1, 200);
        for (int n = 0; n < 3; n++) {
            assertThat(client.schema(1)).isPresent();
            clock.addAndGet(Duration.ofHours(1).toNanos());
        }
        assertThat(asked).hasValue(1);
    }

    @Test
    void thatThereIsNoneIsForgottenAfterAMinute() throws Exception {
        assertThat(client.schema(7)).isEmpty();
        assertThat(client.schema(7)).isEmpty();
        assertThat(asked).hasValue(1);
        statuses.put(7, 200);
        clock.addAndGet(Duration.ofSeconds(59).toNanos());
        assertThat(client.schema(7)).isEmpty();
        clock.addAndGet(Duration.ofSeconds(2).toNanos());
        assertThat(client.schema(7)).isPresent();
    }

    @Test
    void onlyTheNewestThousandThatAreNoneAreKept() throws Exception {
        for (int id = 0; id <= 1000; id++) {
            assertThat(client.schema(id)).isEmpty();
        }
        assertThat(client.schema(1000)).isEmpty();
        assertThat(asked).hasValue(1001);
        assertThat(client.schema(0)).isEmpty();
        assertThat(asked).hasValue(1002);
    }

    @Test
    void whateverIsWrongWithAnIdIsNoFailureOfTheJob() throws Exception {
        for (int status : new int[] {400, 404, 405, 406, 410, 422}) {
            statuses.put(status, status);
            assertThat(client.schema(status)).as("HTTP " + status).isEmpty();
        }
    }

    @Test
    void aRefusalIsNamed() {
        statuses.put(1, 401);
        statuses.put(2, 403);
        for (int id = 1; id <= 2; id++) {
            int asked = id;
            assertThatThrownBy(() -> client.schema(asked))
                    .isInstanceOf(RegistryException.class)
                    .hasMessageContaining("schema-registry.credentials-file");
        }
    }

    @Test
    void credentialsAreSentToNoOtherHost() {
        statuses.put(1, 302);
        assertThatThrownBy(() -> client.schema(1)).hasMessageContaining("answered HTTP 302");
        assertThat(others).hasValue(0);
    }

    @Test
    void anAnswerIsBounded() {
        statuses.put(1, 200);
        bodies.put(1, new byte[5 << 20]);
        assertThatThrownBy(() -> client.schema(1)).hasMessageContaining("answers more than");
    }

    @Test
    void credentialsInTheUrlAreRefusedWithoutRepeatingThem() {
        assertThatThrownBy(
                        () ->
                                new RegistryClient(
                                        Records.options(
                                                Path.of("unused"),
                                                "schema-registry.url",
                                                "http://me:hunter2@registry/")))
                .hasMessageContaining("schema-registry.credentials-file")
                .hasMessageNotContaining("hunter2");
    }
}
