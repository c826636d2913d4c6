package io.dienstream.job;

import io.dienstream.job.function.AdmitFunction;
import io.dienstream.job.option.JobOptions;
import io.dienstream.job.option.TimeMode;
import io.dienstream.job.record.InboundRecord;
import io.dienstream.job.record.OutboundRecord;
import io.dienstream.job.record.OutputLimits;
import io.dienstream.job.record.RecordType;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.api.connector.source.Source;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.datastream.KeyedStream;
import org.apache.flink.streaming.api.datastream.SingleOutputStreamOperator;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;

/**
 * What enters the main job: the three topics as decoded, timed and checked streams. Also for jobs
 * that are measured beside it and must refuse what it refuses.
 */
public final class AdmittedRecords {
    private final JobOptions options;
    private final OutputLimits limits;
    private final SingleOutputStreamOperator<InboundRecord> behaviors;
    private final SingleOutputStreamOperator<InboundRecord> requests;
    private final SingleOutputStreamOperator<InboundRecord> control;

    /** Adds the sources and their checks to {@code env}. */
    public AdmittedRecords(
            StreamExecutionEnvironment env,
            JobOptions options,
            OutputLimits limits,
            AdScoringTopology.Sources sources) {
        this.options = options;
        this.limits = limits;
        behaviors =
                admitted(
                        env,
                        sources.behaviors(),
                        alignedWatermarks(),
                        OperatorIds.BEHAVIORS_SOURCE,
                        OperatorIds.ADMIT_BEHAVIORS);
        requests =
                admitted(
                        env,
                        sources.adRequests(),
                        alignedWatermarks(),
                        OperatorIds.REQUESTS_SOURCE,
                        OperatorIds.ADMIT_REQUESTS);
        control =
                admitted(
                        env,
                        sources.control(),
                        controlWatermarks(),
                        OperatorIds.CONTROL_SOURCE,
                        OperatorIds.ADMIT_CONTROL);
    }

    /** Valid behaviors. */
    public SingleOutputStreamOperator<InboundRecord> behaviors() {
        return behaviors;
    }

    /** Valid ad requests. */
    public SingleOutputStreamOperator<InboundRecord> requests() {
        return requests;
    }

    /** Everything valid, keyed by user id. */
    public KeyedStream<InboundRecord, String> byUser() {
        return behaviors.union(requests, control).keyBy(InboundRecord::userId, Types.STRING);
    }

    /** Everything refused. */
    public DataStream<OutboundRecord> deadLetters() {
        return behaviors
                .getSideOutput(AdmitFunction.DEAD_LETTERS)
                .union(
                        requests.getSideOutput(AdmitFunction.DEAD_LETTERS),
                        control.getSideOutput(AdmitFunction.DEAD_LETTERS));
    }

    private SingleOutputStreamOperator<InboundRecord> admitted(
            StreamExecutionEnvironment env,
            Source<InboundRecord, ?, ?> source,
            WatermarkStrategy<InboundRecord> watermarks,
            String sourceId,
            String id) {
        return env.fromSource(source, watermarks, sourceId, RecordType.INBOUND)
                .uid(sourceId)
                .process(new AdmitFunction<>(limits), RecordType.INBOUND)
                .uid(id)
                .name(id);
    }

    /**
     * As {@link EventTime} says. In event-time mode, where everything ahead of the slower topic
     * waits in state, the faster one is read no further ahead than {@code time.max-drift}.
     */
    private WatermarkStrategy<InboundRecord> alignedWatermarks() {
        WatermarkStrategy<InboundRecord> strategy =
                EventTime.watermarks(options, JobOptions.IDLE_AFTER);
        return options.get(JobOptions.TIME_MODE) == TimeMode.EVENT_TIME
                ? EventTime.aligned(options, strategy)
                : strategy;
    }

    /**
     * Erasures are rare: in latest mode their topic has no say in time. In event-time mode it has
     * while it has records, so that a replay erases at the same place every time; an empty one does
     * not hold anything back.
     */
    private WatermarkStrategy<InboundRecord> controlWatermarks() {
        return options.get(JobOptions.TIME_MODE) == TimeMode.EVENT_TIME
                ? EventTime.watermarks(options, JobOptions.CONTROL_IDLE_AFTER)
                : WatermarkStrategy.forGenerator(context -> new AlwaysIdle<>());
    }
}
