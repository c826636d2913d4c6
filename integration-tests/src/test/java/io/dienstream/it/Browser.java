package io.dienstream.it;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.stream.Stream;

/**
 * A headless Chromium, driven through ChromeDriver by the WebDriver protocol, which is a handful of
 * JSON messages.
 */
final class Browser implements AutoCloseable {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Duration TIMEOUT = Duration.ofMinutes(2);

    private final HttpClient http = HttpClient.newHttpClient();
    private final Process driver;
    private final URI base;
    private String session = "";

    private Browser(Process driver, URI base) {
        this.driver = driver;
        this.base = base;
    }

    /** The program of that name on the path, or null. */
    static Path program(String... names) {
        return Stream.of(names)
                .flatMap(
                        name ->
                                Stream.of(System.getenv("PATH").split(":"))
                                        .map(directory -> Path.of(directory, name)))
                .filter(Files::isExecutable)
                .findFirst()
                .orElse(null);
    }

    /**
     * @param directory for its profile and log
     */
    static Browser start(Path chromium, Path chromedriver, Path directory) throws Exception {
        int port;
        try (ServerSocket free = new ServerSocket(0)) {
            port = free.getLocalPort();
        }
        Process driver =
                new ProcessBuilder(chromedriver.toString(), "--port=" + port)
                        .redirectErrorStream(true)
                        .redirectOutput(directory.resolve("chromedriver.log").toFile())
                        .start();
        Browser browser = new Browser(driver, URI.create("http://127.0.0.1:" + port));
        try {
            CommandProcess.await("ChromeDriver", browser::isReady);
            browser.open(chromium, directory.resolve("profile"));
            return browser;
        } catch (Exception | AssertionError e) {
            browser.close();
            throw e;
        }
    }

    private boolean isReady() throws InterruptedException {
        try {
            return call("GET", "/status", null).path("ready").asBoolean();
        } catch (IOException e) {
            return false;
        }
    }

    private void open(Path chromium, Path profile) throws IOException, InterruptedException {
        ObjectNode body = JSON.createObjectNode();
        ObjectNode always = body.putObject("capabilities").putObject("alwaysMatch");
        always.putObject("goog:loggingPrefs").put("browser", "ALL");
        ObjectNode options = always.putObject("goog:chromeOptions");
        options.put("binary", chromium.toString());
        ArrayNode args = options.putArray("args");
        for (String arg :
                List.of(
                        "--headless",
                        "--no-sandbox", // root has none
                        "--disable-gpu",
                        "--disable-dev-shm-usage",
                        "--no-first-run",
                        "--disable-background-networking",
                        "--disable-component-update",
                        "--disable-sync",
                        "--user-data-dir=" + profile)) {
            args.add(arg);
        }
        session = "/session/" + call("POST", "/session", body).path("sessionId").asText();
    }

    /** Opens a page, and waits until it is loaded. */
    void go(String url) throws IOException, InterruptedException {
        call("POST", session + "/url", JSON.createObjectNode().put("url", url));
    }

    /** What JavaScript's function body returns. */
    JsonNode run(String script) throws IOException, InterruptedException {
        ObjectNode body = JSON.createObjectNode().put("script", script);
        body.putArray("args");
        return call("POST", session + "/execute/sync", body);
    }

    /** Text of the first element that the CSS selector finds, or empty. */
    String text(String selector) throws IOException, InterruptedException {
        return run("return document.querySelector(" + quoted(selector) + ")?.innerText ?? ''")
                .asText();
    }

    /**
     * Clicks where a person would: fails where something lies over it. What the page replaces
     * between finding it and clicking is looked for once more.
     */
    void click(String selector) throws IOException, InterruptedException {
        try {
            clickOnce(selector);
        } catch (IOException e) {
            if (!String.valueOf(e.getMessage()).contains("stale element")) {
                throw e;
            }
            clickOnce(selector);
        }
    }

    private void clickOnce(String selector) throws IOException, InterruptedException {
        ObjectNode by = JSON.createObjectNode().put("using", "css selector").put("value", selector);
        String element = call("POST", session + "/element", by).elements().next().asText();
        call("POST", session + "/element/" + element + "/click", JSON.createObjectNode());
    }

    /** Presses keys wherever the focus is; \uE004 is Tab, \uE007 Enter, \uE014 the right arrow. */
    void press(String keys) throws IOException, InterruptedException {
        JsonNode active = call("GET", session + "/element/active", null);
        call(
                "POST",
                session + "/element/" + active.elements().next().asText() + "/value",
                JSON.createObjectNode().put("text", keys));
    }

    /** Size of the page's window in CSS pixels, and whether colors are dark. */
    void look(int width, int height, boolean dark) throws IOException, InterruptedException {
        ObjectNode size = JSON.createObjectNode();
        size.put("width", width).put("height", height).put("deviceScaleFactor", 1);
        size.put("mobile", width < 600);
        devTools("Emulation.setDeviceMetricsOverride", size);
        ObjectNode media = JSON.createObjectNode();
        media.putArray("features")
                .addObject()
                .put("name", "prefers-color-scheme")
                .put("value", dark ? "dark" : "light");
        devTools("Emulation.setEmulatedMedia", media);
    }

    private void devTools(String command, ObjectNode parameters)
            throws IOException, InterruptedException {
        ObjectNode body = JSON.createObjectNode().put("cmd", command);
        body.set("params", parameters);
        call("POST", session + "/goog/cdp/execute", body);
    }

    /** A PNG of the window. */
    byte[] screenshot() throws IOException, InterruptedException {
        return Base64.getDecoder().decode(call("GET", session + "/screenshot", null).asText());
    }

    /** Warnings and errors of the page since they were last asked for. */
    List<String> complaints() throws IOException, InterruptedException {
        List<String> complaints = new ArrayList<>();
        ObjectNode type = JSON.createObjectNode().put("type", "browser");
        for (JsonNode entry : call("POST", session + "/se/log", type)) {
            if (!"INFO".equals(entry.path("level").asText())) {
                complaints.add(entry.path("message").asText());
            }
        }
        return complaints;
    }

    private static String quoted(String text) {
        return JSON.getNodeFactory().textNode(text).toString();
    }

    private JsonNode call(String method, String path, JsonNode body)
            throws IOException, InterruptedException {
        HttpRequest.BodyPublisher publisher =
                body == null
                        ? HttpRequest.BodyPublishers.noBody()
                        : HttpRequest.BodyPublishers.ofString(body.toString());
        HttpResponse<String> response =
                http.send(
                        HttpRequest.newBuilder(base.resolve(path))
                                .timeout(TIMEOUT)
                                .header("Content-Type", "application/json")
                                .method(method, publisher)
                                .build(),
                        HttpResponse.BodyHandlers.ofString());
        JsonNode value = JSON.readTree(response.body()).path("value");
        if (response.statusCode() != 200) {
            throw new IOException(value.path("message").asText());
        }
        return value;
    }

    @Override
    public void close() throws InterruptedException {
        try {
            if (!session.isEmpty()) {
                call("DELETE", session, null);
            }
        } catch (IOException e) {
            // its processes are ended below
        }
        driver.descendants().forEach(ProcessHandle::destroyForcibly);
        driver.destroyForcibly().waitFor();
    }
}
