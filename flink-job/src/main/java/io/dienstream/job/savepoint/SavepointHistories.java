package io.dienstream.job.savepoint;

import io.dienstream.dien.history.InterestHistory;
import io.dienstream.job.OperatorIds;
import io.dienstream.job.state.HistoryParts;
import io.dienstream.job.state.StoredHistorySerializer;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.typeinfo.PrimitiveArrayTypeInfo;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.api.java.tuple.Tuple2;
import org.apache.flink.core.memory.DataInputDeserializer;
import org.apache.flink.core.memory.DataOutputSerializer;
import org.apache.flink.runtime.state.hashmap.HashMapStateBackend;
import org.apache.flink.state.api.OperatorIdentifier;
import org.apache.flink.state.api.SavepointReader;
import org.apache.flink.state.api.functions.KeyedStateReaderFunction;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.util.CloseableIterator;
import org.apache.flink.util.Collector;

/** Every user's history as a canonical savepoint holds it. */
public final class SavepointHistories {
    private static final TypeInformation<Tuple2<String, byte[]>> TYPE =
            Types.TUPLE(Types.STRING, PrimitiveArrayTypeInfo.BYTE_PRIMITIVE_ARRAY_TYPE_INFO);

    private SavepointHistories() {}

    /**
     * @param savepoint URI of a savepoint in canonical format
     * @return by user id
     */
    public static Map<String, InterestHistory> read(String savepoint) throws Exception {
        StreamExecutionEnvironment env = StreamExecutionEnvironment.createLocalEnvironment(1);
        SavepointReader reader = SavepointReader.read(env, savepoint, new HashMapStateBackend());
        Map<String, InterestHistory> histories = new HashMap<>();
        try (CloseableIterator<Tuple2<String, byte[]>> rows =
                reader.readKeyedState(
                                OperatorIdentifier.forUid(OperatorIds.INTEREST),
                                new Read(),
                                Types.STRING,
                                TYPE)
                        .executeAndCollect()) {
            while (rows.hasNext()) {
                Tuple2<String, byte[]> row = rows.next();
                histories.put(row.f0, decode(row.f1));
            }
        }
        return histories;
    }

    private static InterestHistory decode(byte[] bytes) throws IOException {
        return new StoredHistorySerializer()
                .deserialize(new DataInputDeserializer(bytes))
                .history();
    }

    private static final class Read
            extends KeyedStateReaderFunction<String, Tuple2<String, byte[]>> {
        private static final long serialVersionUID = 1;
        private transient HistoryParts parts;

        @Override
        public void open(OpenContext context) {
            parts = new HistoryParts(getRuntimeContext());
        }

        @Override
        public void readKey(String user, Context context, Collector<Tuple2<String, byte[]>> out)
                throws IOException {
            DataOutputSerializer bytes = new DataOutputSerializer(1024);
            new StoredHistorySerializer().serialize(parts.whole(), bytes);
            out.collect(Tuple2.of(user, bytes.getCopyOfBuffer()));
        }
    }
}
