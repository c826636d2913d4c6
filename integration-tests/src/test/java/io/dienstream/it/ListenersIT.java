package io.dienstream.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.dienstream.dien.Needed;
import io.dienstream.operate.kafka.Topics;
import io.dienstream.sandbox.DemoModel;
import io.dienstream.sandbox.broker.BrokerFiles;
import io.dienstream.sandbox.broker.EmbeddedBroker;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What a process of the command line listens on, and what its web server lets strangers do: the
 * attacks are those of somebody in the same network, and of a page in the user's browser.
 */
class ListenersIT {
    private static final Pattern JOB_ID = Pattern.compile("\"jid\":\"([0-9a-f]{32})\"");

    @TempDir private Path directory;

    @BeforeEach
    void needsProc() {
        Needed.here(
                "linux",
                Files.exists(Path.of("/proc/self/net/tcp")),
                "this system has no /proc/self/net/tcp");
    }

    @Test
    void theDemoListensForThisMachineAloneAndTakesNoJarsAndNoOrders() throws Exception {
        int prometheus = BrokerFiles.freePort();
        try (CommandProcess demo =
                start(
                        "demo",
                        "--seconds",
                        "600",
                        "--option",
                        "scoring.warm-up=0s",
                        "--prometheus-port",
                        "" + prometheus)) {
            int web = awaitWebServer(demo);
            assertThat(demo.listening())
                    .extracting(InetSocketAddress::getPort)
                    .contains(prometheus);
            resists(demo, web, "127.0.0.1");
        }
    }

    @Test
    void theJobListensForThisMachineAloneAndTakesNoJarsAndNoOrders() throws Exception {
        try (EmbeddedBroker broker = brokerWithTopics();
                CommandProcess job = start(job(broker))) {
            resists(job, awaitWebServer(job), "127.0.0.1");
        }
    }

    @Test
    void theJobListensFurtherOnlyWhereItIsToldToAndWarns() throws Exception {
        try (EmbeddedBroker broker = brokerWithTopics();
                CommandProcess job = start(job(broker, "--listen", "0.0.0.0"))) {
            int web = awaitWebServer(job);
            assertThat(job.output()).contains("warning: Flink listens on 0.0.0.0");
            assertThat(job.listening())
                    .filteredOn(s -> !s.getAddress().isLoopbackAddress())
                    .extracting(InetSocketAddress::getPort)
                    .containsExactly(web);
            String id = runningJob(web);
            assertThat(status(web, "PATCH", "/jobs/" + id, "Host: stream.example")).isEqualTo(403);
        }
    }

    @Test
    void aBenchmarkListensForThisMachineAlone() throws Exception {
        try (CommandProcess bench = start("bench", "stream", "--seconds", "60", "--no-ceiling")) {
            awaitWebServer(bench);
            assertThat(bench.listening()).allMatch(s -> s.getAddress().isLoopbackAddress());
        }
    }

    private void resists(CommandProcess process, int web, String host) throws Exception {
        assertThat(process.listening()).allMatch(s -> s.getAddress().isLoopbackAddress());
        String id = runningJob(web);
        String own = "Host: " + host + ":" + web;

        assertThat(upload(web, own)).isNotEqualTo(200);
        assertThat(status(web, "POST", "/jars/x.jar/run?entry-class=Main", own)).isNotEqualTo(200);
        assertThat(status(web, "GET", "/jars", own)).isNotEqualTo(200);
        // by a page: an image needs no more than a GET
        assertThat(status(web, "GET", "/jobs/" + id + "/yarn-cancel", own)).isEqualTo(403);
        assertThat(status(web, "GET", "/v1/jobs/" + id + "/yarn-cancel", own)).isEqualTo(403);
        assertThat(status(web, "GET", "/jobs/" + id + "/%79arn-cancel", own)).isEqualTo(403);
        assertThat(status(web, "GET", "/jobs/" + id + "/yarn-stop", own)).isEqualTo(403);
        assertThat(status(web, "PATCH", "/jobs/" + id + "?mode=cancel", own)).isEqualTo(403);
        assertThat(status(web, "POST", "/jobs/" + id + "/stop", own)).isEqualTo(403);
        assertThat(status(web, "POST", "/jobs", own)).isEqualTo(403);
        assertThat(status(web, "DELETE", "/cluster", own)).isEqualTo(403);
        // by a page whose name was pointed at this machine, and by one of another origin
        assertThat(status(web, "GET", "/overview", "Host: evil.example:" + web)).isEqualTo(403);
        assertThat(status(web, "GET", "/overview", own, "Origin: http://evil.example"))
                .isEqualTo(403);
        assertThat(status(web, "GET", "/overview", own, "Origin: null")).isEqualTo(403);
        assertThat(exchange(web, request("GET", "/overview", own)))
                .startsWith("HTTP/1.1 200")
                .doesNotContain("allow-origin: *");
        assertThat(runningJob(web)).isEqualTo(id);
    }

