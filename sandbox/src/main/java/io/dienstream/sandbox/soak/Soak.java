package io.dienstream.sandbox.soak;

import io.dienstream.sandbox.DemoCluster;
import io.dienstream.sandbox.SimulatedDemo;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.flink.api.common.JobID;
import org.apache.flink.configuration.Configuration;

/** Samples what a demo's process holds, from when it has settled until it ends. */
final class Soak implements SimulatedDemo.Observer {
    private final Duration settling;
    private final Duration period;
    private final CountDownLatch over = new CountDownLatch(1);
    private final Map<Measure, List<double[]>> samples = new EnumMap<>(Measure.class);
    private Thread sampler;
    private volatile Exception failure;

    /**
     * @param settling before the first sample: caches fill, code is compiled
     * @param period between two samples
     */
    Soak(Duration settling, Duration period) {
        this.settling = settling;
        this.period = period;
    }

    @Override
    public Configuration flink() {
        return RocksDbMemory.reported();
    }

    @Override
    public void live(DemoCluster cluster, JobID job) {
        sampler = new Thread(() -> sample(cluster, job), "dien-soak");
        sampler.setDaemon(true);
        sampler.start();
    }

    /** Takes no more samples; the cluster is about to be closed. */
    @Override
    public void ending() throws InterruptedException {
        over.countDown();
        if (sampler != null) {
            sampler.join();
        }
    }

    private void sample(DemoCluster cluster, JobID job) {
        try {
            RocksDbMemory rocksDb = new RocksDbMemory(cluster.flink().webUi(), job.toHexString());
            long start = System.nanoTime();
            long wait = settling.toNanos();
            while (!over.await(wait, TimeUnit.NANOSECONDS)) {
                Map<Measure, Double> values = ProcessSampler.sample();
                double bytes = rocksDb.bytes();
                if (!Double.isNaN(bytes)) {
                    values.put(Measure.ROCKSDB, bytes);
                }
                double seconds = (System.nanoTime() - start) / 1e9;
                values.forEach((measure, value) -> add(measure, seconds, value));
                wait = period.toNanos();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (Exception e) { // of Flink's futures and of its REST server: told at the end
            failure = e;
        }
    }

    private void add(Measure measure, double seconds, double value) {
        samples.computeIfAbsent(measure, m -> new ArrayList<>()).add(new double[] {seconds, value});
    }

    /**
     * How each measure went.
     *
     * @throws IOException where there are not enough samples of one to say so
     */
    List<Growth> growth() throws IOException {
        if (failure != null) {
            throw new IOException("the process could not be sampled", failure);
        }
        List<Growth> all = new ArrayList<>();
        for (Measure measure : Measure.values()) {
            List<double[]> own = samples.getOrDefault(measure, List.of());
            if (own.isEmpty() && measure == Measure.FILES) {
                continue; // not told by every system
            }
            if (own.size() < Growth.LEAST_SAMPLES) {
                throw new IOException(
                        "%d samples of %s, %d are needed: run for longer"
                                .formatted(own.size(), measure.title(), Growth.LEAST_SAMPLES));
            }
            all.add(
                    Growth.of(
                            measure,
                            own.stream().mapToDouble(s -> s[0]).toArray(),
                            own.stream().mapToDouble(s -> s[1]).toArray()));
        }
        return all;
    }
}
