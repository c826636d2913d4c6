package io.dienstream.dien.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

class TextReaderTest {
    private static final String MARK = "\uFEFF";

    @TempDir private Path directory;

    private Path file(byte[] bytes) throws IOException {
        return Files.write(directory.resolve("text"), bytes);
    }

    private static List<String> lines(Path file) throws IOException {
        List<String> lines = new ArrayList<>();
        try (TextReader reader = TextReader.open(file)) {
            for (String line = reader.readLine(); line != null; line = reader.readLine()) {
                lines.add(line);
            }
        }
        return lines;
    }

    private List<String> lines(String text) throws IOException {
        return lines(file(text.getBytes(StandardCharsets.UTF_8)));
    }

    @Test
    void theMarkAndTheEndsOfLinesAreNoText() throws IOException {
        assertThat(lines(MARK + "a\r\n\r\nb\n")).containsExactly("a", "", "b");
        assertThat(lines("a\nb")).containsExactly("a", "b");
        assertThat(lines("a\nb\r\n")).containsExactly("a", "b");
        assertThat(lines("")).isEmpty();
        assertThat(lines("\n")).containsExactly("");
        // of a text within a line they are
        assertThat(lines("a" + MARK + "\rb\n" + MARK + "c"))
                .containsExactly("a" + MARK + "\rb", MARK + "c");
    }

    @Test
    void linesLongerThanEveryBufferAreWhole() throws IOException {
        String line = "äß€𝄞".repeat(40_000);
        assertThat(lines(line + "\r\n" + line)).containsExactly(line, line);
    }

    @Test
    void aLineThatIsNoUtf8IsNamedAndTheNextIsRead() throws IOException {
        Path file = file("good\nM\u00fcller\nna\u00efve\n".getBytes(StandardCharsets.ISO_8859_1));
        try (TextReader reader = TextReader.open(file)) {
            assertThat(reader.readLine()).isEqualTo("good");
            assertThatThrownBy(reader::readLine)
                    .isInstanceOf(MalformedTextException.class)
                    .hasMessage(
                            file + ":2: is not UTF-8; convert the file, with iconv for instance");
            assertThatThrownBy(reader::readLine).hasMessageContaining("text:3: is not UTF-8");
            assertThat(reader.readLine()).isNull();
        }
    }

    private static byte[] gzip(String text) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (OutputStream out = new GZIPOutputStream(bytes)) {
            out.write(text.getBytes(StandardCharsets.UTF_8));
        }
        return bytes.toByteArray();
    }

    @Test
    void gzipIsKnownByContentAndItsDamageIsNamed() throws IOException {
        byte[] whole = gzip(MARK + "a\r\nb\n");
        assertThat(lines(file(whole))).containsExactly("a", "b");
        Path cut = file(Arrays.copyOf(whole, whole.length - 9));
        assertThatThrownBy(() -> lines(cut))
                .isInstanceOf(IOException.class)
                .hasMessageContaining(cut + " is cut off or damaged: ");
    }

    /** Between two members a pipe may have nothing to read although its writer is not done. */
    @Test
    @DisabledOnOs(OS.WINDOWS)
    void aPipeIsReadToItsEnd() throws Exception {
        Path pipe = directory.resolve("pipe");
        Process made = new ProcessBuilder("mkfifo", pipe.toString()).start();
        assertThat(made.waitFor()).isZero();
        byte[] first = gzip("a\n");
        byte[] second = gzip("b\n");
        Thread writer =
                new Thread(
                        () -> {
                            try (OutputStream out = Files.newOutputStream(pipe)) {
                                out.write(first);
                                out.flush();
                                // what was written has been taken when the reader waits for more
                                while (Files.exists(pipe) && !waits()) {
                                    Thread.onSpinWait();
                                }
                                out.write(second);
                            } catch (IOException e) {
                                throw new java.io.UncheckedIOException(e);
                            }
                        });
        reading = Thread.currentThread();
        writer.start();
        assertThat(lines(pipe)).containsExactly("a", "b");
        writer.join();
    }

    private volatile Thread reading;

    private boolean waits() {
        return Arrays.stream(reading.getStackTrace())
                .anyMatch(f -> f.getMethodName().equals("available"));
    }

    @Test
    void whatIsNoFileIsNamed() {
        Path missing = directory.resolve("missing");
        assertThatThrownBy(() -> TextReader.open(missing))
                .isInstanceOf(NoSuchFileException.class)
                .hasMessage(missing.toString());
        assertThatThrownBy(() -> TextReader.open(directory))
                .hasMessage(directory + ": is a directory, not a file");
    }
}
