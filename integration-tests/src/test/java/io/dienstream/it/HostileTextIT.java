package io.dienstream.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.dienstream.cli.CommandRun;
import io.dienstream.operate.kafka.Topics;
import io.dienstream.sandbox.broker.EmbeddedBroker;
import io.dienstream.schema.DeadLetter;
import io.dienstream.wire.WireEncoder;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.xml.parsers.DocumentBuilderFactory;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.w3c.dom.Element;
import org.w3c.dom.NamedNodeMap;
import org.w3c.dom.NodeList;

/**
 * Ids, names and messages that would command a terminal or a browser, through the commands that
 * show them: an escape sequence that sets a window's title, a line that looks like another's, a
 * reversed writing direction, a C1 control, and markup.
 */
class HostileTextIT {
    private static final Path GOLDEN =
            Path.of("../dien-model/src/test/resources/golden/dien-bilinear");
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String HOSTILE =
            "\u001b]0;x\u0007\nok\r\u202e\u009b31m\u2028<script>alert(1)</script>\"onload='x";
    private static final String SHOWN =
            "\\u001b]0;x\\u0007\\u000aok\\u000d\\u202e\\u009b31m\\u2028<script>alert(1)</script>"
                    + "\"onload='x";

    @TempDir private Path directory;

    private static void assertPrintable(String text) {
        int[] hidden =
                text.codePoints()
                        .filter(
                                c ->
                                        c != '\n'
                                                && c != '\t'
                                                && List.of(
                                                                (int) Character.CONTROL,
                                                                (int) Character.FORMAT,
                                                                (int) Character.LINE_SEPARATOR,
                                                                (int) Character.PARAGRAPH_SEPARATOR,
                                                                (int) Character.SURROGATE)
                                                        .contains(Character.getType(c)))
                        .toArray();
        assertThat(hidden).isEmpty();
    }

    private static void assertPrintable(CommandRun result) {
        assertPrintable(result.out());
        assertPrintable(result.err());
    }

    @Test
    void deadLettersAreListedOnTheirLines() throws Exception {
        DeadLetter letter =
                new DeadLetter(
                        HOSTILE,
                        HOSTILE,
                        HOSTILE,
                        0,
                        1L,
                        2L,
                        ByteBuffer.wrap(HOSTILE.getBytes(StandardCharsets.UTF_8)),
                        ByteBuffer.wrap(new byte[] {1}),
                        3L,
                        null,
                        null);
        try (EmbeddedBroker broker = EmbeddedBroker.start()) {
            Properties client = new Properties();
            client.put("bootstrap.servers", broker.bootstrapServers());
            Topics.create(client, List.of("dead-letters"), 1, (short) 1, Map.of());
            try (KafkaProducer<byte[], byte[]> producer =
                    new KafkaProducer<>(
                            client, new ByteArraySerializer(), new ByteArraySerializer())) {
                producer.send(
                                new ProducerRecord<>(
                                        "dead-letters",
                                        new WireEncoder<>(DeadLetter.class).encode(letter)))
                        .get();
            }
            String servers = broker.bootstrapServers();
            CommandRun table = CommandRun.of("dlq", "list", "--bootstrap-servers", servers);
            assertPrintable(table);
            assertThat(table.out()).contains(SHOWN).hasLineCount(2);

            Path file = directory.resolve("letters.jsonl");
            CommandRun json =
                    CommandRun.of(
                            "dlq",
                            "list",
                            "--bootstrap-servers",
                            servers,
                            "--json",
                            "--output",
                            file);
            assertPrintable(json);
            JsonNode summary = JSON.readTree(json.out());
            assertThat(summary.get(HOSTILE).get("example").asText()).isEqualTo(HOSTILE);
            String line = Files.readString(file);
            assertPrintable(line);
            assertThat(JSON.readTree(line).get("topic").asText()).isEqualTo(HOSTILE);

            CommandRun again =
                    CommandRun.of(
                            "dlq",
                            "replay",
                            "--bootstrap-servers",
                            servers,
                            "--input",
                            file,
                            "--dry-run");
            assertPrintable(again);
            assertThat(again.out()).contains("would send 1 records again: {" + SHOWN + "=1}");
        }
    }

    private static ObjectNode request() throws IOException {
        for (String line : Files.readAllLines(GOLDEN.resolve("requests.jsonl"))) {
            ObjectNode request = (ObjectNode) JSON.readTree(line);
            if (request.get("behaviors").size() > 2) {
                return request;
            }
        }
        throw new IllegalStateException("no golden request has behaviors");
    }

