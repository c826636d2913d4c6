package io.dienstream.bench;

import io.dienstream.dien.history.Behavior;
import io.dienstream.dien.history.InterestHistory;
import io.dienstream.dien.layer.InterestExtractor;
import io.dienstream.dien.model.AttentionType;
import java.io.IOException;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/** A behavior: the extractor's step alone, and all that a history does with it. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
public class ClickBenchmark {
    private static final int LENGTH = 100;

    /** An artifact's directory; empty: random weights in the paper's sizes. */
    @Param("")
    public String model;

    private Workload workload;
    private InterestExtractor.Scratch scratch;
    private InterestHistory history;
    private Map<String, String> fields;
    private Behavior behavior;
    private long time;

    @Setup
    public void setUp() throws IOException {
        workload = Workload.of(model, AttentionType.BILINEAR, LENGTH, 1);
        scratch = workload.scorer.historyModel().newScratch();
        history = workload.history.copy();
        fields = workload.behaviors.get(0);
        behavior = workload.behavior(LENGTH - 1);
    }

    /** The newest behavior taken away and added again: one step of the extractor. */
    @Benchmark
    public InterestHistory.Outcome step() {
        history.truncate(LENGTH - 1);
        return workload.scorer.historyModel().add(history, behavior, scratch);
    }

    /** A new behavior from its fields, evictions included as they come. */
    @Benchmark
    public InterestHistory.Outcome behavior() {
        time++;
        return workload.scorer
                .historyModel()
                .add(
                        workload.history,
                        workload.scorer
                                .historyModel()
                                .encode(Long.toString(time), LENGTH + time, fields),
                        scratch);
    }
}
