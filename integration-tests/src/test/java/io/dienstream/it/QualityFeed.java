package io.dienstream.it;

import io.dienstream.evaluation.online.LogitSketch;
import io.dienstream.evaluation.online.SketchBytes;
import io.dienstream.operate.quality.QualityLog;
import io.dienstream.schema.ModelQuality;
import io.dienstream.wire.WireEncoder;
import java.nio.ByteBuffer;
import java.util.Properties;
import java.util.Random;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** Windows of quality of a live version and another one, as a learning job tells them. */
final class QualityFeed {
    /** Checksums of the two artifacts. */
    static final String LIVE = "a".repeat(64);

    static final String NEXT = "b".repeat(64);

    /** A window's length, ms. */
    static final long WINDOW = 1_000;

    /** Of each version and window; users of a version too are always {@link #USERS}. */
    static final int CLICKS = 210;

    private static final long USERS = 10;
    private static final int IMPRESSIONS_WITHOUT_CLICKS = 600;

    private final Properties client;

    /**
     * The version beside the live one, and how good both are.
     *
     * @param arm shadow or candidate
     * @param liveNoise deviation of the live version's logits from the truth
     * @param noise its own
     * @param factor of what it predicts in sum: 1 is right on average
     */
    record Other(String arm, double liveNoise, double noise, double factor) {}

    QualityFeed(Properties client) {
        this.client = client;
    }

    /** {@link #CLICKS} of both versions in each window, after what was published until now. */
    void send(int windows, Other other) throws ExecutionException, InterruptedException {
        send(windows, CLICKS, other);
    }

    /** Windows in which nobody has clicked. */
    void sendWithoutClicks(int windows, Other other)
            throws ExecutionException, InterruptedException {
        send(windows, 0, other);
    }

    private void send(int windows, int clicks, Other other)
            throws ExecutionException, InterruptedException {
        Random random = new Random(2);
        long first = System.currentTimeMillis() + WINDOW;
        for (int w = 0; w < windows; w++) {
            LogitSketch live = new LogitSketch();
            LogitSketch next = new LogitSketch();
            double[] sums = new double[4];
            while (clicks > 0
                    ? live.positives() < clicks
                    : live.negatives() < IMPRESSIONS_WITHOUT_CLICKS) {
                double logit = -1.3 + 1.3 * random.nextGaussian();
                boolean clicked = clicks > 0 && random.nextDouble() < sigmoid(logit);
                double p = sigmoid(logit + other.liveNoise() * random.nextGaussian());
                double q = sigmoid(logit + other.noise() * random.nextGaussian());
                live.add(p, clicked, 1);
                next.add(q, clicked, 1);
                sums[0] -= Math.log(clicked ? p : 1 - p);
                sums[1] -= Math.log(clicked ? q : 1 - q);
                sums[2] += p;
                sums[3] += other.factor() * q;
            }
            long start = first + w * WINDOW;
            send(
                    window(LIVE, "live", "all", start, live, sums[0], sums[2]).build(),
                    window(NEXT, other.arm(), "all", start, next, sums[1], sums[3]).build());
        }
    }

    private static double sigmoid(double logit) {
        return 1 / (1 + Math.exp(-logit));
    }

    /** Without revenue. */
    static ModelQuality.Builder window(
            String sha256,
            String arm,
            String segment,
            long start,
            LogitSketch sketch,
            double loss,
            double predicted) {
        double impressions = sketch.positives() + sketch.negatives();
        return ModelQuality.newBuilder()
                .setModel("ads")
                .setModelVersion(arm)
                .setModelFingerprint(sha256.substring(0, 16))
                .setArm(arm)
                .setSegment(segment)
                .setWindowStart(start)
                .setWindowEnd(start + WINDOW)
                .setRevision(0)
                .setImpressions(impressions)
                .setClicks(sketch.positives())
                .setPredicted(predicted)
                .setLogLoss(loss)
                .setExamples((long) impressions)
                .setSquaredWeights(impressions)
                .setGaucSum(0)
                .setGaucWeight(0)
                .setUsers(USERS)
                .setOneClassUsers(USERS)
                .setSketch(ByteBuffer.wrap(SketchBytes.write(sketch)));
    }

    /** Returns when the broker has them. */
    void send(ModelQuality... windows) throws ExecutionException, InterruptedException {
        WireEncoder<ModelQuality> encoder = new WireEncoder<>(ModelQuality.class);
        try (KafkaProducer<byte[], byte[]> producer =
                new KafkaProducer<>(client, new ByteArraySerializer(), new ByteArraySerializer())) {
            for (ModelQuality window : windows) {
                producer.send(new ProducerRecord<>(QualityLog.TOPIC, encoder.encode(window))).get();
            }
        }
    }
}