    @Test
    void badLinesAndAnswersAreShownAsTheyAre() throws IOException {
        ObjectNode good = request().put("request_id", HOSTILE).put("user_id", HOSTILE);
        ObjectNode bad = request();
        ((ObjectNode) bad.get("candidates").get(0)).put("pricing", HOSTILE);
        ObjectNode half = request().put("request_id", "half");
        String halfText = half.toString().replace("\"half\"", "\"\\ud83d\"");
        Path requests = directory.resolve("r\u001b[2J\nok.jsonl");
        Files.write(requests, List.of(good.toString(), bad.toString(), halfText));
        Path answers = directory.resolve("answers.jsonl");
        CommandRun result =
                CommandRun.of(
                        "score",
                        "--model",
                        GOLDEN.resolve("model"),
                        "--requests",
                        requests,
                        "--output",
                        answers);
        assertThat(result.exitCode()).isEqualTo(1);
        assertPrintable(result);
        assertThat(result.err())
                .hasLineCount(2)
                .contains("r\\u001b[2J\\u000aok.jsonl:2: refused: pricing '" + SHOWN + "'")
                .contains(":3: refused: request_id holds half a pair of surrogates");
        List<String> lines = Files.readAllLines(answers);
        assertThat(lines).hasSize(1);
        assertPrintable(lines.get(0));
        assertThat(JSON.readTree(lines.get(0)).get("request_id").asText()).isEqualTo(HOSTILE);
    }

    @Test
    void anExplanationIsTextAndNothingElse() throws Exception {
        ObjectNode request = request().put("user_id", HOSTILE);
        request.get("candidates").forEach(c -> ((ObjectNode) c).put("item", HOSTILE + c));
        request.get("behaviors").forEach(b -> ((ObjectNode) b).put("item", HOSTILE + b));
        Path requests = directory.resolve("requests.jsonl");
        Files.writeString(requests, request.toString());
        Path output = directory.resolve("explanation");
        CommandRun result =
                CommandRun.of(
                        "explain",
                        "--model",
                        GOLDEN.resolve("model"),
                        "--requests",
                        requests,
                        "--output",
                        output);
        assertThat(result.exitCode()).as(result.err()).isZero();
        assertPrintable(result);
        assertThat(result.out()).startsWith("user " + SHOWN + ", ");
        for (String picture : List.of("attention.svg", "evolution.svg")) {
            assertInert(Files.readString(output.resolve(picture)));
        }
        String page = Files.readString(output.resolve("explain.html"));
        assertPrintable(page);
        assertThat(page).contains("\\u001b]0;x\\u0007").doesNotContain("<script", "\"onload");
        Matcher picture = Pattern.compile("data:image/svg\\+xml;base64,([^\"]*)").matcher(page);
        int pictures = 0;
        while (picture.find()) {
            assertInert(
                    new String(
                            Base64.getDecoder().decode(picture.group(1)), StandardCharsets.UTF_8));
            pictures++;
        }
        assertThat(pictures).isEqualTo(2); // evolution, by day and by night
    }

    /** Well-formed, without elements and attributes that run or fetch something. */
    private static void assertInert(String svg) throws Exception {
        assertPrintable(svg.replace("\r", ""));
        DocumentBuilderFactory factory = DocumentBuilderFactory.newInstance();
        factory.setFeature("http://apache.org/xml/features/nonvalidating/load-external-dtd", false);
        NodeList elements =
                factory.newDocumentBuilder()
                        .parse(new ByteArrayInputStream(svg.getBytes(StandardCharsets.UTF_8)))
                        .getElementsByTagName("*");
        assertThat(elements.getLength()).isGreaterThan(20);
        for (int i = 0; i < elements.getLength(); i++) {
            Element element = (Element) elements.item(i);
            assertThat(element.getTagName())
                    .isIn(
                            "svg",
                            "g",
                            "defs",
                            "clipPath",
                            "path",
                            "rect",
                            "line",
                            "ellipse",
                            "image");
            NamedNodeMap attributes = element.getAttributes();
            for (int a = 0; a < attributes.getLength(); a++) {
                String name = attributes.item(a).getNodeName();
                assertThat(name).doesNotStartWith("on");
                if (name.endsWith("href")) {
                    assertThat(attributes.item(a).getNodeValue()).startsWith("data:image/png;");
                }
            }
        }
    }

    @Test
    void namesOfAModelAndOfArgumentsAreShownAsTheyAre() throws IOException {
        Path model = directory.resolve("model");
        try (var files = Files.walk(GOLDEN.resolve("model"))) {
            for (Path file : files.toList()) {
                Files.copy(
                        file, model.resolve(GOLDEN.resolve("model").relativize(file).toString()));
            }
        }
        Path config = model.resolve("model.json");
        ObjectNode node = (ObjectNode) JSON.readTree(Files.readString(config));
        Files.writeString(config, node.put("name", HOSTILE).toString());
        CommandRun inspect = CommandRun.of("model", "inspect", model);
        assertPrintable(inspect);
        assertThat(inspect.out() + inspect.err()).contains(SHOWN);

        CommandRun missing =
                CommandRun.of("model", "inspect", directory.resolve(HOSTILE.replace('/', '_')));
        assertPrintable(missing);
        assertThat(missing.err()).contains("?]0;x??ok?\\u202e").hasLineCount(1);

        CommandRun usage = CommandRun.of("model", "inspect", "--" + HOSTILE);
        assertThat(usage.exitCode()).isEqualTo(2);
        assertPrintable(usage);
        CommandRun job =
                CommandRun.of("job", "--model.path=x", "--kafka.group-id" + HOSTILE + "=x");
        assertThat(job.exitCode()).isEqualTo(2);
        assertPrintable(job);
    }
}
