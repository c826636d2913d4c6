package io.dienstream.bench.peer;

import io.dienstream.job.AdScoringJob;
import io.dienstream.job.option.JobOptions;
import io.dienstream.job.record.OutputLimits;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;

/** The main job as it is: interest states in the stream. */
public final class OwnJob implements Contender {
    @Override
    public String name() {
        return "dien-stream";
    }

    @Override
    public void build(StreamExecutionEnvironment env, JobOptions options, OutputLimits limits) {
        AdScoringJob.build(env, options, limits);
    }
}
