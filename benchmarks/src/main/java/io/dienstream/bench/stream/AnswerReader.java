package io.dienstream.bench.stream;

import io.dienstream.operate.kafka.TopicTail;
import io.dienstream.schema.ScoredRequest;
import io.dienstream.wire.WireDecoder;
import io.dienstream.wire.WireException;
import java.time.Duration;
import java.util.function.Consumer;

/** Answers from the scores topic, decoded. Not thread safe. */
final class AnswerReader implements AutoCloseable {
    private final TopicTail tail;
    private final WireDecoder<ScoredRequest> decoder = WireDecoder.of(ScoredRequest.class);

    /**
     * @param tail closed with this
     */
    AnswerReader(TopicTail tail) {
        this.tail = tail;
    }

    /** Hands on what is there within {@code wait}. */
    void poll(Duration wait, Consumer<ScoredRequest> to) {
        tail.poll(
                wait,
                record -> {
                    try {
                        to.accept(decoder.decode(record.value()));
                    } catch (WireException e) {
                        throw new IllegalStateException("an answer cannot be decoded", e);
                    }
                });
    }

    @Override
    public void close() {
        tail.close();
    }
}
