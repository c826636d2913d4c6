package io.dienstream.it;

import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.kafka.clients.consumer.ConsumerInterceptor;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.ProducerInterceptor;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.TopicPartition;

/**
 * Somebody else who writes just before a command does: after it has read and decided, before its
 * own record is sent. Kafka makes it by name, of {@link #PROPERTY} on a command's line; its clients
 * share their properties, so it is an interceptor of both kinds.
 */
public final class SecondWriter
        implements ProducerInterceptor<byte[], byte[]>, ConsumerInterceptor<byte[], byte[]> {
    static final String PROPERTY = "interceptor.classes=" + SecondWriter.class.getName();

    /** What happens then; once. */
    private static final AtomicReference<Callable<?>> MEANWHILE = new AtomicReference<>();

    /** Of the next record that a client with {@link #PROPERTY} sends. */
    static void beforeTheNextRecord(Callable<?> meanwhile) {
        MEANWHILE.set(meanwhile);
    }

    static boolean hasWritten() {
        return MEANWHILE.get() == null;
    }

    @Override
    public ProducerRecord<byte[], byte[]> onSend(ProducerRecord<byte[], byte[]> record) {
        Callable<?> meanwhile = MEANWHILE.getAndSet(null);
        if (meanwhile != null) {
            try {
                meanwhile.call();
            } catch (Exception e) {
                throw new IllegalStateException(e);
            }
        }
        return record;
    }

    @Override
    public void onAcknowledgement(RecordMetadata metadata, Exception exception) {}

    @Override
    public ConsumerRecords<byte[], byte[]> onConsume(ConsumerRecords<byte[], byte[]> records) {
        return records;
    }

    @Override
    public void onCommit(Map<TopicPartition, OffsetAndMetadata> offsets) {}

    @Override
    public void close() {}

    @Override
    public void configure(Map<String, ?> configs) {}
}