    /** A jar whose class would run, sent as a form: a request that no browser asks about first. */
    private static int upload(int web, String host) throws IOException {
        ByteArrayOutputStream jar = new ByteArrayOutputStream();
        try (ZipOutputStream zip = new ZipOutputStream(jar)) {
            zip.putNextEntry(new ZipEntry("Main.class"));
        }
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        body.write(
                """
                --x\r
                Content-Disposition: form-data; name="jarfile"; filename="x.jar"\r
                Content-Type: application/java-archive\r
                \r
                """
                        .getBytes(StandardCharsets.US_ASCII));
        body.write(jar.toByteArray());
        body.write("\r\n--x--\r\n".getBytes(StandardCharsets.US_ASCII));
        String head =
                request(
                                "POST",
                                "/jars/upload",
                                host,
                                "Content-Type: multipart/form-data; boundary=x",
                                "Content-Length: " + body.size())
                        .replace("Content-Length: 0\r\n", "");
        return status(exchange(web, head, body.toByteArray()));
    }

    private static String runningJob(int web) throws Exception {
        String[] found = new String[1];
        CommandProcess.await(
                "a running job",
                () -> {
                    Matcher m =
                            JOB_ID.matcher(
                                    exchange(
                                            web,
                                            request(
                                                    "GET",
                                                    "/jobs/overview",
                                                    "Host: localhost:" + web)));
                    found[0] = m.find() ? m.group(1) : null;
                    return found[0] != null;
                });
        return found[0];
    }

    private static int status(int port, String method, String path, String... headers)
            throws IOException {
        return status(exchange(port, request(method, path, headers)));
    }

    private static int status(String response) {
        return Integer.parseInt(response.split(" ", 3)[1]);
    }

    private static String request(String method, String path, String... headers) {
        return method
                + " "
                + path
                + " HTTP/1.1\r\n"
                + String.join("\r\n", headers)
                + "\r\nConnection: close\r\nContent-Length: 0\r\n\r\n";
    }

    private static String exchange(int port, String head, byte... body) throws IOException {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            socket.setSoTimeout(30_000);
            socket.getOutputStream().write(head.getBytes(StandardCharsets.US_ASCII));
            socket.getOutputStream().write(body);
            socket.getOutputStream().flush();
            InputStream in = socket.getInputStream();
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    private static EmbeddedBroker brokerWithTopics() throws Exception {
        EmbeddedBroker broker = EmbeddedBroker.start();
        Properties client = new Properties();
        client.put("bootstrap.servers", broker.bootstrapServers());
        List<String> names = Topics.names();
        Topics.create(client, names, 1, (short) 1, Map.of());
        return broker;
    }

    private String[] job(EmbeddedBroker broker, String... more) throws IOException {
        List<String> command =
                new ArrayList<>(
                        List.of(
                                "job",
                                "--kafka.bootstrap-servers=" + broker.bootstrapServers(),
                                "--model.path=" + DemoModel.extract(),
                                "--scoring.warm-up=0s",
                                "--checkpoint.directory=" + directory.resolve("state").toUri()));
        command.addAll(List.of(more));
        return command.toArray(new String[0]);
    }

    private CommandProcess start(String... command) throws Exception {
        return new CommandProcess(directory, command);
    }

    /** Waits until Flink's web server answers; its port. */
    private static int awaitWebServer(CommandProcess process) throws Exception {
        int[] port = {0};
        CommandProcess.await(
                "a web server",
                () -> {
                    process.alive();
                    for (InetSocketAddress socket : process.listening()) {
                        int candidate = socket.getPort();
                        if (candidate >= 8081 && candidate <= 8999 && answers(candidate)) {
                            port[0] = candidate;
                        }
                    }
                    return port[0] != 0;
                });
        return port[0];
    }

    private static boolean answers(int port) {
        try {
            return status(port, "GET", "/overview", "Host: localhost:" + port) == 200;
        } catch (IOException | RuntimeException e) {
            return false; // it has just begun to listen
        }
    }
}
