package io.dienstream.datasets.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dienstream.dien.history.EventKey;
import io.dienstream.schema.Behavior;
import io.dienstream.schema.Candidate;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Logs as people have them: from spreadsheets, with slips of the keyboard, in several files. */
class LogsTest {
    @TempDir private Path directory;

    private final StringWriter refusals = new StringWriter();
    private final BadLines bad = new BadLines(new PrintWriter(refusals));

    private Path file(String name, String text) throws IOException {
        Files.createDirectories(directory.resolve(name).getParent());
        return Files.writeString(directory.resolve(name), text);
    }

    private static Behavior only(List<Behavior> behaviors) {
        assertThat(behaviors).hasSize(1);
        return behaviors.get(0);
    }

    @Test
    void aSpreadsheetsFileReadsAsTheSameWithoutItsMarkAndReturns() throws IOException {
        Path log = file("log.tsv", "\uFEFFana\tA\tx\t1000\r\n\r\nbo\tB\ty\t1001\r\n");
        List<Behavior> behaviors = BehaviorLog.read(log, bad);
        assertThat(bad.count()).isZero();
        assertThat(behaviors.stream().map(Behavior::getUserId)).containsExactly("ana", "bo");
        assertThat(behaviors.get(1).getTimestamp()).isEqualTo(1_001_000);
    }

    @Test
    void bytesThatAreNoUtf8AreABadLineAndNotAnotherId() throws IOException {
        byte[] text =
                "u\t\u00e4\tx\t1\nu\tB\tx\t2\nu\t\u00f6\tx\t3\n"
                        .getBytes(StandardCharsets.ISO_8859_1);
        Path log = Files.write(directory.resolve("latin.tsv"), text);
        assertThat(only(BehaviorLog.read(log, bad)).getFields().get("item")).isEqualTo("B");
        assertThat(refusals.toString())
                .contains(
                        "latin.tsv:1: refused: is not UTF-8", "latin.tsv:3: refused: is not UTF-8");
    }

    private static String json(String members) {
        return "{\"user_id\": \"u\", \"timestamp\": 5, " + members + "}";
    }

    @Test
    void halfACharacterIsRefusedAsItWouldBecomeAnyOther() {
        assertThatThrownBy(() -> BehaviorLog.parse(json("\"item\": \"\\ud800\""), 1))
                .isInstanceOf(LineException.class)
                .hasMessage("item holds half a pair of surrogates");
    }

    @Test
    void linesOfTwoFilesHaveIdsOfTheirOwnAndTheSameAgain() throws IOException {
        Path monday = file("1/log.tsv", "u\tA\tx\t1\nu\tB\tx\t1\n");
        Path tuesday = file("2/log.tsv", "u\tC\tx\t1\nu\tD\tx\t1\n");
        List<LineIds> both = LineIds.ofAll(List.of(monday, tuesday));
        List<Long> ids =
                List.of(both.get(0).of(1), both.get(0).of(2), both.get(1).of(1), both.get(1).of(2));
        assertThat(ids).doesNotHaveDuplicates();
        assertThat(LineIds.of(tuesday).of(2)).isEqualTo(ids.get(3));
        for (long id : ids) {
            assertKeepsOrder(id);
        }
        assertKeepsOrder(LineIds.END);
        List<String> items = new ArrayList<>();
        BehaviorLog.read(monday, bad).forEach(b -> items.add(b.getFields().get("item")));
        assertThat(items).as("ties keep the file's order").containsExactly("A", "B");
        Path link = Files.createSymbolicLink(directory.resolve("link.tsv"), monday);
        assertThatThrownBy(() -> LineIds.ofAll(List.of(monday, link)))
                .hasMessage(link + " is given twice");
    }

    private static void assertKeepsOrder(long id) {
        assertThat(EventKey.of(Long.toString(id))).isEqualTo(EventKey.ofNumber(id));
    }

