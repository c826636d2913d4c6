package io.dienstream.dien.artifact;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dienstream.dien.file.TextReader;
import io.dienstream.dien.model.IdEncoding;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.lang.management.BufferPoolMXBean;
import java.lang.management.ManagementFactory;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Against a map of the lines as {@link TextReader} reads them, on the heap and mapped. */
class VocabularyTest {
    private static final Path FILE = Path.of("item.txt");
    private static final String MARK = "\uFEFF";
    private static final IdHash HASH = new IdHash(3, 4);

    /** All ids in a few slots, and most of them with the bits of others. */
    private static final IdHash WEAK =
            new IdHash(0, 0) {
                @Override
                long of(byte[] utf8, int n) {
                    return 1 + n % 3;
                }

                @Override
                long ofAscii(String id) {
                    return id.chars().allMatch(c -> c < 128) ? 1 + id.length() % 3 : NOT_ASCII;
                }
            };

    @TempDir private Path directory;
    private Path copies;

    @BeforeEach
    void placeForCopies() throws IOException {
        copies = Files.createDirectory(directory.resolve("copies"));
    }

    private Vocabulary parse(byte[] bytes, int rows, IdHash hash, ArtifactContents.Limits limits)
            throws IOException {
        Path file = Files.write(directory.resolve("item.txt"), bytes);
        try (FileChannel channel = FileChannel.open(file);
                FileBytes copy = FileBytes.copy(channel, FILE, limits, List.of())) {
            Files.write(file, new byte[] {'?'}); // what is used are the bytes that were read
            return Vocabulary.parse(FILE, copy, "item", rows, hash, limits);
        }
    }

    /** On the heap, mapped, mapped in pieces, with a hash that is none. */
    private List<Vocabulary> all(String text, int rows) throws IOException {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        var heap = new ArtifactContents.Limits(Long.MAX_VALUE, copies);
        var mapped = new ArtifactContents.Limits(0, copies);
        var pieces = new ArtifactContents.Limits(0, copies, 8);
        return List.of(
                parse(bytes, rows, HASH, heap),
                parse(bytes, rows, HASH, mapped),
                parse(bytes, rows, HASH, pieces),
                parse(bytes, rows, WEAK, pieces));
    }

    private static Map<String, Integer> oracle(String text) throws IOException {
        Map<String, Integer> rows = new HashMap<>();
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        TextReader reader = TextReader.of(FILE, new ByteArrayInputStream(bytes));
        for (String id = reader.readLine(); id != null; id = reader.readLine()) {
            assertThat(rows.put(id, rows.size() + 1)).as(id).isNull();
        }
        rows.remove("");
        return rows;
    }

    private void assertIsAsTheMap(String text, List<String> others) throws IOException {
        Map<String, Integer> rows = oracle(text);
        List<String> asked = new ArrayList<>(rows.keySet());
        for (String id : rows.keySet()) {
            asked.addAll(
                    List.of(
                            id + "x",
                            id + "\r",
                            id + "\n",
                            id + "\r\n",
                            "\n" + id,
                            MARK + id,
                            id.substring(1),
                            id.substring(0, id.length() - 1)));
        }
        asked.addAll(others);
        for (Vocabulary vocabulary : all(text, 1 << 20)) {
            for (String id : asked) {
                assertThat(vocabulary.row(id)).as("'%s'", id).isEqualTo(rows.getOrDefault(id, 0));
            }
            assertThat(vocabulary.row(null)).isZero();
            assertThat(vocabulary.row("")).isZero();
        }
        assertThat(copies).isEmptyDirectory();
    }

    @Test
    void endsOfLinesAndMarksAreThoseOfTextReader() throws IOException {
        List<String> texts =
                List.of(
                        "",
                        "\n",
                        "a",
                        "a\n",
                        "a\r\n",
                        "a\r",
                        "\r",
                        "\r\n",
                        "\r\r\n",
                        "a\n\nb\n",
                        "a\nab\nabc\nb\n",
                        "abc\r\nab\na\r\n\r\nb\rc\nlast",
                        "a\r\r\nb\r\r",
                        MARK,
                        MARK + "\na\n",
                        MARK + "a\r\nb\n",
                        "a\n" + MARK + "b\n" + MARK + MARK + "\n",
                        "ü\nu\n€\n𝄞\n𝄞𝄞\nZürich\n日本語\n",
                        "a\u0000b\n\u0000\n",
                        "?\n\uFFFD\n",
                        "a\u2028b\u0085c\na\n");
        // an unpaired surrogate is in no file, whatever an encoder would put in its place
        List<String> others =
                List.of("never", "\uD834", "\uDD1E", "a\uD834", "\uD834\uD834", "\uDD1E\uD834");
        for (String text : texts) {
            assertIsAsTheMap(text, others);
        }
    }

