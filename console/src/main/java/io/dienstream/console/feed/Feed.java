package io.dienstream.console.feed;

import io.dienstream.job.option.JobOptions;
import io.dienstream.schema.AdRequest;
import io.dienstream.schema.Behavior;
import io.dienstream.schema.DeadLetter;
import io.dienstream.schema.ModelQuality;
import io.dienstream.schema.ScoredCandidate;
import io.dienstream.schema.ScoredRequest;
import io.dienstream.schema.ServedRequest;
import io.dienstream.wire.WireDecoder;
import io.dienstream.wire.WireException;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongSupplier;
import java.util.stream.Stream;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/**
 * What the job's topics tell, in memory of fixed size. One thread calls {@link #take} for the job's
 * topics, and one may for {@link #QUALITY}; what they fill is thread safe.
 */
public final class Feed {
    /** Topic of what models turned out to be worth. */
    public static final String QUALITY = "model-quality";

    private static final int USERS = 1_000;
    private static final int BEHAVIORS = 64;
    private static final int ADS = 2_000;
    private static final int ANSWERS = 200;
    private static final int LETTERS = 200;
    private static final int OPEN_REQUESTS = 20_000;
    private static final int SECONDS = 300;
    private static final int WINDOWS = 5_000;

    /** Of those that nobody waits for: a history is long, and only the newest few are kept. */
    private static final int SERVED_PER_SECOND = 100;

    private final RecentUsers users = new RecentUsers(USERS, BEHAVIORS);
    private final RecentAds ads = new RecentAds(ADS);
    private final RecentAnswers answers = new RecentAnswers(ANSWERS);
    private final RecentLetters letters = new RecentLetters(LETTERS);
    private final QualityWindows quality = new QualityWindows(WINDOWS);
    private final Map<String, Handler> handlers = new HashMap<>();
    private final LongSupplier clock;
    private final long start;
    private final Pulse pulse;
    private final AnswerTimes times;
    private long servedSecond;
    private int servedNow;

    /** What becomes of a record of a topic. */
    @FunctionalInterface
    private interface Handler {
        void take(ConsumerRecord<byte[], byte[]> record) throws WireException;
    }

    /** What becomes of a message. */
    @FunctionalInterface
    private interface Message<T> {
        void take(T message, ConsumerRecord<byte[], byte[]> record);
    }

    /**
     * @param clock ms since the epoch
     */
    public Feed(LongSupplier clock) {
        this.clock = clock;
        start = clock.getAsLong();
        pulse = new Pulse(SECONDS, start);
        times = new AnswerTimes(OPEN_REQUESTS, pulse);
        on(JobOptions.BEHAVIORS.defaultText(), Behavior.class, (b, r) -> behavior(b));
        on(JobOptions.REQUESTS.defaultText(), AdRequest.class, this::request);
        on(JobOptions.SCORES.defaultText(), ScoredRequest.class, this::answer);
        on(JobOptions.DEAD_LETTERS.defaultText(), DeadLetter.class, (l, r) -> letters.add(l));
        on(QUALITY, ModelQuality.class, (q, r) -> quality.add(q));
        on(JobOptions.SERVED.defaultText(), ServedRequest.class, (s, r) -> answers.add(s));
        Handler served = handlers.get(JobOptions.SERVED.defaultText());
        handlers.put(
                JobOptions.SERVED.defaultText(),
                record -> {
                    if (isWorthReading(record)) {
                        served.take(record);
                    }
                });
    }

    private <T extends SpecificRecord> void on(String topic, Class<T> type, Message<T> message) {
        WireDecoder<T> decoder = WireDecoder.of(type);
        handlers.put(topic, record -> message.take(decoder.decode(record.value()), record));
    }

    /** Topics that are read where they are there. */
    public static List<String> topics() {
        return Stream.of(
                        JobOptions.BEHAVIORS.defaultText(),
                        JobOptions.REQUESTS.defaultText(),
                        JobOptions.SCORES.defaultText(),
                        JobOptions.SERVED.defaultText(),
                        JobOptions.DEAD_LETTERS.defaultText(),
                        QUALITY)
                .toList();
    }

    /** Takes the next record; one that cannot be read is counted, and the job's to refuse. */
    public void take(ConsumerRecord<byte[], byte[]> record) {
        if (record.timestamp() >= start) {
            pulse.count(record.topic(), clock.getAsLong());
        }
        Handler handler = handlers.get(record.topic());
        if (handler == null || record.value() == null) {
            return;
        }
        try {
            handler.take(record);
        } catch (WireException e) {
            // the job sends it to the dead letters, where it is shown
        }
    }

    private void behavior(Behavior b) {
        users.add(b);
        ads.add(b.getFields());
    }

    private void request(AdRequest request, ConsumerRecord<byte[], byte[]> record) {
        request.getCandidates().forEach(ads::add);
        users.add(request);
        if (record.timestamp() >= start) {
            times.asked(request.getRequestId(), record.timestamp(), clock.getAsLong());
        }
    }

    private void answer(ScoredRequest answer, ConsumerRecord<byte[], byte[]> record) {
        answers.add(answer, System.nanoTime());
        if (record.timestamp() < start) {
            return;
        }
        long now = clock.getAsLong();
        times.answered(
                answer.getRequestId(), answer.getProcessingTimestamp(), record.timestamp(), now);
        pulse.version(answer.getModelVersion(), now);
        for (ScoredCandidate c : answer.getCandidates()) {
            pulse.predicted(c.getPctr(), now);
        }
    }

    private boolean isWorthReading(ConsumerRecord<byte[], byte[]> record) {
        byte[] key = record.key();
        if (key != null && answers.isExpected(new String(key, StandardCharsets.UTF_8))) {
            return true;
        }
        long second = clock.getAsLong() / 1000;
        servedNow = second == servedSecond ? servedNow + 1 : 1;
        servedSecond = second;
        return servedNow <= SERVED_PER_SECOND;
    }

    public RecentUsers users() {
        return users;
    }

    public RecentAds ads() {
        return ads;
    }

    public RecentAnswers answers() {
        return answers;
    }

    public RecentLetters letters() {
        return letters;
    }

    public QualityWindows quality() {
        return quality;
    }

    public Pulse pulse() {
        return pulse;
    }
}
