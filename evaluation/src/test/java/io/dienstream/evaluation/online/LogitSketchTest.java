package io.dienstream.evaluation.online;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dienstream.evaluation.Auc;
import java.io.IOException;
import java.util.Arrays;
import java.util.Random;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LogitSketchTest {
    private static final int MANY = 1_000_000;
    private static final int SHARDS = 7;
    private static final double CLOSE = 0.001;

    /** Scenario 10: also after shards are merged, a checkpoint, and corrections. */
    @ParameterizedTest
    @ValueSource(doubles = {0.001, 0.01, 0.1})
    void theAreaIsRightAtAnyClickRate(double rate) throws IOException {
        Examples e = new Examples(MANY, rate, 11);
        boolean[] late = late(e);
        LogitSketch[] shards = new LogitSketch[SHARDS];
        Arrays.setAll(shards, s -> new LogitSketch());
        for (int i = 0; i < MANY; i++) {
            shards[i % SHARDS].add(e.pctr[i], e.clicked[i] && !late[i], 1);
        }
        LogitSketch merged = new LogitSketch();
        for (LogitSketch shard : shards) {
            merged.merge(SketchBytes.read(SketchBytes.write(shard)));
        }
        assertThat(late).as("something is late").contains(true);
        boolean[] onTime = new boolean[MANY];
        for (int i = 0; i < MANY; i++) {
            onTime[i] = e.clicked[i] && !late[i];
        }
        assertArea(merged, e.pctr, onTime);

        for (int i = 0; i < MANY; i++) {
            if (late[i]) {
                merged.move(e.pctr[i], 1);
            }
        }
        assertArea(merged, e.pctr, e.clicked);
        LogitSketch whole = new LogitSketch();
        for (int i = 0; i < MANY; i++) {
            whole.add(e.pctr[i], e.clicked[i], 1);
        }
        assertThat(merged).isEqualTo(whole);
        assertThat(SketchBytes.write(merged)).hasSizeLessThan(16_000);
    }

    private static void assertArea(LogitSketch sketch, double[] pctr, boolean[] clicked) {
        Auc exact = new Auc();
        for (int i = 0; i < pctr.length; i++) {
            exact.add(pctr[i], clicked[i]);
        }
        double error = Math.abs(sketch.auc() - exact.value());
        assertThat(error).isLessThan(CLOSE).isLessThanOrEqualTo(sketch.aucError());
        assertThat(sketch.aucError()).isLessThan(0.003);
    }

    /** Every tenth click. */
    private static boolean[] late(Examples e) {
        boolean[] late = new boolean[MANY];
        int clicks = 0;
        for (int i = 0; i < MANY; i++) {
            late[i] = e.clicked[i] && ++clicks % 10 == 0;
        }
        return late;
    }

    /** Two bins: 2 clicks and 3 others below, 1 click and 1 other above. */
    @Test
    void figuresOfAHandWorkedCase() {
        LogitSketch sketch = new LogitSketch();
        sketch.add(0.2, true, 2);
        sketch.add(0.2, false, 3);
        sketch.add(0.7, true, 1);
        sketch.add(0.7, false, 1);
        // pairs: 2 * 1.5 + 1 * (3 + 0.5), of 3 * 4
        assertThat(sketch.auc()).isEqualTo(6.5 / 12);
        assertThat(sketch.aucError()).isEqualTo((2 * 3 + 1) / 24.0);
        assertThat(sketch.positives()).isEqualTo(3);
        assertThat(sketch.negatives()).isEqualTo(4);
    }

    /** Of 400 small samples, the spread of the areas is what each sample says of itself. */
    @Test
    void theDeviationIsThatOfRepeatedDraws() {
        double sum = 0;
        double squares = 0;
        double said = 0;
        int draws = 400;
        for (int d = 0; d < draws; d++) {
            Examples e = new Examples(1000, 0.1, d);
            LogitSketch sketch = new LogitSketch();
            for (int i = 0; i < e.pctr.length; i++) {
                sketch.add(e.pctr[i], e.clicked[i], 1);
            }
            sum += sketch.auc();
            squares += sketch.auc() * sketch.auc();
            said += sketch.aucDeviation();
        }
        double mean = sum / draws;
        double deviation = Math.sqrt(squares / draws - mean * mean);
        assertThat(said / draws).isCloseTo(deviation, Offset.offset(0.15 * deviation));
    }

    @Test
    void mergingIsCommutativeAndAssociativeAndSubtractionItsInverse() {
        LogitSketch a = drawn(1);
        LogitSketch b = drawn(2);
        LogitSketch c = drawn(3);
        LogitSketch left = sum(sum(a, b), c);
        assertThat(left).isEqualTo(sum(a, sum(b, c))).isEqualTo(sum(c, sum(b, a)));
        left.subtract(c);
        assertThat(left).isEqualTo(sum(b, a));
        left.subtract(b);
        left.subtract(a);
        assertThat(left).isEqualTo(new LogitSketch());
        assertThat(left.occupied()).isZero();
    }

    private static LogitSketch sum(LogitSketch a, LogitSketch b) {
        LogitSketch sum = a.copy();
        sum.merge(b);
        return sum;
    }

    /** Weights with few binary digits add up exactly in any order. */
    private static LogitSketch drawn(long seed) {
        Random random = new Random(seed);
        LogitSketch sketch = new LogitSketch();
        for (int i = 0; i < 2000; i++) {
            sketch.add(random.nextDouble(), random.nextInt(5) == 0, 0.25 * (1 + random.nextInt(9)));
        }
        return sketch;
    }

    @Test
    void bytesSayTheSame() throws IOException {
        LogitSketch sketch = drawn(5);
        sketch.add(0, false, 1e300);
        sketch.add(1, true, Math.PI);
        LogitSketch read = SketchBytes.read(SketchBytes.write(sketch));
        assertThat(read).isEqualTo(sketch).hasSameHashCodeAs(sketch);
        assertThat(read.auc()).isEqualTo(sketch.auc());
        assertThat(SketchBytes.read(SketchBytes.write(new LogitSketch())))
                .isEqualTo(new LogitSketch())
                .isNotEqualTo(sketch);
    }

    @Test
    void bytesThatAreNoneAreRefused() {
        assertThatThrownBy(() -> SketchBytes.read(new byte[] {9, 0}))
                .hasMessage("sketch of version 9, this release reads 1");
        assertThatThrownBy(() -> SketchBytes.read(new byte[] {1, 1, (byte) 0x80, 0x20, 2, 2}))
                .hasMessage("sketch with bin 4096 of 4096");
        assertThatThrownBy(() -> SketchBytes.read(new byte[] {1, 2, 5, 2, 2, 0, 2, 2}))
                .hasMessageContaining("bin 5");
        assertThatThrownBy(() -> SketchBytes.read(new byte[] {1, 1, 5, 3, 2}))
                .hasMessageContaining("weight");
        assertThatThrownBy(() -> SketchBytes.read(new byte[] {1, 1, 5}))
                .isInstanceOf(IOException.class);
    }

    @Test
    void whatIsOutsideCountsInTheOutermostBins() {
        assertThat(LogitSketch.bin(0)).isZero();
        assertThat(LogitSketch.bin(1)).isEqualTo(LogitSketch.BINS - 1);
        assertThat(LogitSketch.bin(0.5)).isEqualTo(LogitSketch.BINS / 2);
        assertThat(LogitSketch.logit(LogitSketch.BINS / 2)).isEqualTo(LogitSketch.WIDTH / 2);
        assertThat(new LogitSketch().auc()).isNaN();
        assertThatThrownBy(() -> new LogitSketch().add(Double.NaN, true, 1)).hasMessage("pctr=NaN");
    }
}
