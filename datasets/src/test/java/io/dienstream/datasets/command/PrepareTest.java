package io.dienstream.datasets.command;

import static org.assertj.core.api.Assertions.assertThat;

import io.dienstream.cli.CommandRun;
import io.dienstream.datasets.format.Dataset;
import io.dienstream.datasets.format.Directories;
import io.dienstream.datasets.format.Manifest;
import io.dienstream.datasets.format.Split;
import io.dienstream.datasets.title.ItemTitles;
import io.dienstream.dien.history.Behavior;
import io.dienstream.dien.history.EventKey;
import io.dienstream.dien.history.InterestHistory;
import io.dienstream.dien.layer.Embedding;
import io.dienstream.dien.layer.InterestExtractor;
import io.dienstream.schema.LabeledCandidate;
import io.dienstream.schema.TrainingExample;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Every publisher's files, small, through {@code dien prepare}; and files that are wrong. */
class PrepareTest {
    @TempDir private Path directory;

    private Path file(String name, String... lines) throws IOException {
        Path file = directory.resolve(name);
        String text = String.join("\n", lines) + "\n";
        if (name.endsWith(".gz")) {
            try (OutputStream out = new GZIPOutputStream(Files.newOutputStream(file))) {
                out.write(text.getBytes(StandardCharsets.UTF_8));
            }
        } else {
            Files.writeString(file, text);
        }
        return file;
    }

    /** In these logs time begins with Unix's. */
    private CommandRun prepare(Object... args) {
        List<Object> all = new ArrayList<>(Arrays.asList(args));
        all.addAll(List.of("--earliest", "1970-01-01T00:00:00Z"));
        return prepareLate(all.toArray());
    }

    private CommandRun prepareLate(Object... args) {
        List<Object> all = new ArrayList<>(List.of("prepare"));
        all.addAll(Arrays.asList(args));
        all.addAll(List.of("--output", directory.resolve("data")));
        return CommandRun.of(all.toArray());
    }

    private Map<Split, List<TrainingExample>> read() throws IOException {
        Map<Split, List<TrainingExample>> all = new EnumMap<>(Split.class);
        Dataset dataset = Dataset.open(directory.resolve("data"));
        for (Split split : Split.values()) {
            List<TrainingExample> examples = new ArrayList<>();
            dataset.forEach(split, e -> examples.add(TrainingExample.newBuilder(e).build()));
            all.put(split, examples);
        }
        return all;
    }

    private static List<String> items(TrainingExample e) {
        return e.getBehaviors().stream().map(b -> b.getFields().get("item")).toList();
    }

    private static TrainingExample only(List<TrainingExample> examples, String id) {
        return examples.stream()
                .filter(e -> e.getRequestId().equals(id))
                .findFirst()
                .orElseThrow(() -> new AssertionError("no example " + id));
    }

    @Test
    void interactionsWithAFixedTestAndAllPositions() throws IOException {
        Path log =
                file(
                        "log.tsv.gz",
                        "ana\tA\tx\t10",
                        "bo\tA\tx\t11",
                        "ana\tB\ty\t12",
                        "bo\tC\ty\t13",
                        "ana\tC\ty\t14",
                        "ana\tD\ty\t14",
                        "cy\tB\ty\t1",
                        "cy\tA\tx\t2",
                        "cy\tE\tz\t3");
        Path pairs = file("pairs.tsv", "user\tposition\tpositive\tnegative", "cy\t2\tE\tB");
        CommandRun result =
                prepare(
                        "interactions",
                        "--input",
                        log,
                        "--test-pairs",
                        pairs,
                        "--validation-share",
                        0);
        assertThat(result.exitCode()).as(result.err()).isZero();
        Map<Split, List<TrainingExample>> all = read();
        assertThat(all.get(Split.TRAIN).stream().map(TrainingExample::getRequestId))
                .containsExactlyInAnyOrder("ana-1", "ana-2", "ana-3", "bo-1");
        // D came at the same moment as C: neither was known when the ad was asked for
        assertThat(items(only(all.get(Split.TRAIN), "ana-2"))).containsExactly("A", "B");
        assertThat(items(only(all.get(Split.TRAIN), "ana-3"))).containsExactly("A", "B");
        assertThat(only(all.get(Split.TRAIN), "ana-3").getTimestamp()).isEqualTo(13_999);
        for (TrainingExample e : all.get(Split.TRAIN)) {
            List<LabeledCandidate> c = e.getCandidates();
            assertThat(c).hasSize(2);
            assertThat(c.get(0).getClicked()).isTrue();
            assertThat(c.get(1).getClicked()).isFalse();
            assertThat(c.get(1).getSampled()).isTrue();
            assertThat(c.get(1).getAdId()).isNotEqualTo(c.get(0).getAdId());
            // E and its category are known from the test alone
            assertThat(c.get(1).getAdId()).isNotEqualTo("E");
        }
        TrainingExample test = all.get(Split.TEST).get(0);
        assertThat(test.getCandidates().stream().map(LabeledCandidate::getAdId))
                .containsExactly("E", "B");
        assertThat(items(test)).containsExactly("B", "A");
        Dataset dataset = Dataset.open(directory.resolve("data"));
        assertThat(dataset.vocabularies().get("item"))
                .containsExactlyInAnyOrder("A", "B", "C", "D");
        assertThat(dataset.vocabularies().get("category")).containsExactlyInAnyOrder("x", "y");
        assertThat(dataset.catalog()).hasSize(4);
        assertThat(dataset.manifest().sources()).hasSize(2);
    }

