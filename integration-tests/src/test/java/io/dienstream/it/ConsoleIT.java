package io.dienstream.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.dienstream.dien.Needed;
import io.dienstream.schema.ModelQuality;
import io.dienstream.wire.WireEncoder;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The console in a real browser, beside a demo that runs: every view has live data, a click changes
 * a ranking, nothing is complained of. Needs Chromium and ChromeDriver (Debian: chromium,
 * chromium-driver). Screenshots are in target/console.
 */
class ConsoleIT {
    private static final Path PICTURES = Path.of("target", "console");
    private static final String ROWS = "#ranking tbody tr";
    private static final String WHERE =
            "console at (http://127\\.0\\.0\\.1:\\d+/#token=[0-9a-f]{32})";

    @TempDir private Path directory;

    private static String found(String pattern, String text) {
        Matcher matcher = Pattern.compile(pattern).matcher(text);
        return matcher.find() ? matcher.group(1) : null;
    }

    @Test
    void aPersonClicksAndTheRankingChanges() throws Exception {
        Path chromium = Browser.program("chromium", "chromium-browser", "google-chrome");
        Path driver = Browser.program("chromedriver");
        Needed.here(
                "chromium",
                chromium != null && driver != null,
                "no chromium and chromedriver here: the console is not looked at");
        Files.createDirectories(PICTURES);
        try (CommandProcess demo =
                        new CommandProcess(
                                directory,
                                "demo",
                                "--keep",
                                "--swap",
                                "--seconds=30",
                                "--option=scoring.warm-up=0s",
                                "--parallelism=1",
                                "--users=300",
                                "--past=6000",
                                "--behaviors-per-second=40",
                                "--requests-per-second=20");
                Browser browser = Browser.start(chromium, driver, directory)) {
            CommandProcess.await(
                    "a console", () -> demo.alive() && found(WHERE, demo.output()) != null);
            writeQuality(found("Kafka at (\\S+)", demo.output()));
            browser.look(1440, 900, false);
            browser.go(found(WHERE, demo.output()));
            touch(browser);
            look("touch", browser);
            touchAsSomebodyNew(browser);
            watch(browser);
            look("watch", browser);
            assertThat(browser.complaints()).isEmpty();
            readOnly(demo, browser);
        }
    }

    private static void touch(Browser browser) throws Exception {
        CommandProcess.await("a ranking", () -> rows(browser).size() >= 5);
        assertThat(browser.run("return location.href").asText())
                .as("the token is not left where others may read it")
                .doesNotContain("token");
        assertThat(browser.text("#answered")).contains("Answered by dien-demo");
        // the job may still be reading the user's past
        CommandProcess.await(
                "an explanation",
                () -> {
                    boolean isThere = browser.text("#answered").contains("differs by more than");
                    if (!isThere) {
                        browser.run("document.getElementById('ask').click()");
                    }
                    return isThere;
                });
        String difference =
                found("differs by more than ([0-9.e+-]+)\\.", browser.text("#answered"));
        assertThat(Double.parseDouble(difference))
                .as("what is explained is what was served")
                .isLessThan(1e-5);
        assertThat(browser.text(ROWS)).contains("because of");
        assertThat(browser.run("return document.querySelectorAll('#path polyline').length").asInt())
                .isGreaterThanOrEqualTo(5);
        List<String> before = rows(browser);
        String attention = browser.text("#attention tbody tr");
        browser.click(ROWS + ":nth-child(4) button.ad");
        CommandProcess.await(
                "a ranking that saw the click",
                () -> browser.text("#speed").contains("a ranking that has seen it"));
        assertThat(browser.text("#speed")).containsPattern("[0-9,.]+ ms");
        assertThat(rows(browser)).isNotEqualTo(before);
        assertThat(browser.text("#attention tbody tr")).isNotEqualTo(attention);
        assertThat(browser.run("return document.getElementById('said').textContent").asText())
                .as("what a screen reader says")
                .contains("First: ");
    }

    /** A user of our own: what happens is what we did. */
    private static void touchAsSomebodyNew(Browser browser) throws Exception {
        browser.click("#who-some button:last-child");
        CommandProcess.await(
                "a cold user", () -> browser.text("#answered").contains("over 0 behaviors"));
        assertThat(browser.text("#answered")).contains("cold user");
        assertThat(browser.text("#why-note")).contains("has done nothing yet");
        String title = browser.text(ROWS + ":last-child .ad");
        List<String> before = rows(browser);
        for (int n = 1; n <= 3; n++) {
            String saw = "over " + n + " behaviors";
            // the row moves from click to click, the ad stays
            browser.run(
                    "[...document.querySelectorAll('#ranking .ad')].find(b => b.innerText === "
                            + "'"
                            + title.replace("'", "\\'")
                            + "').click()");
            CommandProcess.await(saw, () -> browser.text("#answered").contains(saw));
        }
        assertThat(rows(browser)).isNotEqualTo(before);
        assertThat(browser.text("#attention tbody tr th")).startsWith(title);
        assertThat(browser.text("#interests li")).isNotEqualTo("none yet");
    }

