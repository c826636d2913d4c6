package io.dienstream.job;

import io.dienstream.job.function.AdmitFunction;
import io.dienstream.job.function.InterestFunction;
import io.dienstream.job.function.ScoringFunction;
import io.dienstream.job.option.JobOptions;
import io.dienstream.job.record.InboundRecord;
import io.dienstream.job.record.OutboundRecord;
import io.dienstream.job.record.RecordType;
import io.dienstream.job.state.ScoringTaskSerializer;
import java.time.Duration;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.api.connector.sink2.Sink;
import org.apache.flink.api.connector.source.Source;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.datastream.SingleOutputStreamOperator;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;

/**
 * The main job:
 *
 * <ol>
 *   <li>behaviors: source, decoded and timed per partition; refused ones leave in {@code admit}.
 *   <li>ad requests: likewise.
 *   <li>both keyed by user id: {@link InterestFunction} extends histories and snapshots them.
 *   <li>{@link ScoringFunction}, chained or with a parallelism of its own.
 *   <li>sinks: scores, served, dead letters of all the steps.
 * </ol>
 */
public final class AdScoringTopology {
    private final JobOptions options;

    public AdScoringTopology(JobOptions options) {
        this.options = options;
    }

    /**
     * Where records come from.
     *
     * @param behaviors of {@link InboundRecord.Kind#BEHAVIOR}
     * @param adRequests of {@link InboundRecord.Kind#AD_REQUEST}
     */
    public record Sources(
            Source<InboundRecord, ?, ?> behaviors, Source<InboundRecord, ?, ?> adRequests) {}

    /**
     * Where messages go.
     *
     * @param served may be null where {@code served.enabled} is false
     */
    public record Sinks(
            Sink<OutboundRecord> scores,
            Sink<OutboundRecord> served,
            Sink<OutboundRecord> deadLetters) {}

    /** Adds the job to {@code env}. */
    public void build(StreamExecutionEnvironment env, Sources sources, Sinks sinks) {
        SingleOutputStreamOperator<InboundRecord> behaviors =
                admitted(
                        env,
                        sources.behaviors(),
                        OperatorIds.BEHAVIORS_SOURCE,
                        OperatorIds.ADMIT_BEHAVIORS);
        SingleOutputStreamOperator<InboundRecord> requests =
                admitted(
                        env,
                        sources.adRequests(),
                        OperatorIds.REQUESTS_SOURCE,
                        OperatorIds.ADMIT_REQUESTS);

        var tasks =
                behaviors
                        .union(requests)
                        .keyBy(InboundRecord::userId, Types.STRING)
                        .process(new InterestFunction(options), ScoringTaskSerializer.TYPE)
                        .uid(OperatorIds.INTEREST)
                        .name(OperatorIds.INTEREST);

        int scoringParallelism = options.get(JobOptions.SCORING_PARALLELISM);
        var scores =
                (scoringParallelism == 0 ? tasks : tasks.rebalance())
                        .process(new ScoringFunction(options), RecordType.OUTBOUND)
                        .uid(OperatorIds.SCORING)
                        .name(OperatorIds.SCORING);
        if (scoringParallelism > 0) {
            scores.setParallelism(scoringParallelism);
        }

        sink(scores, sinks.scores(), OperatorIds.SCORES_SINK);
        if (options.get(JobOptions.SERVED_ENABLED)) {
            sink(
                    scores.getSideOutput(ScoringFunction.SERVED),
                    sinks.served(),
                    OperatorIds.SERVED_SINK);
        }
        DataStream<OutboundRecord> deadLetters =
                behaviors
                        .getSideOutput(AdmitFunction.DEAD_LETTERS)
                        .union(
                                requests.getSideOutput(AdmitFunction.DEAD_LETTERS),
                                tasks.getSideOutput(InterestFunction.DEAD_LETTERS),
                                scores.getSideOutput(ScoringFunction.DEAD_LETTERS));
        sink(deadLetters, sinks.deadLetters(), OperatorIds.DEAD_LETTERS_SINK);
    }

    private SingleOutputStreamOperator<InboundRecord> admitted(
            StreamExecutionEnvironment env,
            Source<InboundRecord, ?, ?> source,
            String sourceId,
            String admitId) {
        return env.fromSource(source, watermarks(), sourceId, RecordType.INBOUND)
                .uid(sourceId)
                .process(new AdmitFunction(), RecordType.INBOUND)
                .uid(admitId)
                .name(admitId);
    }

    private static void sink(
            DataStream<OutboundRecord> stream, Sink<OutboundRecord> sink, String id) {
        stream.sinkTo(sink).uid(id).name(id);
    }

    /** Behind the newest valid event time of each partition by the allowed lateness. */
    private WatermarkStrategy<InboundRecord> watermarks() {
        WatermarkStrategy<InboundRecord> strategy =
                WatermarkStrategy.<InboundRecord>forBoundedOutOfOrderness(
                                options.get(JobOptions.ALLOWED_LATENESS))
                        .withTimestampAssigner((record, kafka) -> eventTime(record));
        Duration idle = options.get(JobOptions.IDLE_AFTER);
        return idle.isZero() ? strategy : strategy.withIdleness(idle);
    }

    /** A refused record must not move time. */
    private static long eventTime(InboundRecord record) {
        return record.rejection() == null ? record.eventTime() : Long.MIN_VALUE;
    }
}
