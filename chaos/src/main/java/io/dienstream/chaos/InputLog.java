package io.dienstream.chaos;

import io.dienstream.job.option.JobOptions;
import io.dienstream.job.record.InboundDecoder;
import io.dienstream.job.record.InboundRecord;
import io.dienstream.job.record.Origin;
import io.dienstream.wire.WireException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.Header;

/** One partition of all input topics; every record of a user stands in one of them. */
final class InputLog {
    /** Valid records by user, as bytes: a long run has millions, one user only some. */
    private final Map<String, List<Entry>> users = new HashMap<>();

    /** Reason by origin, of those that must be refused. */
    final Map<String, String> refused = new TreeMap<>();

    /** Records by topic. */
    final Map<String, Long> counts = new TreeMap<>();

    private final InboundDecoder decoder = new InboundDecoder();

    private record Entry(InboundRecord.Kind kind, Origin origin, byte[] value) {}

    static InputLog read(TopicReader reader, int partition) {
        InputLog log = new InputLog();
        reader.read(JobOptions.BEHAVIORS.defaultText(), partition, log::behavior);
        reader.read(JobOptions.REQUESTS.defaultText(), partition, log::request);
        reader.read(JobOptions.CONTROL.defaultText(), partition, log::erasure);
        return log;
    }

    void behavior(ConsumerRecord<byte[], byte[]> record) {
        add(InboundRecord.Kind.BEHAVIOR, record);
    }

    void request(ConsumerRecord<byte[], byte[]> record) {
        add(InboundRecord.Kind.AD_REQUEST, record);
    }

    void erasure(ConsumerRecord<byte[], byte[]> record) {
        add(InboundRecord.Kind.ERASURE, record);
    }

    private void add(InboundRecord.Kind kind, ConsumerRecord<byte[], byte[]> record) {
        counts.merge(record.topic(), 1L, Long::sum);
        Header expect = record.headers().lastHeader(ChaosProducer.EXPECT);
        if (expect != null) {
            refused.put(
                    Outputs.origin(record.topic(), record.partition(), record.offset()),
                    new String(expect.value(), StandardCharsets.UTF_8));
            return;
        }
        Origin origin =
                new Origin(record.topic(), record.partition(), record.offset(), record.timestamp());
        try {
            String user = decoder.decode(kind, origin, null, record.value()).userId();
            users.computeIfAbsent(user, u -> new ArrayList<>())
                    .add(new Entry(kind, origin, record.value()));
        } catch (WireException e) {
            throw new IllegalStateException("a valid record that cannot be read", e);
        }
    }

    Set<String> users() {
        return users.keySet();
    }

    /** Valid records of a user, in the order of their topics. */
    List<InboundRecord> of(String user) {
        List<InboundRecord> records = new ArrayList<>();
        for (Entry e : users.get(user)) {
            try {
                records.add(decoder.decode(e.kind(), e.origin(), null, e.value()));
            } catch (WireException cannotBe) {
                throw new IllegalStateException("it was read before", cannotBe);
            }
        }
        return records;
    }
}
