package io.dienstream.console.touch;

import io.dienstream.operate.deadletter.DeadLetterJson;
import io.dienstream.schema.AdRequest;
import io.dienstream.schema.Behavior;
import java.io.IOException;

/** Where the console's records go. */
public interface Sender extends AutoCloseable {
    /** Returns when Kafka has it. */
    void send(Behavior behavior) throws IOException, InterruptedException;

    /**
     * Likewise.
     *
     * @return where it is: {@code topic-partition@offset}
     */
    String send(AdRequest request) throws IOException, InterruptedException;

    /** Likewise. */
    void send(DeadLetterJson.Resend resend) throws IOException, InterruptedException;

    @Override
    void close();
}
