package io.dienstream.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.dienstream.job.option.JobOptions;
import io.dienstream.operate.kafka.LogPlayer;
import io.dienstream.sandbox.DemoCluster;
import io.dienstream.schema.AdRequest;
import io.dienstream.schema.Candidate;
import io.dienstream.schema.Pricing;
import io.dienstream.wire.WireEncoder;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import javax.management.MBeanServer;
import javax.management.ObjectName;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** More requests than the job can score at once: they wait in Kafka, not in the job's memory. */
class BacklogIT {
    private static final int REQUESTS = 5_000;
    private static final int CANDIDATES = 100;

    /**
     * Fetched by the consumer, in its queues and in network buffers, and what the broker counts
     * twice: a batch that did not fit into a fetch is sent again.
     */
    private static final long MOST_BYTES_IN_FLIGHT = 30 << 20;

    @TempDir private Path directory;

    private static AdRequest request(int n) {
        List<Candidate> ads = new ArrayList<>();
        for (int c = 0; c < CANDIDATES; c++) {
            Map<String, String> fields = Map.of("item", Integer.toString(c * 7 + n));
            ads.add(
                    new Candidate(
                            "an-ad-with-a-name-as-long-as-a-paragraph-".repeat(5) + c,
                            fields,
                            Pricing.CPM,
                            1L,
                            "USD",
                            null));
        }
        long now = System.currentTimeMillis();
        return new AdRequest("r" + n, "u" + n % 50, now, Map.of(), Map.of(), ads);
    }

    /** What the broker in this JVM has sent of a topic; it counts from the first fetch on. */
    private static long bytesOut(String topic) throws Exception {
        ObjectName name =
                new ObjectName(
                        "kafka.server:type=BrokerTopicMetrics,name=BytesOutPerSec,topic=" + topic);
        MBeanServer beans = ManagementFactory.getPlatformMBeanServer();
        return beans.isRegistered(name) ? (long) beans.getAttribute(name, "Count") : 0;
    }

    /** Answers that the broker has. */
    private static long written(Properties client) throws Exception {
        String topic = JobOptions.SCORES.defaultText();
        try (Admin admin = Admin.create(client)) {
            Map<TopicPartition, OffsetSpec> ends = new HashMap<>();
            admin.describeTopics(List.of(topic))
                    .allTopicNames()
                    .get()
                    .get(topic)
                    .partitions()
                    .forEach(
                            p ->
                                    ends.put(
                                            new TopicPartition(topic, p.partition()),
                                            OffsetSpec.latest()));
            return admin.listOffsets(ends).all().get().values().stream()
                    .mapToLong(end -> end.offset())
                    .sum();
        }
    }

    @Test
    void aBacklogOfRequestsWaitsInKafka() throws Exception {
        Path model = Dataset.simulated(directory).model();
        String topic = JobOptions.REQUESTS.defaultText();
        long bytes = new WireEncoder<>(AdRequest.class).encode(request(0)).length;
        assertThat(bytes * REQUESTS).isGreaterThan(3 * MOST_BYTES_IN_FLIGHT);
        try (DemoCluster cluster = DemoCluster.start(1);
                RunningJob job = new RunningJob(cluster)) {
            try (LogPlayer player = cluster.player()) {
                for (int n = 0; n < REQUESTS; n++) {
                    player.send(request(n));
                }
                player.flush();
            }
            long before = bytesOut(topic);
            Map<String, String> options = Map.of(JobOptions.SERVED_ENABLED.key(), "false");
            job.submit(model, options, null);
            for (int quarter = 1; quarter <= 4; quarter++) {
                int answered = REQUESTS * quarter / 4;
                job.await(answered + " answers", () -> job.answers.size() >= answered);
                long fetched = bytesOut(topic) - before;
                // the broker's count: what this test has read of the answers is behind the job
                long inFlight = fetched - written(cluster.client()) * bytes;
                assertThat(inFlight).as("after " + answered).isLessThan(MOST_BYTES_IN_FLIGHT);
            }
            assertThat(bytesOut(topic) - before)
                    .as("the broker's own count is of whole batches")
                    .isGreaterThanOrEqualTo(REQUESTS * bytes * 9 / 10);
            assertThat(job.answers.size()).isEqualTo(REQUESTS);
            assertThat(job.answers.doubled()).isZero();
            job.cancel();
        }
    }
}