    @Test
    void anyIdsAreFound() throws IOException {
        Random random = new Random(5);
        for (int n = 0; n < 30; n++) {
            StringBuilder text = new StringBuilder(n % 5 == 0 ? MARK : "");
            List<String> ids = ids(random, n * n);
            for (String id : ids) {
                text.append(id).append(random.nextInt(5) == 0 ? "\r\n" : "\n");
            }
            if (n % 3 == 0 && !text.isEmpty()) {
                text.setLength(text.length() - 1);
            }
            assertIsAsTheMap(text.toString(), ids(random, 200));
        }
    }

    /** Short ones that begin alike, and ones that are longer than a piece. */
    private static List<String> ids(Random random, int count) {
        String letters = "aab\r\u0000ü€𝄞";
        int[] points = letters.codePoints().toArray();
        return IntStream.range(0, count)
                .mapToObj(
                        n -> {
                            int length = random.nextInt(40) == 0 ? 300 : 1 + random.nextInt(12);
                            StringBuilder id = new StringBuilder();
                            for (int i = 0; i < length; i++) {
                                id.appendCodePoint(points[random.nextInt(points.length)]);
                            }
                            return id.append('.').toString();
                        })
                .distinct()
                .toList();
    }

    private void refuses(byte[] text, int rows, String message) {
        for (long mostOnHeap : new long[] {0, 1 << 30}) {
            assertThatThrownBy(
                            () ->
                                    parse(
                                            text,
                                            rows,
                                            HASH,
                                            new ArtifactContents.Limits(mostOnHeap, copies)))
                    .isInstanceOf(ArtifactException.class)
                    .hasMessage("item.txt: " + message);
        }
    }

    private void refuses(String text, int rows, String message) {
        refuses(text.getBytes(StandardCharsets.UTF_8), rows, message);
    }

    @Test
    void whatIsWrongIsNamedByLine() {
        refuses("a\nb\nc", 3, "3 lines are more than rows - 1 = 2 of embedding.item");
        refuses("a\nb\n\n", 3, "3 lines are more than rows - 1 = 2 of embedding.item");
        refuses("a\nb\nc\nd\ne\nb\r\n", 9, "line 6 repeats the id of line 2");
        refuses(MARK + "ü\nx\nü", 9, "line 3 repeats the id of line 1");
        refuses("a\n\nb\n\r\n", 9, "line 4 repeats the id of line 2");
        refuses("c\nb\na\na\nb\nc\n", 9, "line 4 repeats the id of line 3");
        refuses(
                new byte[] {'a', '\n', 'a', '\n', (byte) 0xff},
                9,
                "line 2 repeats the id of line 1");
        String problem = " is not UTF-8; convert the file, with iconv for instance";
        refuses(new byte[] {'a', '\n', (byte) 0xff, '\n'}, 9, "line 2" + problem);
        refuses(new byte[] {'a', '\n', 'b', (byte) 0xc3, '\n'}, 9, "line 2" + problem);
        refuses(new byte[] {(byte) 0xed, (byte) 0xa0, (byte) 0x80}, 9, "line 1" + problem);
    }

    /** The decoder's characters come in several portions. */
    @Test
    void longIdsAreChecked() throws IOException {
        String id = "€".repeat(5000);
        assertIsAsTheMap(id + "\n" + id + "€\n" + "x".repeat(40_000), List.of());
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        bytes.write(id.getBytes(StandardCharsets.UTF_8));
        bytes.write(0x80);
        refuses(
                bytes.toByteArray(),
                9,
                "line 1 is not UTF-8; convert the file, with iconv for instance");
    }

