package io.dienstream.bench;

import io.dienstream.dien.model.AttentionType;
import io.dienstream.job.state.StoredHistory;
import io.dienstream.job.state.StoredHistorySerializer;
import io.dienstream.schema.AdRequest;
import io.dienstream.schema.Behavior;
import io.dienstream.schema.Candidate;
import io.dienstream.schema.Pricing;
import io.dienstream.wire.WireDecoder;
import io.dienstream.wire.WireEncoder;
import io.dienstream.wire.WireException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.apache.flink.core.memory.DataInputDeserializer;
import org.apache.flink.core.memory.DataOutputSerializer;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/** Records from and to Kafka's bytes, a history from and to those of the state backend. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
public class CodecBenchmark {
    private static final int LENGTH = 100;
    private static final int CANDIDATES = 20;
    private static final long TIME = 1_700_000_000_000L;
    private static final long BID_MICROS = 1_000_000;

    private final WireDecoder<Behavior> behaviors = WireDecoder.of(Behavior.class);
    private final WireDecoder<AdRequest> requests = WireDecoder.of(AdRequest.class);
    private final WireEncoder<AdRequest> encoder = new WireEncoder<>(AdRequest.class);
    private final StoredHistorySerializer serializer = new StoredHistorySerializer();
    private final DataOutputSerializer out = new DataOutputSerializer(1 << 16);

    private AdRequest request;
    private byte[] behaviorBytes;
    private byte[] requestBytes;
    private StoredHistory history;
    private byte[] historyBytes;

    @Setup
    public void setUp() throws IOException {
        Workload workload = Workload.of("", AttentionType.BILINEAR, LENGTH, CANDIDATES);
        behaviorBytes =
                new WireEncoder<>(Behavior.class)
                        .encode(new Behavior("event-1", "user-1", TIME, workload.behaviors.get(0)));
        List<Candidate> ads = new ArrayList<>();
        for (Map<String, String> fields : workload.candidates) {
            ads.add(
                    new Candidate(
                            "ad-" + ads.size(), fields, Pricing.CPC, BID_MICROS, "USD", null));
        }
        request = new AdRequest("request-1", "user-1", TIME, Map.of(), Map.of(), ads);
        requestBytes = encoder.encode(request);
        history = new StoredHistory(1, TIME, workload.history);
        writeHistory();
        historyBytes = out.getCopyOfBuffer();
    }

    @Benchmark
    public Behavior decodeBehavior() throws WireException {
        return behaviors.decode(behaviorBytes);
    }

    /** Of 20 candidates. */
    @Benchmark
    public AdRequest decodeRequest() throws WireException {
        return requests.decode(requestBytes);
    }

    /** Of 20 candidates. */
    @Benchmark
    public byte[] encodeRequest() {
        return encoder.encode(request);
    }

    /** Of 100 behaviors. */
    @Benchmark
    public int writeHistory() throws IOException {
        out.clear();
        serializer.serialize(history, out);
        return out.length();
    }

    /** Of 100 behaviors. */
    @Benchmark
    public StoredHistory readHistory() throws IOException {
        return serializer.deserialize(new DataInputDeserializer(historyBytes));
    }
}
