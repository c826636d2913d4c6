package io.dienstream.job.learning;

import io.dienstream.job.AlwaysIdle;
import io.dienstream.job.EventTime;
import io.dienstream.job.artifact.LoadSettings;
import io.dienstream.job.function.DeadLetters;
import io.dienstream.job.learning.join.LabelJoinFunction;
import io.dienstream.job.learning.output.CorrectionFunction;
import io.dienstream.job.learning.output.ExampleFunction;
import io.dienstream.job.learning.quality.QualitySettings;
import io.dienstream.job.learning.quality.QualityWindows;
import io.dienstream.job.learning.quality.ScoredCorrections;
import io.dienstream.job.learning.quality.ScoredExamples;
import io.dienstream.job.learning.quality.ScoredImpression;
import io.dienstream.job.learning.quality.ScoredImpressionSerializer;
import io.dienstream.job.learning.quality.ShadowFunction;
import io.dienstream.job.learning.record.JoinedExample;
import io.dienstream.job.learning.record.JoinedExampleSerializer;
import io.dienstream.job.learning.record.LearningRecord;
import io.dienstream.job.learning.record.LearningRecordSerializer;
import io.dienstream.job.option.JobOptions;
import io.dienstream.job.option.LearningOptions;
import io.dienstream.job.option.Option;
import io.dienstream.job.record.OutboundRecord;
import io.dienstream.job.record.OutputLimits;
import io.dienstream.job.record.RecordType;
import io.dienstream.job.rollout.CommandRecord;
import io.dienstream.job.rollout.CommandRecordSerializer;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.api.connector.sink2.Sink;
import org.apache.flink.api.connector.source.Source;
import org.apache.flink.streaming.api.datastream.BroadcastStream;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.datastream.SingleOutputStreamOperator;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;

/**
 * The learning job:
 *
 * <ol>
 *   <li>served requests: source, decoded and timed per partition; refused ones leave in {@code
 *       admit}.
 *   <li>impressions: likewise.
 *   <li>clicks: likewise, but no partition is ever idle.
 *   <li>all keyed by request id: {@link LabelJoinFunction} joins them.
 *   <li>{@link ExampleFunction} and {@link CorrectionFunction}, chained, make messages.
 *   <li>{@link QualityWindows} sum up what the versions' scores were worth.
 *   <li>sinks: examples, corrections, both as files too where asked for, quality, dead letters of
 *       all.
 * </ol>
 */
public final class LearningTopology {
    private final LearningOptions options;
    private final LearningLimits limits;

    /**
     * @param limits of what the sinks take
     */
    public LearningTopology(LearningOptions options, LearningLimits limits) {
        this.options = options;
        this.limits = limits;
    }

    /**
     * Where records of one topic come from.
     *
     * @param partitions of it: a subtask without one would hold time back for ever
     */
    public record Input(Source<LearningRecord, ?, ?> source, int partitions) {}

    /**
     * Where records come from.
     *
     * @param commands on models; may be null where {@code rollout.enabled} is false
     */
    public record Sources(
            Input served, Input impressions, Input clicks, Source<CommandRecord, ?, ?> commands) {}

    /**
     * Where messages go.
     *
     * @param quality may be null where {@code quality.window} is 0
     * @param exampleFiles may be null where {@code examples.directory} is empty
     * @param correctionFiles likewise
     */
    public record Sinks(
            Sink<OutboundRecord> examples,
            Sink<OutboundRecord> corrections,
            Sink<OutboundRecord> quality,
            Sink<OutboundRecord> deadLetters,
            Sink<OutboundRecord> exampleFiles,
            Sink<OutboundRecord> correctionFiles) {}

