package io.dienstream.job.learning.join;

import io.dienstream.job.learning.record.LearningRecord;
import io.dienstream.job.learning.record.LearningRecordSerializer;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.apache.flink.api.common.functions.RuntimeContext;
import org.apache.flink.api.common.state.ListState;
import org.apache.flink.api.common.state.ListStateDescriptor;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.api.common.state.ValueStateDescriptor;

/**
 * The keyed state of the current request: what is known of its candidates, the request as it was
 * scored (apart, as it is written once and read once), and records that came before it.
 */
final class LabelState {
    private static final String OPEN = "open-request";
    private static final String SNAPSHOT = "served-snapshot";
    private static final String HELD = "held-records";

    /** The order in which records count that waited for their request. */
    private static final Comparator<LearningRecord> ORDER =
            Comparator.comparingLong(LearningRecord::eventTime)
                    .thenComparing(LearningRecord::kind)
                    .thenComparing(LearningRecord::adId);

    private final ValueState<OpenRequest> open;
    private final ValueState<LearningRecord> snapshot;
    private final ListState<LearningRecord> held;

    LabelState(RuntimeContext context) {
        open = context.getState(new ValueStateDescriptor<>(OPEN, new OpenRequestSerializer()));
        snapshot =
                context.getState(
                        new ValueStateDescriptor<>(SNAPSHOT, new LearningRecordSerializer()));
        held =
                context.getListState(
                        new ListStateDescriptor<>(HELD, new LearningRecordSerializer()));
    }

    /** Of the current request; a new one where nothing is known of it. */
    OpenRequest open() throws IOException {
        OpenRequest known = open.value();
        return known == null ? new OpenRequest() : known;
    }

    void update(OpenRequest request) throws IOException {
        open.update(request);
    }

    void keep(LearningRecord served) throws IOException {
        snapshot.update(served);
    }

    /** The request as it was scored, while it is kept. */
    LearningRecord snapshot() throws IOException {
        return snapshot.value();
    }

    void dropSnapshot() {
        snapshot.clear();
    }

    /** Keeps an impression or a click until its request comes. */
    void hold(LearningRecord record) throws Exception {
        held.add(record);
    }

    /** Takes all that are held, as they count. */
    List<LearningRecord> takeHeldInOrder() throws Exception {
        List<LearningRecord> taken = takeHeld();
        taken.sort(ORDER);
        return taken;
    }

    /** Takes all that are held. */
    List<LearningRecord> takeHeld() throws Exception {
        List<LearningRecord> taken = new ArrayList<>();
        held.get().forEach(taken::add);
        held.clear();
        return taken;
    }

    void clear() {
        open.clear();
        snapshot.clear();
        held.clear();
    }
}
