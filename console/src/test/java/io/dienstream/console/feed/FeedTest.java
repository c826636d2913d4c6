package io.dienstream.console.feed;

import static org.assertj.core.api.Assertions.assertThat;

import io.dienstream.schema.AdRequest;
import io.dienstream.schema.Behavior;
import io.dienstream.schema.Candidate;
import io.dienstream.schema.DeadLetter;
import io.dienstream.schema.Pricing;
import io.dienstream.schema.ScoredCandidate;
import io.dienstream.schema.ScoredRequest;
import io.dienstream.schema.ServedRequest;
import io.dienstream.wire.WireEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.record.TimestampType;
import org.junit.jupiter.api.Test;

class FeedTest {
    private static final long START = 1_000_000;

    private long now = START;
    private final Feed feed = new Feed(() -> now);

    private static ConsumerRecord<byte[], byte[]> record(
            String topic, String key, byte[] value, long time) {
        return new ConsumerRecord<>(
                topic,
                0,
                0,
                time,
                TimestampType.CREATE_TIME,
                key.length(),
                value.length,
                key.getBytes(StandardCharsets.UTF_8),
                value,
                new RecordHeaders(),
                Optional.empty());
    }

    private void request(String id, String user, long time) {
        Candidate ad =
                new Candidate("ad" + id, Map.of("item", "i" + id), Pricing.CPC, 1L, "USD", null);
        AdRequest request = new AdRequest(id, user, time, Map.of(), Map.of(), List.of(ad));
        feed.take(
                record(
                        "ad-requests",
                        user,
                        new WireEncoder<>(AdRequest.class).encode(request),
                        time));
    }

    private void answer(String id, String user, long scored, long time) {
        ScoredCandidate c = new ScoredCandidate("ad" + id, 0, 1, 0.05f, 1000L, "USD", 0);
        ScoredRequest answer =
                new ScoredRequest(
                        id,
                        user,
                        scored,
                        List.of(c),
                        "m",
                        "7",
                        0,
                        null,
                        List.of(),
                        scored,
                        "f",
                        null,
                        null);
        feed.take(
                record("scores", id, new WireEncoder<>(ScoredRequest.class).encode(answer), time));
    }

    private void served(String id, String user) {
        ServedRequest served =
                new ServedRequest(
                        id, user, 1L, Map.of(), Map.of(), List.of(), List.of(), "m", "7", List.of(),
                        "f", null, null);
        feed.take(record("served", id, new WireEncoder<>(ServedRequest.class).encode(served), now));
    }

    @Test
    void answersAreTimedCountedAndKept() throws InterruptedException {
        request("r", "u", START + 10);
        answer("r", "u", START + 30, START + 40);
        served("r", "u");
        now = START + 1_000;
        Second second = feed.pulse().seconds(now).get(0);
        assertThat(second.counts()).containsEntry("scores", 1).containsEntry("ad-requests", 1);
        assertThat(second.answerMs()[0]).isEqualTo(30);
        assertThat(second.scoredMs()[0]).isEqualTo(20);
        assertThat(feed.pulse().versions(now)).containsEntry("7", 1L);
        assertThat(feed.answers().newestOf("u").answer().getRequestId()).isEqualTo("r");
        assertThat(feed.answers().await("r", Duration.ZERO, Duration.ZERO).served()).isNotNull();
        assertThat(feed.answers().await("none", Duration.ZERO, Duration.ZERO)).isNull();
        assertThat(feed.ads().ad("adr")).isNotNull();
    }

    @Test
    void whatWasThereBeforeFillsHistoriesAndNoRates() {
        Behavior b = new Behavior("1", "u", 5L, Map.of("item", "i1"));
        byte[] value = new WireEncoder<>(Behavior.class).encode(b);
        feed.take(record("behaviors", "u", value, START - 1));
        now = START + 1_000;
        assertThat(feed.users().history("u")).hasSize(1);
        assertThat(feed.pulse().seconds(now).get(0).counts()).isEmpty();
    }

    @Test
    void aRecordThatCannotBeReadStopsNothing() {
        feed.take(record("scores", "k", new byte[] {1, 2, 3}, START));
        feed.take(record("somebody-elses", "k", new byte[] {1, 2, 3}, START));
        answer("r", "u", START, START);
        assertThat(feed.answers().size()).isEqualTo(1);
    }

    @Test
    void ofAFloodOfServedRequestsAFewAreKeptAndTheAwaitedOneAlways() throws InterruptedException {
        for (int n = 0; n < 500; n++) {
            served("r" + n, "u");
        }
        assertThat(feed.answers().size()).isEqualTo(100);
        feed.answers().expect("mine");
        served("mine", "u");
        answer("mine", "u", now, now);
        assertThat(feed.answers().await("mine", Duration.ZERO, Duration.ZERO).served()).isNotNull();
    }

    @Test
    void memoryIsBoundedWhateverComes() {
        for (int n = 0; n < 5_000; n++) {
            request("r" + n, "u" + n, START + n);
            answer("r" + n, "u" + n, START + n, START + n);
            Behavior b = new Behavior("" + n, "u" + n, (long) n, Map.of("item", "i" + n));
            byte[] value = new WireEncoder<>(Behavior.class).encode(b);
            feed.take(record("behaviors", "u", value, START));
            DeadLetter letter =
                    new DeadLetter(
                            "reason" + n,
                            "m",
                            "behaviors",
                            0,
                            (long) n,
                            1L,
                            null,
                            null,
                            1L,
                            null,
                            null);
            feed.take(
                    record(
                            "dead-letters",
                            "k",
                            new WireEncoder<>(DeadLetter.class).encode(letter),
                            START));
        }
        assertThat(feed.users().size()).isEqualTo(1_000);
        assertThat(feed.ads().size()).isEqualTo(2_000);
        assertThat(feed.ads().items()).hasSize(2_000);
        assertThat(feed.answers().size()).isEqualTo(200);
        assertThat(feed.letters().newest("")).hasSize(200);
        assertThat(feed.letters().counts()).hasSize(65).containsEntry("(others)", 4_936L);
    }
}