    /** Adds the job to {@code env}. */
    public void build(StreamExecutionEnvironment env, Sources sources, Sinks sinks) {
        var served =
                admitted(
                        env,
                        sources.served(),
                        EventTime.watermarks(options, LearningOptions.IDLE_AFTER),
                        LearningOptions.SERVED,
                        LearningOperatorIds.SERVED_SOURCE,
                        LearningOperatorIds.ADMIT_SERVED);
        var impressions =
                admitted(
                        env,
                        sources.impressions(),
                        EventTime.watermarks(options, LearningOptions.IDLE_AFTER),
                        LearningOptions.IMPRESSIONS,
                        LearningOperatorIds.IMPRESSIONS_SOURCE,
                        LearningOperatorIds.ADMIT_IMPRESSIONS);
        // whatever the options say: a click topic that stands still must not become negatives
        var clicks =
                admitted(
                        env,
                        sources.clicks(),
                        EventTime.neverIdle(options),
                        LearningOptions.CLICKS,
                        LearningOperatorIds.CLICKS_SOURCE,
                        LearningOperatorIds.ADMIT_CLICKS);

        var joined =
                served.union(impressions, clicks)
                        .keyBy(LearningRecord::requestId, Types.STRING)
                        .process(
                                new LabelJoinFunction(options, limits.deadLetters()),
                                JoinedExampleSerializer.TYPE)
                        .uid(LearningOperatorIds.LABEL_JOIN)
                        .name(LearningOperatorIds.LABEL_JOIN);
        var examples =
                joined.process(
                                new ExampleFunction(
                                        options, limits.examples(), limits.deadLetters()),
                                RecordType.OUTBOUND)
                        .uid(LearningOperatorIds.EXAMPLES)
                        .name(LearningOperatorIds.EXAMPLES);
        boolean hasFiles = !options.get(LearningOptions.DIRECTORY).isEmpty();
        var corrections =
                joined.getSideOutput(LabelJoinFunction.CORRECTIONS)
                        .process(new CorrectionFunction(hasFiles), RecordType.OUTBOUND)
                        .uid(LearningOperatorIds.CORRECTIONS)
                        .name(LearningOperatorIds.CORRECTIONS);

        sink(examples, sinks.examples(), LearningOperatorIds.EXAMPLES_SINK);
        sink(corrections, sinks.corrections(), LearningOperatorIds.CORRECTIONS_SINK);
        if (hasFiles) {
            sink(
                    examples.getSideOutput(ExampleFunction.FILES),
                    sinks.exampleFiles(),
                    LearningOperatorIds.EXAMPLE_FILES_SINK);
            sink(
                    corrections.getSideOutput(CorrectionFunction.FILES),
                    sinks.correctionFiles(),
                    LearningOperatorIds.CORRECTION_FILES_SINK);
        }
        if (!options.get(LearningOptions.QUALITY_WINDOW).isZero()) {
            sink(
                    quality(scored(env, joined, sources.commands()), joined),
                    sinks.quality(),
                    LearningOperatorIds.QUALITY_SINK);
        }
        DataStream<OutboundRecord> deadLetters =
                served.getSideOutput(DeadLetters.TAG)
                        .union(
                                impressions.getSideOutput(DeadLetters.TAG),
                                clicks.getSideOutput(DeadLetters.TAG),
                                joined.getSideOutput(DeadLetters.TAG),
                                examples.getSideOutput(DeadLetters.TAG));
        sink(deadLetters, sinks.deadLetters(), LearningOperatorIds.DEAD_LETTERS_SINK);
    }

    /** What the version that answered said of each impression, and beside it each shadow. */
    private DataStream<ScoredImpression> scored(
            StreamExecutionEnvironment env,
            DataStream<JoinedExample> joined,
            Source<CommandRecord, ?, ?> source) {
        if (!options.get(JobOptions.ROLLOUT_ENABLED)) {
            return joined.process(new ScoredExamples(), ScoredImpressionSerializer.TYPE)
                    .uid(LearningOperatorIds.SCORED_EXAMPLES)
                    .name(LearningOperatorIds.SCORED_EXAMPLES);
        }
        BroadcastStream<CommandRecord> commands =
                env.fromSource(
                                source,
                                WatermarkStrategy.forGenerator(c -> new AlwaysIdle<>()),
                                LearningOperatorIds.COMMANDS_SOURCE,
                                CommandRecordSerializer.TYPE)
                        .uid(LearningOperatorIds.COMMANDS_SOURCE)
                        .setParallelism(1)
                        .broadcast(ShadowFunction.COMMANDS);
        return joined.connect(commands)
                .process(
                        new ShadowFunction(
                                options.get(JobOptions.ROLLOUT_MODEL), LoadSettings.of(options)),
                        ScoredImpressionSerializer.TYPE)
                .uid(LearningOperatorIds.SHADOWS)
                .name(LearningOperatorIds.SHADOWS);
    }

    private DataStream<OutboundRecord> quality(
            DataStream<ScoredImpression> examples,
            SingleOutputStreamOperator<JoinedExample> joined) {
        var corrections =
                joined.getSideOutput(LabelJoinFunction.CORRECTIONS)
                        .process(new ScoredCorrections(), ScoredImpressionSerializer.TYPE)
                        .uid(LearningOperatorIds.SCORED_CORRECTIONS)
                        .name(LearningOperatorIds.SCORED_CORRECTIONS);
        return QualityWindows.attach(
                examples.union(corrections),
                QualitySettings.of(
                        options.get(LearningOptions.QUALITY_WINDOW),
                        options.get(LearningOptions.WAIT),
                        options.get(LearningOptions.CORRECTION_WAIT)));
    }

    private SingleOutputStreamOperator<LearningRecord> admitted(
            StreamExecutionEnvironment env,
            Input input,
            WatermarkStrategy<LearningRecord> watermarks,
            Option<String> topic,
            String sourceId,
            String admitId) {
        int subtasks = Math.min(env.getParallelism(), input.partitions());
        return env.fromSource(
                        input.source(),
                        EventTime.aligned(options, watermarks),
                        sourceId,
                        LearningRecordSerializer.TYPE)
                .uid(sourceId)
                .setParallelism(subtasks)
                .transform(
                        admitId,
                        LearningRecordSerializer.TYPE,
                        new AdmitOperator(
                                topic.key().substring("topics.".length()),
                                new OutputLimits(0, 0, limits.deadLetters())))
                .uid(admitId)
                .setParallelism(subtasks);
    }

    private static void sink(
            DataStream<OutboundRecord> stream, Sink<OutboundRecord> sink, String id) {
        stream.sinkTo(sink).uid(id).name(id);
    }
}
