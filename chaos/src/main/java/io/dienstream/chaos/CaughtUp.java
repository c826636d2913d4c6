package io.dienstream.chaos;

import io.dienstream.schema.ScoredRequest;
import io.dienstream.wire.WireDecoder;
import io.dienstream.wire.WireException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/** Takes answers as they come, and says how long one may take of a job that has caught up. */
final class CaughtUp {
    /** With commits every second and a lateness of a second and a half. */
    static final Duration AGE = Duration.ofSeconds(5);

    private final boolean clocks;
    private final UnansweredRequests unanswered;
    private final WireDecoder<ScoredRequest> decoder = WireDecoder.of(ScoredRequest.class);

    CaughtUp(Conditions conditions, UnansweredRequests unanswered) {
        clocks = !conditions.eventTime();
        this.unanswered = unanswered;
    }

    /**
     * @param interval between checkpoints: answers in transactions wait for one
     */
    static Duration age(Conditions conditions, Duration interval) {
        Duration more = interval.minusSeconds(1);
        Duration age =
                conditions.exactlyOnce() && !more.isNegative()
                        ? AGE.plus(more.multipliedBy(2))
                        : AGE;
        return conditions.eventTime() ? age.plus(conditions.idleAfter()) : age;
    }

    void take(ConsumerRecord<byte[], byte[]> record) {
        unanswered.answered(new String(record.key(), StandardCharsets.UTF_8));
        if (!clocks) {
            return;
        }
        try {
            ScoredRequest answer = decoder.decode(record.value());
            Long newest = answer.getNewestBehaviorTimestamp();
            if (newest != null && answer.getUserId().startsWith(Ticks.CLOCK)) {
                unanswered.seen(answer.getUserId(), newest);
            }
        } catch (WireException e) {
            throw new IllegalStateException("the job wrote what cannot be read", e);
        }
    }
}
