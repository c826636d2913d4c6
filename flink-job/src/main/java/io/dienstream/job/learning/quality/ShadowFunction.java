package io.dienstream.job.learning.quality;

import io.dienstream.job.artifact.LoadSettings;
import io.dienstream.job.learning.record.JoinedExample;
import io.dienstream.job.rollout.CommandRecord;
import io.dienstream.job.rollout.CommandRecordSerializer;
import io.dienstream.job.rollout.RolloutLog;
import io.dienstream.schema.TrainingExample;
import io.dienstream.wire.WireException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.state.MapStateDescriptor;
import org.apache.flink.api.common.typeutils.base.LongSerializer;
import org.apache.flink.streaming.api.functions.co.BroadcastProcessFunction;
import org.apache.flink.util.Collector;

/**
 * Makes scored impressions of joined examples: what the answering version said, and beside it, on
 * examples that the live version answered, what each shadow of the plan says. Commands are in
 * broadcast state; weights are not.
 */
public final class ShadowFunction
        extends BroadcastProcessFunction<JoinedExample, CommandRecord, ScoredImpression> {
    private static final long serialVersionUID = 1;

    /** Broadcast state: the commands that are known, by offset. */
    public static final MapStateDescriptor<Long, CommandRecord> COMMANDS =
            new MapStateDescriptor<>(
                    "shadow-commands", LongSerializer.INSTANCE, new CommandRecordSerializer());

    private final String rollout;
    private final LoadSettings settings;

    private transient RolloutLog log;
    private transient Shadows shadows;

    /**
     * @param rollout whose commands count, {@code rollout.model} of the scoring job
     * @param settings how artifacts are loaded; a warm-up is of no use here
     */
    public ShadowFunction(String rollout, LoadSettings settings) {
        this.rollout = rollout;
        this.settings = settings.withoutWarmUp();
    }

    @Override
    public void open(OpenContext context) {
        shadows = new Shadows(settings);
    }

    @Override
    public void close() {
        if (shadows != null) {
            shadows.close();
        }
    }

    @Override
    public void processElement(
            JoinedExample joined, ReadOnlyContext context, Collector<ScoredImpression> out)
            throws Exception {
        TrainingExample example = joined.example();
        if (log == null) { // broadcast state is only seen with an element
            restore(context.getBroadcastState(COMMANDS).immutableEntries());
        }
        ScoredExamples.answered(example, out);
        if (ScoredExamples.isLive(example)) {
            shadows.score(example).forEach(out::collect);
        }
    }

    private void restore(Iterable<Map.Entry<Long, CommandRecord>> known) {
        List<CommandRecord> commands = new ArrayList<>();
        known.forEach(entry -> commands.add(entry.getValue()));
        commands.sort(Comparator.comparingLong(CommandRecord::offset));
        log = new RolloutLog(rollout);
        log.acceptAll(commands);
        shadows.follow(log.plan());
    }

    @Override
    public void processBroadcastElement(
            CommandRecord command, Context context, Collector<ScoredImpression> out)
            throws Exception {
        if (log == null) {
            List<Map.Entry<Long, CommandRecord>> known = new ArrayList<>();
            context.getBroadcastState(COMMANDS).entries().forEach(known::add);
            restore(known);
        }
        context.getBroadcastState(COMMANDS).put(command.offset(), command);
        try {
            log.accept(command);
            shadows.follow(log.plan());
        } catch (WireException e) {
            // the scoring job counts what is no command; here it changes nothing
        }
    }

    /** How many shadows can score. */
    long readyShadows() {
        return shadows.ready();
    }
}
