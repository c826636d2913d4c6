package io.dienstream.it;

import io.dienstream.job.JobEnvironment;
import io.dienstream.job.learning.LearningJob;
import io.dienstream.job.option.JobOptions;
import io.dienstream.job.option.LearningOptions;
import io.dienstream.operate.kafka.Heartbeats;
import io.dienstream.sandbox.DemoCluster;
import io.dienstream.schema.AdClick;
import io.dienstream.schema.Candidate;
import io.dienstream.schema.Impression;
import io.dienstream.schema.Pricing;
import io.dienstream.schema.ServedRequest;
import io.dienstream.wire.WireEncoder;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import org.apache.avro.specific.SpecificRecord;
import org.apache.flink.api.common.JobID;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.StateRecoveryOptions;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** Starts the learning job and writes what it reads: requests of three candidates. */
final class LearningFeed implements AutoCloseable {
    static final int CANDIDATES = 3;

    private final KafkaProducer<byte[], byte[]> producer;
    private final Heartbeats heartbeats;

    LearningFeed(DemoCluster cluster) {
        producer =
                new KafkaProducer<>(
                        cluster.client(), new ByteArraySerializer(), new ByteArraySerializer());
        heartbeats =
                new Heartbeats(
                        cluster.client(), List.of("served", "impressions", "ad-clicks"), "test");
    }

    /** Without checkpoints, labels and windows of quality final within a second of event time. */
    static LearningOptions quick(DemoCluster cluster, Map<String, String> more) {
        Map<String, String> options = new HashMap<>();
        options.put(JobOptions.BOOTSTRAP_SERVERS.key(), cluster.broker().bootstrapServers());
        options.put(JobOptions.CHECKPOINT_INTERVAL.key(), "0s");
        options.put(JobOptions.PARALLELISM.key(), "1");
        options.put(LearningOptions.WAIT.key(), "1s");
        options.put(LearningOptions.QUALITY_WINDOW.key(), "1s");
        options.putAll(more);
        return LearningOptions.of(options);
    }

    /**
     * @param savepoint to go on from, or null
     */
    static JobID submit(DemoCluster cluster, LearningOptions options, String savepoint)
            throws Exception {
        LearningJob.check(options);
        Configuration c = JobEnvironment.configuration(options, LearningJob.NAME);
        if (savepoint != null) {
            c.set(StateRecoveryOptions.SAVEPOINT_PATH, savepoint);
        }
        return cluster.flink()
                .submit(
                        c,
                        env -> {
                            try {
                                LearningJob.build(env, options);
                            } catch (IOException | InterruptedException e) {
                                throw new IllegalStateException(e);
                            }
                        });
    }

    static ServedRequest served(String request, String user, long at) {
        ServedRequest served = new ServedRequest();
        served.setRequestId(request);
        served.setUserId(user);
        served.setTimestamp(at);
        served.setUser(Map.of());
        served.setContext(Map.of());
        served.setBehaviors(List.of());
        List<Candidate> candidates = new ArrayList<>();
        for (int ad = 0; ad < CANDIDATES; ad++) {
            candidates.add(
                    new Candidate(
                            "ad" + ad, Map.of("item", "i" + ad), Pricing.CPC, 5L, "USD", null));
        }
        served.setCandidates(candidates);
        served.setPctr(List.of(0.25f, 0.5f, 0.75f));
        served.setModelName("m");
        served.setModelVersion("1");
        return served;
    }

    static AdClick click(String request, int ad, String user, long at) {
        return new AdClick("c" + request + ad, request, "ad" + ad, user, at);
    }

    /** A request of which all was shown at once, and the last candidate clicked a little later. */
    void shownAndClicked(String request, long at) throws InterruptedException, ExecutionException {
        shownAndClicked(served(request, "u", at));
    }

    /** Likewise. */
    void shownAndClicked(ServedRequest served) throws InterruptedException, ExecutionException {
        String request = served.getRequestId();
        String user = served.getUserId();
        long at = served.getTimestamp();
        send(served, 0);
        for (int ad = 0; ad < CANDIDATES; ad++) {
            send(new Impression(request, "ad" + ad, user, at, ad, null), 0);
        }
        send(click(request, CANDIDATES - 1, user, at + 1), 0);
    }

    /** All topics are at {@code time}. */
    void beat(long time) throws IOException, InterruptedException {
        heartbeats.beat(time);
    }

    void send(SpecificRecord record, int partition)
            throws InterruptedException, ExecutionException {
        String topic;
        byte[] value;
        String key;
        if (record instanceof ServedRequest served) {
            topic = "served";
            key = served.getRequestId();
            value = new WireEncoder<>(ServedRequest.class).encode(served);
        } else if (record instanceof Impression impression) {
            topic = "impressions";
            key = impression.getRequestId();
            value = new WireEncoder<>(Impression.class).encode(impression);
        } else {
            AdClick click = (AdClick) record;
            topic = "ad-clicks";
            key = click.getRequestId();
            value = new WireEncoder<>(AdClick.class).encode(click);
        }
        send(topic, partition, key.getBytes(StandardCharsets.UTF_8), value);
    }

    void send(String topic, int partition, byte[] key, byte[] value)
            throws InterruptedException, ExecutionException {
        producer.send(new ProducerRecord<>(topic, partition, key, value)).get();
    }

    @Override
    public void close() {
        producer.close();
        heartbeats.close();
    }
}
