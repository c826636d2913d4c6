package io.dienstream.it;

import io.dienstream.datasets.simulate.Simulator;
import io.dienstream.job.option.JobOptions;
import io.dienstream.operate.kafka.Heartbeats;
import io.dienstream.operate.kafka.LogPlayer;
import io.dienstream.operate.kafka.TopicTail;
import io.dienstream.sandbox.DemoCluster;
import io.dienstream.sandbox.ShownAds;
import io.dienstream.schema.ScoredRequest;
import io.dienstream.wire.WireDecoder;
import io.dienstream.wire.WireException;
import java.io.IOException;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/**
 * Simulated users, whose click probabilities are known, and the ad server between them and the
 * jobs: it asks, shows the first ads of each answer as they are ranked, and reports what was shown
 * and clicked. Runs in a thread of its own until it is closed.
 */
final class SimulatedSite implements AutoCloseable {
    private static final int USERS = 300;
    private static final int PAST = 25 * USERS;
    private static final double BEHAVIORS_PER_SECOND = 100;
    private static final double REQUESTS_PER_SECOND = 100;
    private static final double BEATS_PER_SECOND = 2;
    private static final int CANDIDATES = 8;
    private static final int SHOWN = 4;
    private static final int MOST_OPEN = 500;
    private static final double MEAN_DELAY_MS = 200;
    private static final long REPORTED_MS = 1_000;
    private static final long SERVED_MS = 4_000;
    private static final double NANOS = 1e9;

    private final Simulator simulator;
    private final ShownAds shown;
    private final LogPlayer player;
    private final Heartbeats reports;
    private final Heartbeats served;
    private final TopicTail scores;
    private final WireDecoder<ScoredRequest> answers = WireDecoder.of(ScoredRequest.class);
    private final Map<String, Simulator.Truth> open = new HashMap<>();
    private final Thread thread = new Thread(this::run, "simulated-site");
    private String newest = "";
    private volatile int inARow;
    private volatile boolean over;
    private volatile Exception failure;

    /** Starts with a past of behaviors for every user. */
    SimulatedSite(DemoCluster cluster, long seed) {
        simulator = new Simulator(seed, USERS);
        shown = new ShownAds(SHOWN, MEAN_DELAY_MS, seed);
        player = cluster.player();
        reports =
                new Heartbeats(cluster.client(), List.of("impressions", "ad-clicks"), "ad server");
        served = new Heartbeats(cluster.client(), List.of("served"), "test");
        scores = TopicTail.fromNow(cluster.client(), List.of(JobOptions.SCORES.defaultText()));
        thread.setDaemon(true);
        thread.start();
    }

    private void run() {
        try {
            live();
        } catch (IOException | RuntimeException e) {
            failure = e;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void live() throws IOException, InterruptedException {
        long now = System.currentTimeMillis();
        for (int n = PAST; n > 0; n--) {
            player.send(simulator.behavior(now - n));
        }
        player.flush();
        long start = System.nanoTime();
        long sent = 0;
        long asked = 0;
        long beats = 0;
        while (!over) {
            double t = (System.nanoTime() - start) / NANOS;
            now = System.currentTimeMillis();
            for (; sent < t * BEHAVIORS_PER_SECOND; sent++) {
                player.send(simulator.behavior(now));
            }
            for (; asked < t * REQUESTS_PER_SECOND; asked++) {
                if (open.size() < MOST_OPEN) {
                    Simulator.Truth truth = simulator.request(now, CANDIDATES);
                    open.put(truth.request().getRequestId(), truth);
                    player.send(truth.request());
                }
            }
            answer();
            shown.click(now, player);
            if (beats < t * BEATS_PER_SECOND) {
                beats++;
                player.flush();
                reports.beat(now - REPORTED_MS);
                served.beat(now - SERVED_MS);
            }
        }
    }

    private void answer() {
        Map<String, ScoredRequest> read = new HashMap<>();
        scores.poll(Duration.ofMillis(5), record -> put(record, read));
        long now = System.currentTimeMillis();
        for (ScoredRequest answer : read.values()) {
            Simulator.Truth truth = open.remove(answer.getRequestId());
            if (truth != null) {
                String version = answer.getModelVersion();
                inARow = version.equals(newest) ? inARow + 1 : 1;
                newest = version;
                shown.show(answer, truth, now, player);
            }
        }
    }

    private void put(ConsumerRecord<byte[], byte[]> record, Map<String, ScoredRequest> read) {
        try {
            ScoredRequest answer = answers.decode(record.value());
            read.put(answer.getRequestId(), answer);
        } catch (WireException e) {
            throw new IllegalStateException(e);
        }
    }

    /** How many answers, up to the newest, all came from one version. */
    int ofOneVersionInARow() {
        return inARow;
    }

    /** Fails with what ended the site, if anything did. */
    void check() {
        if (failure != null) {
            throw new AssertionError("the simulated site ended", failure);
        }
    }

    @Override
    public void close() throws InterruptedException {
        over = true;
        thread.join();
        player.close();
        reports.close();
        served.close();
        scores.close();
    }
}
