package io.dienstream.job.rollout;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import org.apache.flink.api.common.state.BroadcastState;
import org.apache.flink.api.common.state.MapStateDescriptor;
import org.apache.flink.api.common.typeutils.base.LongSerializer;
import org.apache.flink.runtime.state.FunctionInitializationContext;

/**
 * The commands that a task knows, in broadcast state: names, URIs and checksums, no weights. The
 * source goes on behind them after a restart. Some 300 bytes each, of every task.
 */
final class CommandState {
    private static final String STATE = "model-commands";

    private final BroadcastState<Long, CommandRecord> state;

    CommandState(FunctionInitializationContext context) throws Exception {
        state =
                context.getOperatorStateStore()
                        .getBroadcastState(
                                new MapStateDescriptor<>(
                                        STATE,
                                        LongSerializer.INSTANCE,
                                        new CommandRecordSerializer()));
    }

    /** What is known, with {@code more}, by offset. */
    List<CommandRecord> with(List<CommandRecord> more) throws Exception {
        for (CommandRecord record : more) {
            add(record);
        }
        List<CommandRecord> known = new ArrayList<>();
        for (Map.Entry<Long, CommandRecord> entry : state.entries()) {
            known.add(entry.getValue());
        }
        known.sort(Comparator.comparingLong(CommandRecord::offset));
        return known;
    }

    void add(CommandRecord record) throws Exception {
        state.put(record.offset(), record);
    }
}