    @Test
    void anIdIsAsLongAsItMayBe() throws IOException {
        byte[] longest = new byte[4 * (VocabularyText.MOST_ID_BYTES + 1)];
        Arrays.fill(longest, (byte) 'x');
        for (int n = 0; n < 4; n++) {
            longest[n * (VocabularyText.MOST_ID_BYTES + 1)] = (byte) n;
            longest[(n + 1) * (VocabularyText.MOST_ID_BYTES + 1) - 1] = '\n';
        }
        var pieces = new ArtifactContents.Limits(0, copies, 12);
        Vocabulary vocabulary = parse(longest, 5, HASH, pieces);
        String rest = "x".repeat(VocabularyText.MOST_ID_BYTES - 1);
        for (int n = 0; n < 4; n++) {
            assertThat(vocabulary.row((char) n + rest)).isEqualTo(n + 1);
        }
        assertThat(vocabulary.row(rest)).isZero();
        refuses(
                "a\n" + "x".repeat(VocabularyText.MOST_ID_BYTES + 1) + "\nb\n",
                9,
                "line 2 has more than the 49152 bytes that an id may have");
        refuses("x".repeat(1 << 20), 9, "line 1 has more than the 49152 bytes that an id may have");
    }

    @Test
    void theIndexOfAsManyIdsAsThereCanBeHasASize() {
        long most = Integer.MAX_VALUE - 1L;
        assertThat(Vocabulary.indexBytes((int) most))
                .isEqualTo(8 * (most + most / 3 + 1 + (most + 3) / 4));
    }

    @Test
    void anIdThatWouldBeReadAsAnotherIsNotWritten() throws IOException {
        for (List<String> ids :
                List.of(
                        List.of("a", "b\nc"),
                        List.of("a", "b\r"),
                        List.of("a", "\ud800"),
                        List.of("a", "x".repeat(VocabularyText.MOST_ID_BYTES + 1)),
                        List.of("\ufeffa"))) {
            assertThatThrownBy(() -> Vocabulary.write(copies.resolve("ids.txt"), ids))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageStartingWith("row " + ids.size());
            assertThat(Vocabulary.holds(ids.get(ids.size() - 1))).isFalse();
        }
        for (String id : List.of("a", "", "a\rb", "€".repeat(IdEncoding.MOST_CHARS))) {
            assertThat(Vocabulary.holds(id)).isTrue();
            Vocabulary.write(copies.resolve("good.txt"), List.of(id));
        }
    }

    /**
     * Mappings stay until a collection finds them: those of the index do, as long as it is used.
     */
    @Test
    void nothingButTextAndIndexStaysMapped() throws IOException {
        BufferPoolMXBean pool =
                ManagementFactory.getPlatformMXBeans(BufferPoolMXBean.class).stream()
                        .filter(p -> p.getName().equals("mapped"))
                        .findFirst()
                        .orElseThrow();
        StringBuilder text = new StringBuilder();
        for (int n = 0; n < 100_000; n++) {
            text.append("id").append(n).append('\n');
        }
        byte[] bytes = text.toString().getBytes(StandardCharsets.UTF_8);
        long before = pool.getMemoryUsed();
        Vocabulary vocabulary = parse(bytes, 200_000, HASH, new ArtifactContents.Limits(0, copies));
        long mapped = pool.getMemoryUsed() - before;
        assertThat(mapped).isLessThanOrEqualTo(vocabulary.textBytes() + vocabulary.indexBytes());
        assertThat(vocabulary.row("id99999")).isEqualTo(100_000);
    }

    @Test
    void aDiskWithoutPlaceForTheIndexIsNamed() {
        // its text is on the heap, its index is not
        var limits = new ArtifactContents.Limits(40, copies.resolve("none"));
        String text = "i0\ni1\ni2\ni3\ni4\ni5\n";
        assertThatThrownBy(() -> parse(text.getBytes(StandardCharsets.UTF_8), 20, HASH, limits))
                .isInstanceOf(IOException.class)
                .hasMessageStartingWith(
                        "item.txt: the index of its ids, 88 bytes, cannot be written to ")
                .hasMessageContainingAll("none", "model.copy-directory", "java.io.tmpdir");
    }

    @Test
    void whatIsInNoFileYetHasTheRowsOfItsOrder() {
        var ids = Vocabulary.of(List.of("a", "ü"));
        assertThat(ids.row("a")).isEqualTo(1);
        assertThat(ids.row("ü")).isEqualTo(2);
        assertThat(ids.row("b")).isZero();
        assertThat(ids.row("")).isZero();
        assertThat(ids.row(null)).isZero();
    }
}