    /** A and B came at one moment, B with the smaller id; C was sent twice. */
    @Test
    void interactionsThatTieOrRepeatCountAsInTheStream() throws IOException {
        Path log =
                file(
                        "log.jsonl",
                        interaction("A", 1_000, 20),
                        interaction("B", 1_000, 10),
                        interaction("C", 1_005, 30),
                        interaction("C", 1_005, 30),
                        interaction("D", 1_009, 40));
        CommandRun result =
                prepare("interactions", "--input", log, "--test-share", 0, "--validation-share", 0);
        assertThat(result.exitCode()).as(result.err()).isZero();
        List<TrainingExample> train = read().get(Split.TRAIN);
        assertThat(items(only(train, "ana-3"))).containsExactly("B", "A", "C");
        assertThat(train.stream().map(e -> e.getCandidates().get(0).getAdId()))
                .as("clicks")
                .containsExactlyInAnyOrder("A", "C", "D");
        assertThat(Dataset.open(directory.resolve("data")).catalog())
                .allSatisfy(entry -> assertThat(entry.count()).isEqualTo(1));
    }

    private static String interaction(String item, long time, int event) {
        return "{\"user_id\": \"ana\", \"item\": \"%s\", \"timestamp\": %d, \"event_id\": %d}"
                .formatted(item, time, event);
    }

    @Test
    void anEmptyEventIdIsABadLine() throws IOException {
        Path log =
                file(
                        "log.tsv",
                        "ana\tA\tx\t1\t1",
                        "ana\tB\tx\t2\t2",
                        "ana\tC\tx\t3\t",
                        "bo\tA\tx\t1");
        CommandRun result =
                prepare("interactions", "--input", log, "--test-share", 0, "--validation-share", 0);
        assertThat(result.err()).contains("log.tsv:3: refused: the event id is empty");
        assertThat(read().get(Split.TRAIN)).hasSize(1);
    }

    /** They are not seen, so the quantiles are those of the log without them. */
    @Test
    void repeatsDoNotMoveTheSplitByTime() throws IOException {
        List<String> lines = new ArrayList<>();
        for (int t = 0; t < 1000; t++) {
            String line = "u" + t % 20 + "\ti" + t % 37 + "\tc\t" + (1000 + t) + "\t" + t;
            lines.addAll(List.of(line, line));
        }
        Path log = file("log.tsv", lines.toArray(String[]::new));
        assertThat(prepare("interactions", "--input", log, "--split", "time").exitCode()).isZero();
        Map<Split, List<TrainingExample>> all = read();
        assertThat(all.get(Split.TEST)).hasSize(100);
        assertThat(all.get(Split.VALIDATION)).hasSize(20);
    }

