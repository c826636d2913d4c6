package io.dienstream.train.fit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.engine.Engine;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import io.dienstream.train.network.RowTable;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * A table whose rows are updated as they are touched, beside the engine's Adam over the whole
 * table: the same rows, whatever was touched when.
 */
class TrainedTableTest {
    private static final Engine ENGINE = TorchEngine.start(1);
    private static final int ROWS = 40;
    private static final int WIDTH = 5;
    private static final int UPDATES = 1500;
    private static final float CLIP = 0.5f;

    /** One training both ways. */
    private static final class Twins implements AutoCloseable {
        final Random random = new Random(3);
        final float weightDecay;
        final double averaging;
        final TrainedTables tables;
        final TrainedTable table;
        final NDManager manager = NDManager.newBaseManager(null, ENGINE.getEngineName());
        final NDArray weight;
        final NDArray mean = manager.zeros(new Shape(ROWS, WIDTH));
        final NDArray variance = manager.zeros(new Shape(ROWS, WIDTH));
        final NDArray average;
        long updates;

        Twins(double weightDecay, double averaging) {
            this.weightDecay = (float) weightDecay;
            this.averaging = averaging;
            float[] first = new float[ROWS * WIDTH];
            for (int i = 0; i < first.length; i++) {
                first[i] = (float) random.nextGaussian() * 0.05f;
            }
            tables = new TrainedTables(weightDecay, averaging, 1);
            RowTable made = tables.of("item", first, WIDTH);
            assertThat(made).isSameAs(tables.all().get("item"));
            table = tables.all().get("item");
            weight = manager.create(first, new Shape(ROWS, WIDTH));
            average = manager.create(first, new Shape(ROWS, WIDTH));
        }

        /** Rows that come often, seldom, once in a thousand updates, and never. */
        int[] touched() {
            return random.ints(0, ROWS - 1)
                    .filter(r -> random.nextInt(1 + r * r * r / 40) == 0)
                    .limit(6)
                    .distinct()
                    .toArray();
        }

        void update(int[] rows) {
            float[] gradient = new float[rows.length * WIDTH];
            float[] dense = new float[ROWS * WIDTH];
            for (int i = 0; i < gradient.length; i++) {
                gradient[i] = (float) random.nextGaussian() * 1e-3f;
                dense[rows[i / WIDTH] * WIDTH + i % WIDTH] = gradient[i];
            }
            float rate = updates < 700 ? 1e-2f : 4e-3f;
            updates++;
            float corrected = (float) Adam.corrected(rate, updates);
            Arrays.stream(rows).forEach(table::touch);
            tables.history().add(rate);
            table.update(rows, rows.length, gradient, CLIP, corrected);
            try (NDManager step = manager.newSubManager()) {
                NDArray all = step.create(dense, new Shape(ROWS, WIDTH));
                NDList inputs = new NDList(weight, all, mean, variance);
                NDList out = new NDList(weight);
                weight.getNDArrayInternal()
                        .adamUpdate(
                                inputs,
                                out,
                                rate,
                                corrected,
                                weightDecay,
                                CLIP,
                                -1,
                                Adam.BETA_1,
                                Adam.BETA_2,
                                Adam.EPSILON,
                                false,
                                true);
                float d = (float) WeightAverage.decay(averaging, updates);
                average.muli(d).addi(weight.duplicate().muli(1 - d));
            }
        }

        @Override
        public void close() {
            manager.close();
        }
    }

    @ParameterizedTest
    @CsvSource({"0, 0", "0.1, 0", "0, 0.99", "0.1, 0.99"})
    void rowsAreThoseOfAdamOverTheWholeTable(double weightDecay, double averaging) {
        try (Twins twins = new Twins(weightDecay, averaging)) {
            float[] first = twins.table.values();
            for (int n = 1; n <= UPDATES; n++) {
                twins.update(twins.touched());
                if (n % 50 == 0 || n < 5) {
                    assertThat(twins.table.values())
                            .as("after %d updates", n)
                            .containsExactly(twins.weight.toFloatArray(), Offset.offset(5e-6f));
                }
            }
            float[] last = twins.table.values();
            // what was never touched has moved by the weight decay alone
            int never = (ROWS - 1) * WIDTH;
            assertThat(last[never] == first[never]).isEqualTo(weightDecay == 0);
            assertThat(Math.abs(last[0] - first[0])).isGreaterThan(0.01f);
            if (averaging > 0) {
                twins.table.showAverage(true);
                assertThat(twins.table.values())
                        .containsExactly(twins.average.toFloatArray(), Offset.offset(2e-2f));
                assertThat(twins.table.values()).isNotEqualTo(last);
            }
        }
    }

    @Test
    void whereEveryUpdateTouchesEveryRowNothingIsApproximated() {
        int[] all = new int[ROWS];
        Arrays.setAll(all, r -> r);
        try (Twins twins = new Twins(0.1, 0.99)) {
            for (int n = 0; n < 100; n++) {
                twins.update(all);
            }
            assertThat(twins.table.values())
                    .containsExactly(twins.weight.toFloatArray(), Offset.offset(1e-6f));
            twins.table.showAverage(true);
            assertThat(twins.table.values())
                    .containsExactly(twins.average.toFloatArray(), Offset.offset(1e-6f));
        }
    }

