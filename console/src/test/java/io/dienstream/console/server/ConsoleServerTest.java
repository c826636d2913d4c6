package io.dienstream.console.server;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.dienstream.console.touch.Refusal;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ConsoleServerTest {
    private static final String TOKEN = "0123456789abcdef";
    private static final int MOST_PAGES = 2;

    private ConsoleServer server;

    @BeforeEach
    void start() throws IOException {
        int[] events = {0};
        server =
                new ConsoleServer(
                        new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
                        new Door(TOKEN, Set.of("console.example")),
                        new EventPush(MOST_PAGES, 5, () -> () -> "{\"n\":" + events[0]++ + "}"));
        server.on(
                        "GET",
                        "echo",
                        c ->
                                Reply.json(
                                        JsonNodeFactory.instance
                                                .objectNode()
                                                .put("q", c.parameter("q"))))
                .on("POST", "echo", c -> Reply.json(c.body()))
                .on(
                        "GET",
                        "refused",
                        c -> {
                            throw new Refusal("not that one");
                        });
        server.start();
    }

    @AfterEach
    void stop() {
        server.close();
    }

    private RawHttp.Answer send(String line, String... headers) throws IOException {
        return RawHttp.send(
                server.address(), line + " HTTP/1.1\r\n" + String.join("\r\n", headers), "");
    }

    private String host() {
        return "Host: 127.0.0.1:" + server.address().getPort();
    }

    private static String token() {
        return "X-Dien-Token: " + TOKEN;
    }

    @Test
    void whoHasNoTokenSeesThePageAndIsToldNothing() throws IOException {
        assertThat(send("GET /", host()).status()).isEqualTo(200);
        assertThat(send("GET /api/echo", host()).status()).isEqualTo(401);
        assertThat(send("GET /api/echo", host(), "X-Dien-Token: guess").status()).isEqualTo(401);
        assertThat(send("GET /api/events", host()).status()).isEqualTo(401);
        assertThat(send("POST /api/echo", host()).status()).isEqualTo(401);
        assertThat(send("GET /api/echo?q=%C3%A4+1", host(), token()).body())
                .isEqualTo("{\"q\":\"ä 1\"}");
    }

    @Test
    void aNameThatIsNotOursIsRefusedWithTheTokenToo() throws IOException {
        assertThat(send("GET /api/echo", "Host: evil.example", token()).status()).isEqualTo(421);
        assertThat(send("GET /", "Host: evil.example").status()).isEqualTo(421);
        assertThat(send("GET /", "Host: 127.0.0.1.evil.example").status()).isEqualTo(421);
        assertThat(send("GET /api/echo", "Host: localhost:1", token()).status()).isEqualTo(200);
        assertThat(send("GET /api/echo", "Host: Console.Example", token()).status()).isEqualTo(200);
        assertThat(send("GET /api/echo", "Host: [::1]:80", token()).status()).isEqualTo(200);
    }

    @Test
    void aPageOfAnotherOriginIsRefused() throws IOException {
        assertThat(send("GET /api/echo", host(), token(), "Origin: http://evil.example").status())
                .isEqualTo(403);
        assertThat(send("GET /api/echo", host(), token(), "Origin: null").status()).isEqualTo(403);
        String own = "Origin: http://127.0.0.1:" + server.address().getPort();
        assertThat(send("GET /api/echo", host(), token(), own).status()).isEqualTo(200);
    }

    @ParameterizedTest
    @ValueSource(strings = {"/", "/app.js", "/nothing", "/api/echo", "/api/nothing"})
    void everyAnswerKeepsScriptsOfOthersOut(String path) throws IOException {
        String head = send("GET " + path, host(), token()).head();
        assertThat(head)
                .contains("content-security-policy: default-src 'none'; script-src 'self';")
                .contains("frame-ancestors 'none'")
                .contains("x-content-type-options: nosniff")
                .contains("referrer-policy: no-referrer")
                .contains("cache-control: no-store")
                .doesNotContain("unsafe")
                .doesNotContain("access-control-allow");
    }

    @Test
    void thePageHasNothingInlineAndAsksNobodyElse() throws IOException {
        String page = send("GET /", host()).body();
        assertThat(page).doesNotContainPattern(Pattern.compile("<script(?![^>]*src=)"));
        assertThat(page).doesNotContainPattern(Pattern.compile("<style|\\sstyle=|\\son[a-z]+="));
        assertThat(page).doesNotContainPattern(Pattern.compile("(src|href)=\"(https?:)?//"));
        for (String script : new String[] {"app", "server", "dom", "touch", "watch", "charts"}) {
            RawHttp.Answer answer = send("GET /" + script + ".js", host());
            assertThat(answer.head()).contains("text/javascript");
            assertThat(answer.body())
                    .as(script)
                    .doesNotContain("innerHTML")
                    .doesNotContain("eval(")
                    .doesNotContainPattern(Pattern.compile("fetch\\(\"(https?:)?//"));
        }
    }

    /** uPlot 1.6.32 from the npm registry, with its license beside it in the jar. */
    @Test
    void theChartLibraryIsAsItWasPublished() throws Exception {
        String base = "/console-page/vendor/uplot/";
        Map<String, String> published =
                Map.of(
                        "uPlot.iife.min.js",
                        "19c8d4c6ad88929a79f4ae49d6f7161566dfd0ba3d15cc495e974f787eb78f1f",
                        "uPlot.min.css",
                        "df630c6a8d6f8eeaff264b50f73ce5b114f646ffd9a0bb74f049b0a00135fa04");
        for (Map.Entry<String, String> file : published.entrySet()) {
            try (InputStream in = getClass().getResourceAsStream(base + file.getKey())) {
                byte[] hash = MessageDigest.getInstance("SHA-256").digest(in.readAllBytes());
                assertThat(HexFormat.of().formatHex(hash)).isEqualTo(file.getValue());
            }
        }
        try (InputStream in = getClass().getResourceAsStream(base + "LICENSE")) {
            assertThat(new String(in.readAllBytes(), StandardCharsets.UTF_8))
                    .contains("MIT License");
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/vendor/uplot/LICENSE",
                "/../console-page/app.js",
                "/%2e%2e/app.js",
                "/vendor/",
                "//app.js"
            })
    void whatIsNotInTheListDoesNotExist(String path) throws IOException {
        assertThat(send("GET " + path, host(), token()).status()).isIn(400, 404);
    }

    @Test
    void methodsAreThoseOfTheRoute() throws IOException {
        assertThat(send("DELETE /api/echo", host(), token()).status()).isEqualTo(405);
        assertThat(send("POST /", host(), token()).status()).isEqualTo(405);
        assertThat(send("GET /api/other", host(), token()).status()).isEqualTo(404);
    }

    @Test
    void whatCannotBeDoneIsSaidInOneLine() throws IOException {
        RawHttp.Answer refused = send("GET /api/refused", host(), token());
        assertThat(refused.status()).isEqualTo(400);
        assertThat(refused.body()).isEqualTo("{\"problem\":\"not that one\"}");
        String post = "POST /api/echo HTTP/1.1\r\n" + host() + "\r\n" + token();
        assertThat(RawHttp.send(server.address(), post, "{no json").status()).isEqualTo(400);
        assertThat(RawHttp.send(server.address(), post, "{\"a\":1}").body()).isEqualTo("{\"a\":1}");
        assertThat(RawHttp.send(server.address(), post, "[" + " ".repeat(70_000) + "]").status())
                .isEqualTo(400);
    }

    @Test
    void eventsComeOneAfterTheOtherToSoManyPagesAndNoMore() throws Exception {
        Socket[] pages = new Socket[MOST_PAGES];
        for (int n = 0; n < MOST_PAGES; n++) {
            pages[n] = new Socket(server.address().getAddress(), server.address().getPort());
            pages[n].getOutputStream()
                    .write(
                            ("GET /api/events HTTP/1.1\r\n"
                                            + host()
                                            + "\r\n"
                                            + token()
                                            + "\r\n\r\n")
                                    .getBytes(StandardCharsets.UTF_8));
            String text = read(pages[n].getInputStream(), 3);
            assertThat(text)
                    .contains("text/event-stream")
                    .contains("event: watch")
                    .containsPattern("data: \\{\"n\":\\d+}\n\n");
        }
        assertThat(send("GET /api/events", host(), token()).status()).isEqualTo(503);
        server.close();
        for (Socket page : pages) {
            page.setSoTimeout(20_000);
            assertThat(page.getInputStream().readAllBytes()).as("it ends").isNotNull();
            page.close();
        }
    }

    /** What has come once there are {@code events} of them. */
    private static String read(InputStream in, int events) throws IOException {
        StringBuilder text = new StringBuilder();
        while (text.toString().split("event: ", -1).length <= events) {
            text.append((char) in.read());
        }
        return text.toString();
    }
}
