package io.dienstream.train.batch;

import io.dienstream.datasets.format.Dataset;
import io.dienstream.datasets.format.Split;
import io.dienstream.dien.model.ModelConfig;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Random;

/**
 * The batches of one pass over a split, streamed from disk. Training: requests gather in a buffer
 * of bounded size, its examples are shuffled (or, where asked, its requests: candidates of one then
 * stay together and share the work on their history), windows of {@value #WINDOW} batches are
 * sorted by history length so that little is padded, and the batches of a window come in random
 * order. The whole order is a function of (seed, epoch).
 */
public final class Batches {
    /** Batches that are sorted by length together. */
    static final int WINDOW = 20;

    /** Integers in the shuffle buffer: 64 MiB. */
    private static final int BUFFER_INTEGERS = 16 << 20;

    private final Dataset dataset;
    private final ExampleEncoder encoder;
    private final ModelConfig config;
    private final int batchSize;
    private final double unknownRate;
    private final boolean wholeRequests;
    private final int bufferIntegers;

    /**
     * @param unknownRate share of ids that shuffled passes turn into row 0
     * @param wholeRequests whether a shuffled pass keeps the candidates of a request together
     */
    public Batches(
            Dataset dataset,
            ExampleEncoder encoder,
            ModelConfig config,
            int batchSize,
            double unknownRate,
            boolean wholeRequests) {
        this(dataset, encoder, config, batchSize, unknownRate, wholeRequests, BUFFER_INTEGERS);
    }

    Batches(
            Dataset dataset,
            ExampleEncoder encoder,
            ModelConfig config,
            int batchSize,
            double unknownRate,
            boolean wholeRequests,
            int bufferIntegers) {
        this.dataset = dataset;
        this.encoder = encoder;
        this.config = config;
        this.batchSize = batchSize;
        this.unknownRate = unknownRate;
        this.wholeRequests = wholeRequests;
        this.bufferIntegers = bufferIntegers;
    }

    /** What takes the batches, one after the other. */
    @FunctionalInterface
    public interface Consumer {
        void accept(Batch batch) throws IOException;
    }

    /**
     * One shuffled pass over the training split.
     *
     * @param auxiliary draws the auxiliary loss's negative behaviors, or null
     * @param fresh draws the sampled candidates anew, or null to take them as stored
     */
    public void shuffled(
            long seed, int epoch, Negatives auxiliary, Negatives fresh, Consumer consumer)
            throws IOException {
        Random random = new Random(seed * 1_000_003L + epoch);
        List<Path> files = new ArrayList<>(dataset.files(Split.TRAIN));
        Collections.shuffle(files, random);
        List<Batch.Row> buffer = new ArrayList<>();
        long[] held = {0};
        dataset.forEach(
                Split.TRAIN,
                files,
                e -> {
                    EncodedExample encoded = encoder.encode(e);
                    if (fresh != null) {
                        encoded = fresh.redraw(encoded, random);
                    }
                    if (unknownRate > 0) {
                        encoded = encoded.withUnknown(unknownRate, random);
                    }
                    add(encoded, buffer);
                    held[0] += encoded.size();
                    if (held[0] > bufferIntegers) {
                        emit(buffer, random, auxiliary, consumer);
                        held[0] = 0;
                    }
                });
        emit(buffer, random, auxiliary, consumer);
    }

    /** One pass over a split for measuring: nothing is shuffled or drawn. */
    public void inOrder(Split split, Consumer consumer) throws IOException {
        List<Batch.Row> buffer = new ArrayList<>();
        dataset.forEach(
                split,
                e -> {
                    add(encoder.encode(e), buffer);
                    if (buffer.size() >= batchSize * WINDOW) {
                        for (Batch batch : window(buffer, null, null)) {
                            consumer.accept(batch);
                        }
                        buffer.clear();
                    }
                });
        for (Batch batch : window(buffer, null, null)) {
            consumer.accept(batch);
        }
    }

    private static void add(EncodedExample e, List<Batch.Row> buffer) {
        for (int n = 0; n < e.candidates(); n++) {
            buffer.add(new Batch.Row(e, n));
        }
    }

    private void emit(List<Batch.Row> buffer, Random random, Negatives auxiliary, Consumer consumer)
            throws IOException {
        List<Batch.Row> rows = wholeRequests ? byRequest(buffer, random) : buffer;
        if (!wholeRequests) {
            Collections.shuffle(buffer, random);
        }
        int window = batchSize * WINDOW;
        int to;
        for (int from = 0; from < rows.size(); from = to) {
            to = Math.min(from + window, rows.size());
            if (rows.size() - to == 1) {
                to++; // it goes with the batch before
            }
            List<Batch> batches = window(rows.subList(from, to), auxiliary, random);
            Collections.shuffle(batches, random);
            for (Batch batch : batches) {
                consumer.accept(batch);
            }
        }
        buffer.clear();
    }

    /** Requests in random order; the buffer holds the candidates of each side by side. */
    private static List<Batch.Row> byRequest(List<Batch.Row> buffer, Random random) {
        List<EncodedExample> requests = new ArrayList<>();
        for (Batch.Row row : buffer) {
            if (row.candidate() == 0) {
                requests.add(row.example());
            }
        }
        Collections.shuffle(requests, random);
        List<Batch.Row> rows = new ArrayList<>(buffer.size());
        requests.forEach(e -> add(e, rows));
        return rows;
    }

    private List<Batch> window(List<Batch.Row> rows, Negatives auxiliary, Random random) {
        int fields = config.behaviorFields().size();
        List<Batch.Row> sorted = new ArrayList<>(rows);
        sorted.sort(Comparator.comparingInt(r -> r.length(fields)));
        List<Batch> batches = new ArrayList<>();
        int to;
        if (sorted.size() == 1 && random != null) {
            return batches; // alone after a full buffer: the pass goes without it
        }
        for (int from = 0; from < sorted.size(); from = to) {
            to = Math.min(from + batchSize, sorted.size());
            if (sorted.size() - to == 1) {
                to++; // one example alone has no batch statistics
            }
            batches.add(new Batch(config, sorted.subList(from, to), auxiliary, random));
        }
        return batches;
    }
}