    /** As after an epoch whose last batch had padding: row 0 is touched, and has no gradient. */
    @Test
    void aRowWithoutMomentsStaysFinite() {
        TrainedTables tables = new TrainedTables(0, 0.99, 1);
        TrainedTable table = (TrainedTable) tables.of("item", new float[2 * WIDTH], WIDTH);
        table.touch(0);
        tables.history().add(1e-3f);
        table.update(new int[] {0}, 1, new float[WIDTH], 1, 1e-3f);
        float[] anew = new float[2 * WIDTH];
        Arrays.fill(anew, 0.5f);
        table.set(anew);
        assertThat(table.values()).isEqualTo(anew);
        table.showAverage(true);
        assertThat(table.values()).containsOnly(0);
    }

    @Test
    void readingChangesNothing() {
        try (Twins read = new Twins(0.1, 0.9);
                Twins left = new Twins(0.1, 0.9)) {
            for (int n = 0; n < 200; n++) {
                read.update(read.touched());
                left.update(left.touched());
                assertThat(read.table.values()).isEqualTo(read.table.values());
            }
            assertThat(read.table.values()).isEqualTo(left.table.values());
            assertThat(read.tables.state()).containsOnlyKeys(left.tables.state().keySet());
            left.tables
                    .state()
                    .forEach((k, v) -> assertThat(read.tables.state().get(k)).isEqualTo(v));
        }
    }

    @Test
    void aRestoredTableGoesOnBitForBit() {
        try (Twins whole = new Twins(0.1, 0.9);
                Twins other = new Twins(0.1, 0.9)) {
            for (int n = 0; n < 600; n++) {
                whole.update(whole.touched());
            }
            Map<String, float[]> state = new HashMap<>(whole.tables.state());
            state.putAll(whole.tables.weights());
            other.tables.restore(state, 600);
            other.table.write(
                    TrainedTable.Part.AVERAGE, whole.table.read(TrainedTable.Part.AVERAGE));
            assertThat(other.table.values()).isEqualTo(whole.table.values());
            int[] rows = {3, 39, 20};
            Random random = new Random(1);
            for (int n = 0; n < 300; n++) {
                float[] gradient = new float[rows.length * WIDTH];
                Arrays.fill(gradient, (float) random.nextGaussian());
                for (Twins t : new Twins[] {whole, other}) {
                    Arrays.stream(rows).forEach(t.table::touch);
                    t.tables.history().add(1e-3f);
                    t.table.update(rows, rows.length, gradient, 1, 1e-3f);
                }
            }
            assertThat(other.table.values()).isEqualTo(whole.table.values());
            whole.table.showAverage(true);
            other.table.showAverage(true);
            assertThat(other.table.values()).isEqualTo(whole.table.values());
        }
    }

    @Test
    void carriedMomentsAreUpToDateAndNewRowsHaveNone() throws IOException {
        try (Twins twins = new Twins(0, 0)) {
            for (int n = 0; n < 300; n++) {
                twins.update(twins.touched());
            }
            TrainedTables grown = new TrainedTables(0, 0, 1);
            RowTable table = grown.of("item", new float[(ROWS + 2) * WIDTH], WIDTH);
            grown.carry(twins.tables.state(), 300, Path.of("before"));
            assertThat(grown.history().first()).isEqualTo(300);
            assertThat(table.values()).containsOnly(0);
            float[] mean = grown.all().get("item").read(TrainedTable.Part.MEAN);
            float[] variance = grown.all().get("item").read(TrainedTable.Part.VARIANCE);
            assertThat(Arrays.copyOf(mean, ROWS * WIDTH))
                    .containsExactly(twins.mean.toFloatArray(), Offset.offset(1e-9f));
            assertThat(Arrays.copyOf(variance, ROWS * WIDTH))
                    .containsExactly(twins.variance.toFloatArray(), Offset.offset(1e-12f));
            assertThat(mean[ROWS * WIDTH]).isZero();
            TrainedTables shrunk = new TrainedTables(0, 0, 1);
            assertThat(shrunk.of("item", new float[WIDTH], WIDTH).rows()).isEqualTo(1);
            assertThatThrownBy(() -> shrunk.carry(twins.tables.state(), 300, Path.of("before")))
                    .hasMessage("before: is of another network, tensor embedding.item differs");
        }
    }

    /** A checkpoint of before there were stamps: every row as it was after the last update. */
    @Test
    void aCheckpointWithoutStampsIsUpToDate() {
        TrainedTables tables = new TrainedTables(0, 0, 1);
        TrainedTable table = (TrainedTable) tables.of("item", new float[2 * WIDTH], WIDTH);
        float[] weights = new float[2 * WIDTH];
        Arrays.fill(weights, 3);
        Map<String, float[]> state =
                Map.of(
                        "embedding.item",
                        weights,
                        "adam.mean.embedding.item",
                        weights,
                        "adam.variance.embedding.item",
                        weights);
        tables.restore(state, 77);
        assertThat(table.values()).isEqualTo(weights);
        assertThat(tables.history().first()).isEqualTo(77);
        assertThat(tables.history().size()).isZero();
    }
}
