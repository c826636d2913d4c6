package io.dienstream.bench;

import io.dienstream.dien.artifact.ModelReader;
import io.dienstream.dien.artifact.Vocabulary;
import io.dienstream.dien.model.AttentionType;
import io.dienstream.dien.model.IdEncoding;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/**
 * A row by its id, in a vocabulary as an artifact has it and in a map of strings. Every id is a new
 * string, as it is when it comes out of a record: nobody has asked for its hash before. {@code
 * string} is what making it costs.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class VocabularyBenchmark {
    /** A power of two. */
    private static final int ASKED = 1 << 16;

    private static final int LONGEST = 10;

    /** What answers. */
    public enum Kind {
        VOCABULARY,
        MAP
    }

    @Param({"VOCABULARY", "MAP"})
    public Kind kind;

    @Param({"10000", "1000000"})
    public int ids;

    private final byte[][] known = new byte[ASKED][];
    private final byte[][] unknown = new byte[ASKED][];
    private IdEncoding encoding;
    private int next;

    @Setup
    public void setUp() throws IOException {
        encoding = kind == Kind.MAP ? map() : vocabulary();
        Random random = new Random(1);
        for (int n = 0; n < ASKED; n++) {
            int item = random.nextInt(ids);
            known[n] = ("i" + item).getBytes(StandardCharsets.US_ASCII);
            unknown[n] = ("j" + item).getBytes(StandardCharsets.US_ASCII);
        }
    }

    private IdEncoding map() {
        return Vocabulary.of(IntStream.range(0, ids).mapToObj(n -> "i" + n).toList());
    }

    private IdEncoding vocabulary() throws IOException {
        return TemporaryModel.with(
                directory -> {
                    Path model = directory.resolve("model");
                    PaperModel.write(model, AttentionType.BILINEAR, LONGEST, ids + 1, 1);
                    return ModelReader.read(model).encodings().get("item");
                });
    }

    private String next(byte[][] asked) {
        next = (next + 1) & (ASKED - 1);
        return new String(asked[next], StandardCharsets.US_ASCII);
    }

    /** A new string and nothing else. */
    @Benchmark
    public String string() {
        return next(known);
    }

    /** An id that is there. */
    @Benchmark
    public int hit() {
        return encoding.row(next(known));
    }

    /** An id that is not. */
    @Benchmark
    public int miss() {
        return encoding.row(next(unknown));
    }
}
