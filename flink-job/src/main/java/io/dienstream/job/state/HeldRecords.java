package io.dienstream.job.state;

import io.dienstream.job.record.InboundRecord;
import io.dienstream.job.record.InboundRecordSerializer;
import java.util.ArrayList;
import java.util.List;
import org.apache.flink.api.common.functions.RuntimeContext;
import org.apache.flink.api.common.serialization.SerializerConfigImpl;
import org.apache.flink.api.common.state.MapState;
import org.apache.flink.api.common.state.MapStateDescriptor;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.api.common.typeutils.base.IntSerializer;
import org.apache.flink.api.common.typeutils.base.ListSerializer;
import org.apache.flink.api.common.typeutils.base.LongSerializer;
import org.apache.flink.api.java.tuple.Tuple2;
import org.apache.flink.api.java.typeutils.TupleTypeInfo;

/**
 * The current user's records that wait for the watermark, each under its time and its place among
 * those of the same time: one more costs the same however many wait already.
 */
final class HeldRecords {
    /** Of states before each record had an entry: all of a time in one list. */
    static final String LISTS = "pending";

    private static final String COUNTS = "pending-counts";
    private static final String RECORDS = "pending-records";

    private final MapState<Long, List<InboundRecord>> lists;
    private final MapState<Long, Integer> counts;
    private final MapState<Tuple2<Long, Integer>, InboundRecord> records;

    HeldRecords(RuntimeContext context) {
        lists =
                context.getMapState(
                        new MapStateDescriptor<>(
                                LISTS,
                                LongSerializer.INSTANCE,
                                new ListSerializer<>(new InboundRecordSerializer())));
        counts =
                context.getMapState(
                        new MapStateDescriptor<>(
                                COUNTS, LongSerializer.INSTANCE, IntSerializer.INSTANCE));
        TupleTypeInfo<Tuple2<Long, Integer>> place = new TupleTypeInfo<>(Types.LONG, Types.INT);
        records =
                context.getMapState(
                        new MapStateDescriptor<>(
                                RECORDS,
                                place.createSerializer(new SerializerConfigImpl()),
                                new InboundRecordSerializer()));
    }

    void add(InboundRecord record) throws Exception {
        long time = record.eventTime();
        Integer held = counts.get(time);
        int place = held == null ? 0 : held;
        records.put(Tuple2.of(time, place), record);
        counts.put(time, place + 1);
    }

    /** Takes the records of {@code time}, in the order in which they came. */
    List<InboundRecord> take(long time) throws Exception {
        List<InboundRecord> taken = new ArrayList<>();
        List<InboundRecord> before = lists.get(time);
        if (before != null) {
            taken.addAll(before);
            lists.remove(time);
        }
        Integer held = counts.get(time);
        if (held != null) {
            for (int place = 0; place < held; place++) {
                Tuple2<Long, Integer> key = Tuple2.of(time, place);
                taken.add(records.get(key));
                records.remove(key);
            }
            counts.remove(time);
        }
        return taken;
    }
}