    private static void watch(Browser browser) throws Exception {
        browser.run("document.getElementById('tab-touch').focus()");
        browser.press("\uE014"); // by keyboard alone
        CommandProcess.await(
                "rates, answer times and predictions",
                () ->
                        browser.run("return document.querySelectorAll('#watch canvas').length")
                                        .asInt()
                                >= 3);
        CommandProcess.await(
                "a rate", () -> browser.text("#tiles").matches("(?s)\\s*[1-9][0-9]*\\s.*"));
        assertThat(browser.text("#tiles")).containsPattern("answer time, p50");
        CommandProcess.await(
                "the second model", () -> browser.text("#rollout").contains("previous"));
        CommandProcess.await("Flink", () -> browser.text("#flink").contains("running"));
        CommandProcess.await("letters", () -> browser.text("#letters").contains("undecodable"));
        browser.click("#letters button[data-reason=undecodable]");
        CommandProcess.await(
                "a look inside", () -> browser.text("#letters-inside").contains("behaviors-"));
        browser.click("#letters-inside summary");
        browser.click("#letters-inside details button");
        CommandProcess.await(
                "it is sent again", () -> browser.text("#letters-inside details").contains("Sent"));
        CommandProcess.await("quality", () -> browser.text("#quality").contains("1.050"));
    }

    /** A view as it looks on a desk and on a phone, by day and by night. */
    private static void look(String view, Browser browser) throws Exception {
        for (boolean dark : new boolean[] {true, false}) {
            for (int width : new int[] {390, 1440}) {
                browser.look(width, width > 600 ? 1000 : 1700, dark);
                browser.run("scrollTo(0, 0)");
                CommandProcess.await("nothing moves any more", () -> isStill(browser));
                int beyond =
                        browser.run("return document.documentElement.scrollWidth - innerWidth")
                                .asInt();
                assertThat(beyond).as("%s at %d pixels fits", view, width).isNotPositive();
                byte[] picture = browser.screenshot();
                assertThat(picture.length).isGreaterThan(20_000);
                String name = view + "-" + (dark ? "dark" : "light") + "-" + width + ".png";
                Files.write(PICTURES.resolve(name), picture);
            }
        }
    }

    private static boolean isStill(Browser browser) throws Exception {
        return browser.run(
                        "return document.getAnimations().length === 0 && [...document"
                                + ".querySelectorAll('canvas')].every(c => c.clientWidth < innerWidth)")
                .asBoolean();
    }

    /** Beside the same demo a console that only reads, and shows no id. */
    private void readOnly(CommandProcess demo, Browser browser) throws Exception {
        try (CommandProcess console =
                new CommandProcess(
                        directory,
                        "console",
                        "--bootstrap-servers=" + found("Kafka at (\\S+)", demo.output()),
                        "--mask-users")) {
            CommandProcess.await(
                    "a console", () -> console.alive() && found(WHERE, console.output()) != null);
            assertThat(console.output()).contains("it only reads");
            browser.look(1440, 900, false);
            browser.go(found(WHERE, console.output()));
            CommandProcess.await("an answer of somebody", () -> rows(browser).size() >= 5);
            assertThat(browser.text("#about")).contains("reading only");
            assertThat(browser.run("return document.getElementById('who').value").asText())
                    .matches("user-[0-9a-f]{10}");
            assertThat(browser.run("return document.querySelectorAll('button.ad').length").asInt())
                    .isZero();
            assertThat(browser.text("#answered")).contains("Answered by dien-demo");
            assertThat(browser.text("#why-note")).contains("started without --model");
            assertThat(browser.complaints()).isEmpty();
            assertThat(console.terminate()).isNotZero();
        }
    }

    /** Ads with what they are predicted, in the order of their ranks. */
    private static List<String> rows(Browser browser) throws IOException, InterruptedException {
        List<String> rows = new ArrayList<>();
        browser.run(
                        "return [...document.querySelectorAll('#ranking tbody tr')]"
                                + ".map(r => r.dataset.ad + ' ' + r.cells[2].innerText)")
                .forEach(row -> rows.add(row.asText()));
        return rows;
    }

    /** Two windows of a learning job that this demo does not have. */
    private static void writeQuality(String servers) throws Exception {
        Properties client = new Properties();
        client.put("bootstrap.servers", servers);
        try (KafkaProducer<byte[], byte[]> producer =
                new KafkaProducer<>(client, new ByteArraySerializer(), new ByteArraySerializer())) {
            for (Map.Entry<Long, Double> window :
                    Map.of(1_700_000_000_000L, 0.79, 1_700_000_300_000L, 0.81).entrySet()) {
                ModelQuality quality = quality(window.getKey(), window.getValue());
                byte[] value = new WireEncoder<>(ModelQuality.class).encode(quality);
                producer.send(new ProducerRecord<>("model-quality", value)).get();
            }
        }
    }

    private static ModelQuality quality(long start, double auc) {
        ModelQuality q = new ModelQuality();
        q.setModel("dien-demo");
        q.setModelVersion("1");
        q.setModelFingerprint("0");
        q.setArm("live");
        q.setSegment("all");
        q.setWindowStart(start);
        q.setWindowEnd(start + 300_000);
        q.setRevision(0);
        q.setImpressions(10_000d);
        q.setClicks(1_000d);
        q.setPredicted(1_050d);
        q.setLogLoss(3_000d);
        q.setExamples(10_000L);
        q.setSquaredWeights(10_000d);
        q.setGaucSum(700d);
        q.setGaucWeight(1_000d);
        q.setUsers(300L);
        q.setOneClassUsers(10L);
        q.setRevenueMicros(0d);
        q.setExpectedMicros(0d);
        q.setSketch(ByteBuffer.allocate(0));
        q.setAuc(auc);
        q.setAucError(0.001);
        return q;
    }
}
