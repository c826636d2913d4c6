package io.dienstream.job;

import io.dienstream.job.function.InterestFunction;
import io.dienstream.job.function.InterestOperator;
import io.dienstream.job.function.ScoringFunction;
import io.dienstream.job.option.JobOptions;
import io.dienstream.job.record.InboundRecord;
import io.dienstream.job.record.OutboundRecord;
import io.dienstream.job.record.OutputLimits;
import io.dienstream.job.record.RecordType;
import io.dienstream.job.record.ScoringTask;
import io.dienstream.job.rollout.CommandRecord;
import io.dienstream.job.rollout.CommandRecordSerializer;
import io.dienstream.job.rollout.NewestCommands;
import io.dienstream.job.state.ScoringTaskSerializer;
import java.util.List;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.api.connector.sink2.Sink;
import org.apache.flink.api.connector.source.Source;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.datastream.KeyedStream;
import org.apache.flink.streaming.api.datastream.SingleOutputStreamOperator;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.transformations.TwoInputTransformation;

/**
 * The main job:
 *
 * <ol>
 *   <li>behaviors: source, decoded and timed per partition; refused ones leave in {@code admit}.
 *   <li>ad requests: likewise.
 *   <li>control: erasures, likewise.
 *   <li>all keyed by user id: {@link InterestFunction} extends histories and snapshots them.
 *   <li>commands on models, to every subtask of it, which picks the version for each request.
 *   <li>{@link ScoringFunction}, chained or with a parallelism of its own.
 *   <li>sinks: scores, served, states of versions, dead letters of all the steps.
 * </ol>
 */
public final class AdScoringTopology {
    private final JobOptions options;

    private final OutputLimits limits;

    /**
     * @param limits of what the sinks take
     */
    public AdScoringTopology(JobOptions options, OutputLimits limits) {
        this.options = options;
        this.limits = limits;
    }

    /**
     * Where records come from.
     *
     * @param behaviors of {@link InboundRecord.Kind#BEHAVIOR}
     * @param adRequests of {@link InboundRecord.Kind#AD_REQUEST}
     * @param control of {@link InboundRecord.Kind#ERASURE}
     * @param commands on models; may be null where {@code rollout.enabled} is false
     * @param known commands that are there already, by offset
     * @param newest those that are there when a task starts
     */
    public record Sources(
            Source<InboundRecord, ?, ?> behaviors,
            Source<InboundRecord, ?, ?> adRequests,
            Source<InboundRecord, ?, ?> control,
            Source<CommandRecord, ?, ?> commands,
            List<CommandRecord> known,
            NewestCommands newest) {}

    /**
     * Where messages go.
     *
     * @param served may be null where {@code served.enabled} is false
     * @param modelStatus may be null where {@code rollout.enabled} is false
     */
    public record Sinks(
            Sink<OutboundRecord> scores,
            Sink<OutboundRecord> served,
            Sink<OutboundRecord> deadLetters,
            Sink<OutboundRecord> modelStatus) {}

    /** Adds the job to {@code env}. */
    public void build(StreamExecutionEnvironment env, Sources sources, Sinks sinks) {
        AdmittedRecords admitted = new AdmittedRecords(env, options, limits, sources);
        var users = admitted.byUser();
        var tasks =
                options.get(JobOptions.ROLLOUT_ENABLED)
                        ? withCommands(env, users, sources)
                        : users.transform(
                                OperatorIds.INTEREST,
                                ScoringTaskSerializer.TYPE,
                                new InterestOperator(options, limits));
        tasks.uid(OperatorIds.INTEREST);

        int scoringParallelism = options.get(JobOptions.SCORING_PARALLELISM);
        boolean isConfiguredLive = !options.get(JobOptions.ROLLOUT_ENABLED);
        var scores =
                (scoringParallelism == 0 ? tasks : tasks.rebalance())
                        .process(
                                new ScoringFunction(options, limits, isConfiguredLive),
                                RecordType.OUTBOUND)
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
                admitted.deadLetters()
                        .union(
                                tasks.getSideOutput(InterestFunction.DEAD_LETTERS),
                                scores.getSideOutput(ScoringFunction.DEAD_LETTERS));
        sink(deadLetters, sinks.deadLetters(), OperatorIds.DEAD_LETTERS_SINK);
        if (options.get(JobOptions.ROLLOUT_ENABLED)) {
            sink(
                    tasks.getSideOutput(InterestOperator.MODEL_STATUS),
                    sinks.modelStatus(),
                    OperatorIds.MODEL_STATUS_SINK);
        }
    }

    /**
     * The interest operator with a second input, of commands, that every subtask gets. Made by
     * hand: Flink's own connected streams want a function of theirs, or a key for both inputs.
     */
    private SingleOutputStreamOperator<ScoringTask> withCommands(
            StreamExecutionEnvironment env,
            KeyedStream<InboundRecord, String> users,
            Sources sources) {
        DataStream<CommandRecord> commands =
                env.fromSource(
                                sources.commands(),
                                WatermarkStrategy.forGenerator(c -> new AlwaysIdle<>()),
                                OperatorIds.COMMANDS_SOURCE,
                                CommandRecordSerializer.TYPE)
                        .uid(OperatorIds.COMMANDS_SOURCE)
                        .setParallelism(1);
        var interest =
                new TwoInputTransformation<>(
                        users.getTransformation(),
                        commands.broadcast().getTransformation(),
                        OperatorIds.INTEREST,
                        new InterestOperator(options, limits, sources.known(), sources.newest()),
                        ScoringTaskSerializer.TYPE,
                        env.getParallelism());
        interest.setStateKeySelectors(users.getKeySelector(), null);
        interest.setStateKeyType(users.getKeyType());
        env.addOperator(interest);
        return new Interest(env, interest);
    }

    /** Opens a constructor that Flink keeps to its own packages. */
    private static final class Interest extends SingleOutputStreamOperator<ScoringTask> {
        Interest(
                StreamExecutionEnvironment env,
                TwoInputTransformation<InboundRecord, CommandRecord, ScoringTask> interest) {
            super(env, interest);
        }
    }

    /** Also of jobs that are measured beside this one: the same uid, which is the name too. */
    public static void sink(
            DataStream<OutboundRecord> stream, Sink<OutboundRecord> sink, String id) {
        stream.sinkTo(sink).uid(id).name(id);
    }
}
