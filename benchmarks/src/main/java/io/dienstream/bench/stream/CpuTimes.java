package io.dienstream.bench.stream;

import io.dienstream.bench.ProcessCpu;
import io.dienstream.bench.peer.Contender;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadInfo;
import java.lang.management.ThreadMXBean;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * CPU time so far, ns, by who took it: the job's JVM without the threads of the broker in it,
 * these, and each process beside it.
 */
final class CpuTimes {
    static final String JOB = "job";
    static final String BROKER = "broker";

    /** How Kafka's broker names its threads. */
    private static final List<String> BROKER_THREADS =
            List.of(
                    "data-plane-",
                    "kafka-",
                    "quorum-controller",
                    "controller-",
                    "broker-",
                    "raft-",
                    "group-",
                    "share-",
                    "transaction-",
                    "ExpirationReaper");

    private CpuTimes() {}

    static Map<String, Long> now(Contender contender) {
        long broker = broker();
        Map<String, Long> times = new LinkedHashMap<>();
        times.put(JOB, ProcessCpu.nanos() - broker);
        times.put(BROKER, broker);
        times.putAll(contender.cpuNanos());
        return times;
    }

    private static long broker() {
        ThreadMXBean threads = ManagementFactory.getThreadMXBean();
        long nanos = 0;
        for (ThreadInfo thread : threads.getThreadInfo(threads.getAllThreadIds())) {
            if (thread != null && isBroker(thread.getThreadName())) {
                nanos += Math.max(0, threads.getThreadCpuTime(thread.getThreadId()));
            }
        }
        return nanos;
    }

    private static boolean isBroker(String name) {
        // clients' threads are called kafka-producer-network-thread and the like
        return !name.startsWith("kafka-producer")
                && !name.startsWith("kafka-coordinator-heartbeat")
                && !name.startsWith("kafka-admin-client")
                && BROKER_THREADS.stream().anyMatch(name::startsWith);
    }

    /** Microseconds a record, by who took them. */
    static Map<String, Double> micros(
            Map<String, Long> before, Map<String, Long> after, long records) {
        Map<String, Double> micros = new LinkedHashMap<>();
        after.forEach((who, nanos) -> micros.put(who, (nanos - before.get(who)) / 1e3 / records));
        return micros;
    }
}
