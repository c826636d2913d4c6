package io.dienstream.bench;

import io.dienstream.dien.ScorerScratch;
import io.dienstream.dien.model.AttentionType;
import java.io.IOException;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/** Whole requests on one thread: interest states are there, everything after them is computed. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
public class RequestBenchmark {
    /** An artifact's directory; empty: random weights in the paper's sizes. */
    @Param("")
    public String model;

    /** Of the random model. */
    @Param({"BILINEAR", "MLP"})
    public AttentionType attention;

    /** T. */
    @Param({"0", "1", "20", "50", "100", "300"})
    public int steps;

    /** N. */
    @Param({"1", "20", "100", "500"})
    public int candidates;

    /** {@code scoring.attention-tail}. */
    @Param("0")
    public double tail;

    private Workload workload;
    private ScorerScratch scratch;

    @Setup
    public void setUp() throws IOException {
        workload = Workload.of(model, attention, steps, candidates);
        scratch = workload.scorer.newScratch();
        scratch.setAttentionTail(tail);
    }

    /** One request. */
    @Benchmark
    public float score() {
        workload.scorer.score(workload.history, steps, workload.request, scratch);
        return scratch.pctr(0);
    }
}