    /** L = 4: the fifth behavior makes the oldest leave, and so on as in the stream. */
    @Test
    void longHistoriesAreCutAsInTheStream() throws IOException {
        List<String> lines = new ArrayList<>();
        for (int t = 0; t < 12; t++) {
            lines.add("ana\ti" + t + "\tx\t" + (100 + t));
        }
        lines.add("bo\ti1\tx\t5");
        Path log = file("log.tsv", lines.toArray(String[]::new));
        prepare(
                "interactions",
                "--input",
                log,
                "--test-share",
                0,
                "--validation-share",
                0,
                "--max-length",
                4);
        List<TrainingExample> train = read().get(Split.TRAIN);
        InterestExtractor none = new InterestExtractor(new Embedding(List.of()), null, null);
        InterestHistory history = new InterestHistory(new String[] {"item"}, 0, 4);
        for (int t = 0; t < 11; t++) {
            history.add(
                    new Behavior(EventKey.ofNumber(t), 100 + t, new int[] {t}, new byte[0]),
                    none,
                    none.newScratch());
            List<String> kept = new ArrayList<>();
            for (int i = 0; i < history.size(); i++) {
                kept.add("i" + history.rows()[i]);
            }
            assertThat(items(only(train, "ana-" + (t + 1)))).isEqualTo(kept);
        }
    }

    @Test
    void usersStayInOneSplitAndTheLastPositionIsTakenThere() throws IOException {
        List<String> lines = new ArrayList<>();
        for (int u = 0; u < 300; u++) {
            for (int t = 0; t < 5; t++) {
                lines.add("u" + u + "\ti" + (u * 7 + t) % 50 + "\tc" + t + "\t" + (t + 1));
            }
        }
        Path log = file("log.tsv", lines.toArray(String[]::new));
        assertThat(prepare("interactions", "--input", log, "--positions", "last").exitCode())
                .isZero();
        Map<Split, List<TrainingExample>> all = read();
        Set<String> seen = new HashSet<>();
        all.values().forEach(l -> l.forEach(e -> assertThat(seen.add(e.getUserId())).isTrue()));
        assertThat(seen).hasSize(300);
        assertThat(all.get(Split.TEST).size()).isBetween(15, 50);
        assertThat(all.get(Split.VALIDATION).size()).isBetween(1, 15);
        all.values().forEach(l -> l.forEach(e -> assertThat(e.getBehaviors()).hasSize(4)));
    }

    @Test
    void byTimeTheNewestIsTheTest() throws IOException {
        List<String> lines = new ArrayList<>();
        for (int t = 0; t < 1000; t++) {
            lines.add("u" + t % 20 + "\ti" + t % 37 + "\tc\t" + (1000 + t));
        }
        Path log = file("log.tsv", lines.toArray(String[]::new));
        assertThat(prepare("interactions", "--input", log, "--split", "time").exitCode()).isZero();
        Map<Split, List<TrainingExample>> all = read();
        assertThat(all.get(Split.TEST)).hasSize(100);
        assertThat(all.get(Split.VALIDATION)).hasSize(20);
        long lastTrain =
                all.get(Split.TRAIN).stream()
                        .mapToLong(TrainingExample::getTimestamp)
                        .max()
                        .getAsLong();
        assertThat(all.get(Split.VALIDATION))
                .allSatisfy(e -> assertThat(e.getTimestamp()).isGreaterThan(lastTrain));
        assertThat(all.get(Split.TEST))
                .allSatisfy(e -> assertThat(e.getTimestamp()).isGreaterThan(lastTrain));
    }

    @Test
    void amazonInBothDialects() throws IOException {
        String[] reviews = {
            "{\"reviewerID\": \"ana\", \"asin\": \"A\", \"unixReviewTime\": 10}",
            "{\"reviewerID\": \"ana\", \"asin\": \"B\", \"unixReviewTime\": 20}",
            "{\"reviewerID\": \"bo\", \"asin\": \"B\", \"unixReviewTime\": 30}",
            "{\"reviewerID\": \"bo\", \"asin\": \"C\", \"unixReviewTime\": 40}"
        };
        Path log = file("reviews.json.gz", reviews);
        Path meta =
                file(
                        "meta.json.gz",
                        "{'asin': 'A', 'title': \"It's\", 'categories': [['Sports', 'Golf']]}",
                        "{'asin': 'B', 'categories': [['Sports', 'Ski', 'Boots'], ['Other']]}",
                        "{\"asin\": \"C\", \"category\": [\"Sports\", \"Tennis\"]}");
        CommandRun result =
                prepare(
                        "amazon",
                        "--reviews",
                        log,
                        "--meta",
                        meta,
                        "--test-share",
                        0,
                        "--validation-share",
                        0);
        assertThat(result.exitCode()).as(result.err()).isZero();
        List<TrainingExample> train = read().get(Split.TRAIN);
        assertThat(only(train, "ana-1").getBehaviors().get(0).getFields())
                .isEqualTo(Map.of("item", "A", "category", "Golf"));
        assertThat(only(train, "bo-1").getCandidates().get(0).getFields())
                .isEqualTo(Map.of("item", "C", "category", "Tennis"));
        assertThat(only(train, "bo-1").getBehaviors().get(0).getFields())
                .containsEntry("category", "Boots");
    }

