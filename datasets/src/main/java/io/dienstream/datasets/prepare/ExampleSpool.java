package io.dienstream.datasets.prepare;

import io.dienstream.datasets.format.Dataset;
import io.dienstream.dien.file.NamedOutput;
import io.dienstream.schema.TrainingExample;
import io.dienstream.wire.WireLimits;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.apache.avro.io.BinaryDecoder;
import org.apache.avro.io.BinaryEncoder;
import org.apache.avro.io.DecoderFactory;
import org.apache.avro.io.EncoderFactory;
import org.apache.avro.specific.SpecificDatumReader;
import org.apache.avro.specific.SpecificDatumWriter;

/**
 * Examples that come in any order, and now and then twice, to be read in order and once. Their
 * bytes are in a file; in memory are their times and ids, about 150 bytes each.
 *
 * <p>The order is that of {@link #time}, then of request ids. Of several examples of one request
 * and time, which an at-least-once writer leaves behind, the one of the highest revision counts,
 * the first of those that are equal.
 */
public final class ExampleSpool implements AutoCloseable {
    static {
        WireLimits.apply();
    }

    private static final int BUFFER = 1 << 20;
    private static final Comparator<Entry> ORDER =
            Comparator.comparingLong(Entry::time)
                    .thenComparing(Entry::requestId)
                    .thenComparing(Comparator.comparingInt(Entry::revision).reversed())
                    .thenComparingLong(Entry::offset);

    private final Path file;
    private final OutputStream out;
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    private final SpecificDatumWriter<TrainingExample> writer =
            new SpecificDatumWriter<>(TrainingExample.getClassSchema());
    private final List<Entry> entries = new ArrayList<>();
    private BinaryEncoder encoder;
    private long end;
    private long repeated;

    private record Entry(long time, String requestId, int revision, long offset, int length) {
        boolean repeats(Entry other) {
            return other != null && time == other.time && requestId.equals(other.requestId);
        }
    }

    /**
     * @param file new; it is removed with {@link #close}
     */
    public ExampleSpool(Path file) throws IOException {
        this.file = file;
        out = NamedOutput.open(file, BUFFER);
    }

    /** When the labels of an example were final, ms; of a log that does not say, its request's. */
    public static long time(TrainingExample example) {
        return example.getClosedAt() == null ? example.getTimestamp() : example.getClosedAt();
    }

    /** Takes the next example; it is copied. */
    public void add(TrainingExample example) throws IOException {
        bytes.reset();
        encoder = EncoderFactory.get().binaryEncoder(bytes, encoder);
        writer.write(example, encoder);
        encoder.flush();
        bytes.writeTo(out);
        entries.add(
                new Entry(
                        time(example),
                        example.getRequestId(),
                        example.getRevision(),
                        end,
                        bytes.size()));
        end += bytes.size();
    }

    /** Puts what came so far in order: the times of the examples, each once. */
    long[] order() throws IOException {
        out.flush();
        entries.sort(ORDER);
        List<Entry> once = new ArrayList<>(entries.size());
        Entry last = null;
        for (Entry entry : entries) {
            if (!entry.repeats(last)) {
                once.add(entry);
            }
            last = entry;
        }
        repeated += entries.size() - once.size();
        entries.clear();
        entries.addAll(once);
        return entries.stream().mapToLong(Entry::time).toArray();
    }

    /** Whether none was added. */
    public boolean isEmpty() {
        return entries.isEmpty();
    }

    /** How many examples {@link #order} has found to be there already. */
    public long repeated() {
        return repeated;
    }

    /** Hands on the examples in the order that {@link #order} has made, each its own object. */
    void forEach(Dataset.Consumer consumer) throws IOException {
        SpecificDatumReader<TrainingExample> reader =
                new SpecificDatumReader<>(TrainingExample.getClassSchema());
        BinaryDecoder decoder = null;
        try (FileChannel in = FileChannel.open(file)) {
            for (Entry entry : entries) {
                byte[] body = read(in, entry);
                decoder = DecoderFactory.get().binaryDecoder(body, decoder);
                // a new object each time: Avro would clear the maps of one that is used again
                consumer.accept(reader.read(null, decoder));
            }
        }
    }

    private static byte[] read(FileChannel in, Entry entry) throws IOException {
        ByteBuffer body = ByteBuffer.allocate(entry.length());
        while (body.hasRemaining()) {
            if (in.read(body, entry.offset() + body.position()) < 0) {
                throw new EOFException("a temporary file was cut off");
            }
        }
        return body.array();
    }

    @Override
    public void close() throws IOException {
        out.close();
        Files.deleteIfExists(file);
    }
}