    private RequestLog.Line request(String members) throws IOException {
        String line =
                "{\"request_id\": \"r\", \"user_id\": \"u\", \"timestamp\": 9, " + members + "}";
        List<RequestLog.Line> lines = new ArrayList<>();
        RequestLog.forEach(file("requests.jsonl", line + "\n"), bad, lines::add);
        assertThat(refusals.toString()).isEmpty();
        return lines.get(0);
    }

    @Test
    void absentIdsOfARequestAreNoneOfThoseGiven() throws IOException {
        RequestLog.Line line =
                request(
                        "\"candidates\": [{\"ad_id\": \"1\"}, {}, {}], \"behaviors\": ["
                                + "{\"timestamp\": 1}, {\"timestamp\": 1, \"event_id\": \"0\"},"
                                + "{\"timestamp\": 1}, {\"timestamp\": 1, \"event_id\": \"5\"}]");
        assertThat(line.behaviors().stream().map(Behavior::getEventId))
                .containsExactly("1", "0", "3", "5");
        assertThat(line.request().getCandidates().stream().map(Candidate::getAdId))
                .containsExactly("1", "3", "4");
    }

    @ParameterizedTest
    @ValueSource(strings = {"behavior", "behaviours", "Behaviors", "behavoirs"})
    void aMisspeltKeyOfARequestIsRefusedWithTheRightOne(String key) throws IOException {
        Path log =
                file(
                        "r.jsonl",
                        ("{\"request_id\": \"r\", \"user_id\": \"u\", \"timestamp\": 9,"
                                        + " \"candidates\": [{}], \"%s\": []}\n")
                                .formatted(key));
        RequestLog.forEach(log, bad, line -> assertThat(line).isNull());
        assertThat(bad.count()).isEqualTo(1);
        assertThat(refusals.toString())
                .contains("a request has no '" + key + "'; did you mean 'behaviors'?");
    }

    @Test
    void aReservedNameThatIsMisspeltIsNoField() {
        assertThatThrownBy(() -> BehaviorLog.parse(json("\"eventId\": \"7\""), 1))
                .hasMessage("'eventId' is no field; did you mean 'event_id'?");
        assertThatThrownBy(() -> BehaviorLog.parse("{\"userid\": \"u\", \"timestamp\": 5}", 1))
                .hasMessageContaining("'userid' is no field; did you mean 'user_id'?");
        assertThatThrownBy(() -> ErasureLog.parse(json("\"erasure\": \"7\""), 1))
                .hasMessage("an erasure has no 'erasure'; did you mean 'erasure_id'?");
    }

    @Test
    void aFieldOfAnyOtherNameIsAField() throws LineException {
        assertThat(BehaviorLog.parse(json("\"event\": \"buy\", \"time\": 7"), 1).getFields())
                .containsEntry("event", "buy")
                .containsEntry("time", "7");
    }

    @Test
    void twoObjectsOnALineAreRefused() {
        assertThatThrownBy(
                        () ->
                                BehaviorLog.parse(
                                        json("\"item\": \"A\"") + json("\"item\": \"B\""), 1))
                .isInstanceOf(LineException.class)
                .hasMessageStartingWith("is not JSON: Trailing token");
    }

    @Test
    void timesAreThoseOfTheStream() throws LineException {
        Instant now = Instant.parse("2026-01-01T00:00:00Z");
        LogTimes times = new LogTimes(LogTimes.EARLIEST, now);
        times.check(LogTimes.EARLIEST.toEpochMilli());
        times.check(now.toEpochMilli() + 300_000);
        for (long wrong :
                new long[] {
                    -1, 1_700_000_000, now.toEpochMilli() + 300_001, 1_700_000_000_000_000L
                }) {
            assertThatThrownBy(() -> times.check(wrong)).isInstanceOf(LineException.class);
        }
        assertThatThrownBy(() -> LogTimes.ofSeconds(Long.MAX_VALUE / 1000 + 1))
                .hasMessageContaining("is none");
    }
}