    @Test
    void movieLensOfBothSizes() throws IOException {
        Path small = Files.createDirectories(directory.resolve("ml-100k"));
        Files.writeString(
                small.resolve("u.data"),
                "7\t1\t5\t100\n7\t2\t3\t110\n7\t3\t4\t120\n7\t1\t4\t130\n");
        String genres = "|0|0|0|0|0|1|0|0|1|0|0|0|0|0|0|0|0|0|0";
        Files.writeString(
                small.resolve("u.item"),
                "1|A (1995)|01-Jan-1995||http://x"
                        + genres
                        + "\n"
                        + "2|B|01-Jan-1995||http://x"
                        + genres
                        + "\n"
                        + "3|C|01-Jan-1995||http://x|1"
                        + "|0".repeat(18)
                        + "\n");
        Files.writeString(small.resolve("u.user"), "7|34|F|writer|12345\n");
        CommandRun result =
                prepare("movielens", "--input", small, "--test-share", 0, "--validation-share", 0);
        assertThat(result.exitCode()).as(result.err()).isZero();
        TrainingExample e = only(read().get(Split.TRAIN), "7-2");
        assertThat(items(e)).containsExactly("1", "3");
        assertThat(e.getBehaviors().get(0).getFields()).containsEntry("category", "Comedy");
        assertThat(e.getBehaviors().get(1).getFields()).containsEntry("category", "unknown");
        assertThat(e.getUser())
                .isEqualTo(Map.of("age", "30s", "gender", "F", "occupation", "writer"));
        assertThat(directory.resolve("data").resolve(ItemTitles.FILE))
                .hasContent("1\tA (1995)\n2\tB\n3\tC\n");

        Path large = Files.createDirectories(directory.resolve("ml-1m"));
        Files.writeString(large.resolve("ratings.dat"), "1::10::5::100\n1::20::4::200\n");
        Files.writeString(
                large.resolve("movies.dat"), "10::T (1990)::Drama|War\n20::U (1991)::War\n");
        Files.writeString(large.resolve("users.dat"), "1::M::25::4::98107\n");
        Directories.delete(directory.resolve("data"));
        assertThat(
                        prepare(
                                        "movielens",
                                        "--input",
                                        large,
                                        "--test-share",
                                        0,
                                        "--validation-share",
                                        0)
                                .exitCode())
                .isZero();
        TrainingExample second = only(read().get(Split.TRAIN), "1-1");
        assertThat(second.getUser())
                .isEqualTo(Map.of("age", "25", "gender", "M", "occupation", "4"));
        assertThat(second.getBehaviors().get(0).getFields()).containsEntry("category", "Drama");
        assertThat(directory.resolve("data").resolve(ItemTitles.FILE))
                .hasContent("10\tT (1990)\n20\tU (1991)\n");

        assertThat(prepare("movielens", "--input", directory).err())
                .contains("ratings.dat", "is missing", "u.data");
    }

