package io.dienstream.it;

import io.dienstream.sandbox.DemoCluster;
import io.dienstream.schema.AdRequest;
import io.dienstream.schema.Behavior;
import io.dienstream.wire.WireEncoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** Puts records into partitions of a test's choice; each call waits for the broker. */
final class PartitionSender implements AutoCloseable {
    private static final byte[] GARBAGE = "no message".getBytes(StandardCharsets.UTF_8);

    private final KafkaProducer<byte[], byte[]> producer;
    private final WireEncoder<Behavior> behaviors = new WireEncoder<>(Behavior.class);
    private final WireEncoder<AdRequest> requests = new WireEncoder<>(AdRequest.class);

    PartitionSender(DemoCluster cluster) {
        producer =
                new KafkaProducer<>(
                        cluster.client(), new ByteArraySerializer(), new ByteArraySerializer());
    }

    void send(int partition, Behavior b) throws InterruptedException, ExecutionException {
        send("behaviors", partition, behaviors.encode(b));
    }

    void send(int partition, AdRequest r) throws InterruptedException, ExecutionException {
        send("ad-requests", partition, requests.encode(r));
    }

    /** Its dead letter says that the job has read the partition up to here. */
    void marker(String topic, int partition) throws InterruptedException, ExecutionException {
        send(topic, partition, GARBAGE);
    }

    /** A marker in every partition of {@code topics}; how many. */
    int markers(String... topics) throws InterruptedException, ExecutionException {
        int sent = 0;
        for (String topic : List.of(topics)) {
            for (var partition : producer.partitionsFor(topic)) {
                marker(topic, partition.partition());
                sent++;
            }
        }
        return sent;
    }

    void send(String topic, int partition, byte[] value)
            throws InterruptedException, ExecutionException {
        producer.send(new ProducerRecord<>(topic, partition, null, value)).get();
    }

    @Override
    public void close() {
        producer.close();
    }
}
