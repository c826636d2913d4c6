package io.dienstream.job.savepoint;

import io.dienstream.dien.history.HistoryModel;
import io.dienstream.dien.history.InterestHistory;
import io.dienstream.job.OperatorIds;
import io.dienstream.job.listen.Listeners;
import io.dienstream.job.state.HistoryParts;
import io.dienstream.job.state.StoredHistory;
import io.dienstream.job.state.StoredHistorySerializer;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.typeinfo.PrimitiveArrayTypeInfo;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.api.java.tuple.Tuple3;
import org.apache.flink.configuration.Configuration;
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
    private static final TypeInformation<Tuple3<String, byte[], Integer>> TYPE =
            Types.TUPLE(
                    Types.STRING, PrimitiveArrayTypeInfo.BYTE_PRIMITIVE_ARRAY_TYPE_INFO, Types.INT);

    private SavepointHistories() {}

    /**
     * @param savepoint URI of a savepoint in canonical format
     * @param models that computed the interest states; what a savepoint leaves out of them is
     *     computed again
     * @return by user id
     * @throws IllegalArgumentException if a user's states are of another model
     */
    public static Map<String, InterestHistory> read(String savepoint, HistoryModel... models)
            throws Exception {
        StreamExecutionEnvironment env =
                StreamExecutionEnvironment.createLocalEnvironment(
                        1, Listeners.onLoopback(new Configuration()));
        SavepointReader reader = SavepointReader.read(env, savepoint, new HashMapStateBackend());
        Map<String, InterestHistory> histories = new HashMap<>();
        try (CloseableIterator<Tuple3<String, byte[], Integer>> rows =
                reader.readKeyedState(
                                OperatorIdentifier.forUid(OperatorIds.INTEREST),
                                new Read(),
                                Types.STRING,
                                TYPE)
                        .executeAndCollect()) {
            while (rows.hasNext()) {
                Tuple3<String, byte[], Integer> row = rows.next();
                histories.put(row.f0, decode(row.f1, row.f2, models));
            }
        }
        return histories;
    }

    private static InterestHistory decode(byte[] bytes, int extracted, HistoryModel... models)
            throws IOException {
        StoredHistory stored =
                new StoredHistorySerializer().deserialize(new DataInputDeserializer(bytes));
        for (HistoryModel model : models) {
            if (model.fingerprint() == stored.modelFingerprint()) {
                model.extract(stored.history(), extracted, model.newScratch());
                return stored.history();
            }
        }
        throw new IllegalArgumentException("the savepoint's states are of a model not given");
    }

    private static final class Read
            extends KeyedStateReaderFunction<String, Tuple3<String, byte[], Integer>> {
        private static final long serialVersionUID = 1;
        private transient HistoryParts parts;

        @Override
        public void open(OpenContext context) {
            parts = new HistoryParts(getRuntimeContext());
        }

        @Override
        public void readKey(
                String user, Context context, Collector<Tuple3<String, byte[], Integer>> out)
                throws IOException {
            DataOutputSerializer bytes = new DataOutputSerializer(1024);
            StoredHistory whole = parts.whole();
            // as if it had all states: who collects it has the models that compute the others
            new StoredHistorySerializer()
                    .serialize(
                            new StoredHistory(
                                    whole.modelFingerprint(), whole.touched(), whole.history()),
                            bytes);
            out.collect(Tuple3.of(user, bytes.getCopyOfBuffer(), whole.extracted()));
        }
    }
}