    @Test
    void aFileOfTitlesComesIntoTheDataSet() throws IOException {
        Path log = file("log.tsv", "u\tA\tc\t100", "u\tB\tc\t200", "u\tC\tc\t300");
        Path titles = file("titles.tsv", "A\tAnchor", "C\tCompass");
        CommandRun result =
                prepare(
                        "interactions",
                        "--input",
                        log,
                        "--titles",
                        titles,
                        "--test-share",
                        0,
                        "--validation-share",
                        0);
        assertThat(result.exitCode()).as(result.err()).isZero();
        assertThat(ItemTitles.ofDataset(directory.resolve("data")).byId())
                .isEqualTo(Map.of("A", "Anchor", "C", "Compass"));
        assertThat(Dataset.open(directory.resolve("data")).manifest().sources())
                .extracting(Manifest.Source::file)
                .containsExactly("log.tsv", "titles.tsv");

        Directories.delete(directory.resolve("data"));
        Files.writeString(titles, "A\tAnchor\nno title\n");
        CommandRun refused = prepare("interactions", "--input", log, "--titles", titles);
        assertThat(refused.exitCode()).isEqualTo(1);
        assertThat(refused.err()).contains("titles.tsv:2: expected an id, a tab and a title");
        assertThat(directory.resolve("data")).doesNotExist();
    }

    @Test
    void taobaosLogByType() throws IOException {
        Path log =
                file(
                        "UserBehavior.csv",
                        "1,10,100,pv,1511658000",
                        "1,11,100,cart,1511658001",
                        "1,12,101,pv,1511658002",
                        "1,13,101,buy,1511658003");
        CommandRun result =
                prepare(
                        "taobao",
                        "--input",
                        log,
                        "--types",
                        "pv,buy",
                        "--test-share",
                        0,
                        "--validation-share",
                        0);
        assertThat(result.exitCode()).as(result.err()).isZero();
        TrainingExample e = only(read().get(Split.TRAIN), "1-2");
        assertThat(items(e)).containsExactly("10", "12");
        assertThat(e.getCandidates().get(0).getAdId()).isEqualTo("13");
    }

    /** Seconds that overflow, negative ones, milliseconds, the year 46,000, and 1989. */
    @Test
    void timesThatTheStreamRefusesAreBadLinesOfEveryReader() throws IOException {
        List<String> wrong =
                List.of(
                        "9223372036854775",
                        "-1000000000",
                        "1511658000000",
                        "1390000000000",
                        "599616000");
        Map<String, String> formats =
                Map.of(
                        "taobao", "1,A,x,pv,%s",
                        "interactions", "1\tA\tx\t%s",
                        "json", "{\"user_id\": \"1\", \"item\": \"A\", \"timestamp\": %s000}",
                        "amazon",
                                "{\"reviewerID\": \"1\", \"asin\": \"A\", \"unixReviewTime\": %s}",
                        "ratings", "1::1::5::%s");
        Path meta = file("meta.json", "{\"asin\": \"A\", \"category\": [\"x\"]}");
        file("movies.dat", "1::Toy Story (1995)::Animation");
        file("users.dat", "1::F::1::10::48067");
        for (Map.Entry<String, String> format : formats.entrySet()) {
            List<String> lines = new ArrayList<>();
            wrong.forEach(t -> lines.add(format.getValue().formatted(t)));
            lines.add(format.getValue().formatted("1511658000"));
            lines.add(format.getValue().formatted("1511658001"));
            Path log = file(format.getKey() + ".dat", lines.toArray(String[]::new));
            List<Object> input =
                    switch (format.getKey()) {
                        case "amazon" -> List.of("amazon", "--reviews", log, "--meta", meta);
                        case "ratings" -> List.of("movielens", "--input", directory);
                        case "taobao" -> List.of("taobao", "--input", log);
                        default -> List.of("interactions", "--input", log);
                    };
            List<Object> args = new ArrayList<>(input);
            args.addAll(List.of("--test-share", 0, "--validation-share", 0));
            CommandRun run = prepareLate(args.toArray());
            for (int line = 1; line <= wrong.size(); line++) {
                assertThat(run.err()).as(format.getKey()).contains(".dat:" + line + ": refused");
            }
            assertThat(run.err()).doesNotContain(".dat:6:", ".dat:7:", "\tat ");
            assertThat(run.out()).as(run.err()).contains("5 lines refused");
            Directories.delete(directory.resolve("data"));
        }
    }

