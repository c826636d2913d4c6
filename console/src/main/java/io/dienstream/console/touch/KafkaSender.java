package io.dienstream.console.touch;

import io.dienstream.operate.deadletter.DeadLetterJson;
import io.dienstream.operate.kafka.RecordSender;
import io.dienstream.schema.AdRequest;
import io.dienstream.schema.Behavior;
import java.io.IOException;
import java.util.Properties;

/** Sends to Kafka. Thread safe. */
public final class KafkaSender implements Sender {
    private final RecordSender records;

    public KafkaSender(Properties client) {
        records = new RecordSender(client);
    }

    @Override
    public synchronized void send(Behavior behavior) throws IOException, InterruptedException {
        records.send(behavior);
    }

    @Override
    public synchronized String send(AdRequest request) throws IOException, InterruptedException {
        return records.send(request).toString();
    }

    @Override
    public synchronized void send(DeadLetterJson.Resend resend)
            throws IOException, InterruptedException {
        records.send(resend.topic(), resend.key(), resend.value());
    }

    @Override
    public synchronized void close() {
        records.close();
    }
}
