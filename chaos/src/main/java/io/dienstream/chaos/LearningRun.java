package io.dienstream.chaos;

import io.dienstream.job.option.LearningOptions;
import io.dienstream.job.option.Option;
import io.dienstream.operate.kafka.Heartbeats;
import io.dienstream.schema.AdClick;
import io.dienstream.schema.DeadLetter;
import io.dienstream.schema.Heartbeat;
import io.dienstream.schema.Impression;
import io.dienstream.schema.LabelCorrection;
import io.dienstream.schema.ScoredRequest;
import io.dienstream.schema.TrainingExample;
import io.dienstream.wire.WireDecoder;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/**
 * The learning job's part of a run: what is reported to it as answers come, its end, and the
 * comparison. Answers are told by one thread, and the end by another when that one is done.
 */
final class LearningRun implements AutoCloseable {
    private static final long LOOK_MS = 50;

    private final ChaosCluster cluster;
    private final boolean exactlyOnce;
    private final ChaosProducer producer;
    private final AdReports reports;
    private final WireDecoder<ScoredRequest> answers = WireDecoder.of(ScoredRequest.class);

    LearningRun(ChaosCluster cluster, long seed, boolean exactlyOnce) {
        this.cluster = cluster;
        this.exactlyOnce = exactlyOnce;
        producer = new ChaosProducer(cluster.client());
        reports = new AdReports(producer, seed);
    }

    /** An answer came. */
    void answered(ConsumerRecord<byte[], byte[]> answer) {
        reports.show(Outputs.decode(answers, answer.value()), System.currentTimeMillis());
    }

    /** Reports what is due at {@code now}, ms. */
    void report(long now) {
        reports.click(now);
    }

    /**
     * Reports the rest, waits until the job has read everything, stops it at the end of time and
     * compares.
     *
     * @throws IOException where it does not read, or does not stop
     */
    LabelVerdict finish(Duration most) throws IOException, InterruptedException {
        while (reports.open() > 0) {
            reports.click(System.currentTimeMillis());
            Thread.sleep(LOOK_MS);
        }
        producer.flush();
        List<String> topics =
                LearningCluster.inputs().stream().map(p -> p.topic()).distinct().toList();
        try (Heartbeats heartbeats = new Heartbeats(cluster.client(), topics, "chaos")) {
            // the last record of each partition: behind a transaction's end stands a marker, which
            // no reader counts as read
            heartbeats.beat(System.currentTimeMillis());
        }
        ReadOffsets.awaitAll(
                cluster.client(),
                LearningOptions.GROUP_ID.defaultText(),
                LearningCluster.inputs(),
                most);
        cluster.learning().stop();
        return compare();
    }

    private LabelVerdict compare() {
        LabelTruth truth = new LabelTruth(exactlyOnce);
        try (TopicReader reader = new TopicReader(cluster.client())) {
            read(reader, LearningOptions.IMPRESSIONS, Impression.class, truth::shown);
            read(reader, LearningOptions.CLICKS, AdClick.class, truth::clicked);
            read(reader, LearningOptions.EXAMPLES, TrainingExample.class, truth::example);
            read(reader, LearningOptions.CORRECTIONS, LabelCorrection.class, truth::correction);
            read(
                    reader,
                    LearningOptions.DEAD_LETTERS,
                    DeadLetter.class,
                    letter -> truth.refused(letter.getReason()));
        }
        return truth.verdict();
    }

    /** All records of a topic but heartbeats, which have no key. */
    private static <T extends SpecificRecord> void read(
            TopicReader reader, Option<String> topic, Class<T> type, Consumer<T> to) {
        WireDecoder<T> decoder = WireDecoder.of(type);
        boolean hasHeartbeats =
                topic.equals(LearningOptions.IMPRESSIONS) || topic.equals(LearningOptions.CLICKS);
        reader.read(
                topic.defaultText(),
                record -> {
                    if (hasHeartbeats && record.key() == null) {
                        Outputs.decode(WireDecoder.of(Heartbeat.class), record.value());
                    } else {
                        to.accept(Outputs.decode(decoder, record.value()));
                    }
                });
    }

    @Override
    public void close() {
        producer.close();
    }
}