    @Test
    void idsWithLineBreaksAndTypesThatThereAreNotAreRefused() throws IOException {
        String line = "{\"user_id\": \"u\", \"timestamp\": %d, \"item\": \"%s\"}";
        Path log =
                file(
                        "log.jsonl",
                        line.formatted(1, "A"),
                        line.formatted(2, "B\\nC"),
                        line.formatted(3, "B\\r"),
                        line.formatted(4, "D"),
                        line.formatted(5, "€".repeat(16_385)));
        CommandRun run =
                prepare("interactions", "--input", log, "--test-share", 0, "--validation-share", 0);
        assertThat(run.err())
                .contains("log.jsonl:2: refused: an id has a line break")
                .contains("log.jsonl:3: refused: an id has a line break")
                .contains("log.jsonl:5: refused: an id of 16,385 characters is longer than");
        assertThat(Dataset.open(directory.resolve("data")).vocabularies().get("item"))
                .containsExactly("A", "D");
        CommandRun types = prepare("taobao", "--input", log, "--types", "pv,clik,favv");
        assertThat(types.exitCode()).isEqualTo(2);
        assertThat(types.err()).containsPattern("no type '(clik'|favv'; did you mean 'fav')");
    }

    @Test
    void aFewBadLinesAreShownAndCountedManyStopTheRun() throws IOException {
        List<String> lines = new ArrayList<>();
        for (int i = 0; i < 5000; i++) {
            lines.add("u" + i % 50 + "\ti" + i % 90 + "\tc\t" + i);
        }
        lines.set(700, "only\tthree\tcolumns");
        lines.set(900, "u1\ti1\tc\tnoon");
        Path log = file("log.tsv", lines.toArray(String[]::new));
        CommandRun few = prepare("interactions", "--input", log);
        assertThat(few.exitCode()).isZero();
        assertThat(few.err()).contains("log.tsv:701: refused: 3 columns", "log.tsv:901: refused");
        assertThat(Dataset.open(directory.resolve("data")).manifest().refusedLines()).isEqualTo(2);

        Path csv =
                file(
                        "wrong.csv",
                        lines.stream().map(l -> l.replace('\t', ',')).toArray(String[]::new));
        Directories.delete(directory.resolve("data"));
        CommandRun many = prepare("interactions", "--input", csv);
        assertThat(many.exitCode()).isEqualTo(1);
        assertThat(many.err()).contains("1,000 of 1,000 lines were refused", "--max-bad-lines");
        assertThat(directory.resolve("data")).doesNotExist();
    }

    @Test
    void wrongInputsAreNamedAndLeaveNothing() throws IOException {
        CommandRun missing = prepare("interactions", "--input", directory.resolve("nothing.tsv"));
        assertThat(missing.exitCode()).isEqualTo(1);
        assertThat(missing.err()).contains("nothing.tsv");

        Path one = file("one.tsv", "ana\tA\tx\t1", "bo\tB\tx\t2");
        CommandRun nothingToLearn = prepare("interactions", "--input", one);
        assertThat(nothingToLearn.exitCode()).isEqualTo(1);
        assertThat(nothingToLearn.err()).contains("one.tsv");

        Path whole = file("cut.tsv.gz", "ana\tA\tx\t1", "ana\tB\tx\t2", "ana\tC\tx\t3");
        byte[] bytes = Files.readAllBytes(whole);
        Files.write(whole, Arrays.copyOf(bytes, bytes.length - 9));
        CommandRun cut = prepare("interactions", "--input", whole);
        assertThat(cut.exitCode()).isEqualTo(1);
        assertThat(cut.err()).contains("cut.tsv.gz", "cut off or damaged");

        Path log = file("log.tsv", "ana\tA\tx\t1", "ana\tB\tx\t2", "bo\tA\tx\t1", "bo\tB\tx\t2");
        Path pairs = file("pairs.tsv", "user\tposition\tpositive\tnegative", "ana\t1\tZ\tA");
        CommandRun wrong = prepare("interactions", "--input", log, "--test-pairs", pairs);
        assertThat(wrong.err())
                .contains("pairs.tsv", "user ana has no behavior on Z at position 1");
        try (Stream<Path> left = Files.list(directory)) {
            assertThat(left.map(p -> p.getFileName().toString()))
                    .noneMatch(n -> n.startsWith(".") || n.equals("data"));
        }
        for (int length : new int[] {0, 100_000}) {
            CommandRun usage = prepare("interactions", "--input", log, "--max-length", length);
            assertThat(usage.exitCode()).isEqualTo(2);
            assertThat(usage.err()).contains("--max-length must be 1 to 65536");
        }
    }
}
