package io.dienstream.bench.stream;

import static org.assertj.core.api.Assertions.assertThat;

import io.dienstream.job.option.Backend;
import io.dienstream.job.option.JobOptions;
import io.dienstream.job.rollout.RolloutPlan;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/**
 * Models with mapped weights, swapped under load at a small size: scenarios 2 and 4 of a rollout,
 * by what was answered and what is left, not by time.
 */
class SwapBenchmarkIT {
    /** Above 16 MiB of weights, so that they are mapped. */
    private static final int MEGABYTES = 24;

    /** All models have been live once, and some of them again. */
    private static final int SWAPS = ManySwaps.MODELS + 2;

    @Test
    void everyAnswerIsOfOneVersionAndNothingIsLeftOfThoseThatAreGone() throws Exception {
        StreamCase of =
                new StreamCase(StreamCase.Load.REQUESTS, false, 50, 10, 5, 1, 0, Backend.HASHMAP);
        var plan = new SwapBenchmark.Plan(of, MEGABYTES, MEGABYTES, 0.1, 2, 300, 0.5, SWAPS, 2);
        SwapTable table =
                new SwapBenchmark(Map.of(JobOptions.WARM_UP.key(), "0s")).run(plan, () -> {});

        ServedCheck.Found found = table.swap().found();
        assertThat(found.isRight()).as(found.toString()).isTrue();
        assertThat(found.by()).containsOnlyKeys("live", "next");
        assertThat(found.by().values().stream().mapToLong(n -> n).sum())
                .isEqualTo(found.requests());
        assertThat(table.swap().phases())
                .extracting(SwapTable.Phase::name)
                .containsExactly("before", "load, warm-up", "switch", "after");
        assertThat(table.cost().candidateMicros()).isPositive();

        List<SwapTable.Sample> samples = table.samples();
        SwapTable.Sample last = samples.get(samples.size() - 1);
        assertThat(last.swaps()).isEqualTo(SWAPS);
        assertThat(samples).allMatch(sample -> sample.missing() == 0);
        assertThat(last.loads())
                .as("those that are new to the job, whatever its tasks keep of others")
                .isGreaterThanOrEqualTo(ManySwaps.MODELS);
        assertThat(last.mappedAfterMib())
                .as("weights of the live version, and of those that were before it")
                .isLessThanOrEqualTo(
                        samples.get(0).mappedAfterMib() + RolloutPlan.MOST_LOADED * MEGABYTES);
        assertThat(table.isRight()).isTrue();
        assertThat(table.markdown()).contains("0 lost, 0 doubled, 0 mixed", "| after |");
    }
}
