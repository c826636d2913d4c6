package io.dienstream.job.function;

import io.dienstream.dien.artifact.ModelReader;
import io.dienstream.job.Records;
import io.dienstream.job.option.JobOptions;
import io.dienstream.job.record.InboundRecord;
import io.dienstream.job.record.OutputLimits;
import io.dienstream.job.record.ScoringTask;
import io.dienstream.job.rollout.CommandRecord;
import io.dienstream.job.rollout.Commands;
import io.dienstream.job.rollout.NewestCommands;
import io.dienstream.job.state.ScoringTaskSerializer;
import io.dienstream.schema.ModelCommand;
import io.dienstream.schema.ModelCommandKind;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.streaming.api.watermark.Watermark;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.streaming.util.KeyedTwoInputStreamOperatorTestHarness;

/** A harness of the operator with commands, by event time. */
final class RolloutHarness implements AutoCloseable {
    final KeyedTwoInputStreamOperatorTestHarness<String, InboundRecord, CommandRecord, ScoringTask>
            harness;

    /**
     * @param cache for copies of published models
     * @param newest what the task is told when it starts
     */
    RolloutHarness(
            Path model,
            Path cache,
            OperatorSubtaskState state,
            NewestCommands newest,
            String... options)
            throws Exception {
        List<String> all = new ArrayList<>(List.of(options));
        all.addAll(List.of("time.mode", "event-time", "rollout.enabled", "true"));
        all.addAll(List.of("model.cache-directory", cache.toString()));
        JobOptions parsed = Records.options(model, all.toArray(String[]::new));
        harness =
                new KeyedTwoInputStreamOperatorTestHarness<>(
                        new InterestOperator(parsed, OutputLimits.DEFAULT, List.of(), newest),
                        InboundRecord::userId,
                        command -> "",
                        Types.STRING);
        harness.setup(ScoringTaskSerializer.TYPE.createSerializer(null));
        if (state != null) {
            harness.initializeState(state);
        }
        harness.open();
    }

    /** Commands of one after the other, each with its time, ms after {@link Records#START}. */
    static final class Log {
        final List<CommandRecord> records = new ArrayList<>();

        void publish(long at, String version, Path model, double percent) throws Exception {
            ModelCommand c =
                    Commands.publish(
                            version, ModelReader.read(model).checksum(), percent, records.size());
            c.setUri(model.toUri().toString());
            add(at, c);
        }

        void add(long at, ModelCommandKind kind, String version) {
            add(at, Commands.of(kind, version, records.size()));
        }

        private void add(long at, ModelCommand c) {
            c.setEffectiveAt(Records.START + at);
            records.add(Commands.record(records.size(), Records.START, c));
        }
    }

    void command(CommandRecord record) throws Exception {
        harness.processElement2(new StreamRecord<>(record));
    }

    void behavior(String user, int event, long time) throws Exception {
        process(Records.inbound(Records.behavior(user, event, time)), time);
    }

    void request(String user, String id, long time) throws Exception {
        process(Records.inbound(Records.request(user, id, time, 2)), time);
    }

    private void process(InboundRecord record, long time) throws Exception {
        harness.processElement1(new StreamRecord<>(record, Records.START + time));
    }

    void watermark(long time) throws Exception {
        harness.processWatermark2(new Watermark(Long.MAX_VALUE)); // commands have no say in time
        harness.processWatermark1(new Watermark(Records.START + time));
    }

    List<ScoringTask> tasks() {
        return InterestHarness.tasks(harness);
    }

    @Override
    public void close() throws Exception {
        harness.close();
    }
}
