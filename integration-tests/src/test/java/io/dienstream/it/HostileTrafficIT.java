package io.dienstream.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.dienstream.job.Records;
import io.dienstream.job.connector.InboundDeserializer;
import io.dienstream.job.function.HostileValues;
import io.dienstream.job.option.JobOptions;
import io.dienstream.job.record.InboundRecord;
import io.dienstream.operate.kafka.LogPlayer;
import io.dienstream.sandbox.DemoCluster;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import org.apache.flink.util.Collector;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.record.TimestampType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A hundred thousand hostile values through Kafka and the job (FuzzIT hands a million to its
 * operators). Each is counted once, which also says that the job did not restart: at least once, it
 * would have answered some of them again.
 */
class HostileTrafficIT {
    private static final int VALUES = 100_000;
    private static final int KEYS = 64;
    private static final String LATE = "late";
    private static final String UNKNOWN_FIELD = "unknown_field";

    @TempDir private Path directory;

    /** What the values alone say will become of them. */
    private static final class Forecast implements Collector<InboundRecord> {
        private final Map<InboundRecord.Kind, InboundDeserializer> deserializers = new HashMap<>();
        private final TreeMap<String, Long> refused = new TreeMap<>();
        private long requests;

        Forecast(JobOptions options) throws IOException {
            for (InboundRecord.Kind kind : InboundRecord.Kind.values()) {
                InboundDeserializer deserializer = new InboundDeserializer(kind, options);
                deserializer.open(null);
                deserializers.put(kind, deserializer);
            }
        }

        void add(InboundRecord.Kind kind, String topic, byte[] value) throws IOException {
            deserializers
                    .get(kind)
                    .deserialize(
                            new ConsumerRecord<>(
                                    topic,
                                    0,
                                    0,
                                    System.currentTimeMillis(),
                                    TimestampType.LOG_APPEND_TIME,
                                    0,
                                    value.length,
                                    null,
                                    value,
                                    new RecordHeaders(),
                                    Optional.empty()),
                            this);
        }

        @Override
        public void collect(InboundRecord record) {
            if (record.rejection() != null) {
                refused.merge(record.rejection().reason().code(), 1L, Long::sum);
            } else if (record.kind() == InboundRecord.Kind.AD_REQUEST) {
                requests++;
            }
        }

        @Override
        public void close() {}
    }

    @Test
    void everyValueIsAccountedForOnce() throws Exception {
        Map<String, String> options = new HashMap<>();
        options.put(JobOptions.SERVED_ENABLED.key(), "false");
        options.put(JobOptions.BOUNDED.key(), "true");
        options.put(JobOptions.CHECKPOINT_INTERVAL.key(), "1s");
        options.put(JobOptions.BUFFER_TIMEOUT.key(), "50ms");
        try (DemoCluster cluster = DemoCluster.start(2);
                RunningJob job = new RunningJob(cluster)) {
            Path model = Records.model(directory, 1);
            Forecast forecast = new Forecast(cluster.options(model, options));
            send(cluster, forecast);
            job.submit(model, options, null);
            job.awaitFinished();

            Map<String, Long> letters = new TreeMap<>(job.answers.deadLetters());
            long answers = job.answers.size() + job.answers.doubled();
            assertThat(answers + letters.getOrDefault(UNKNOWN_FIELD, 0L))
                    .isEqualTo(forecast.requests);
            assertThat(letters.remove(UNKNOWN_FIELD)).isPositive();
            assertThat(letters.remove(LATE)).as("mutants of the time").isPositive();
            assertThat(letters).isEqualTo(forecast.refused).doesNotContainKey("internal");
            assertThat(answers).as("some mutants stay valid").isGreaterThan(100);
        }
    }

    private static void send(DemoCluster cluster, Forecast forecast) throws IOException {
        Random random = new Random(7);
        HostileValues values = new HostileValues(random);
        Map<InboundRecord.Kind, String> topics =
                Map.of(
                        InboundRecord.Kind.BEHAVIOR, JobOptions.BEHAVIORS.defaultText(),
                        InboundRecord.Kind.AD_REQUEST, JobOptions.REQUESTS.defaultText(),
                        InboundRecord.Kind.ERASURE, JobOptions.CONTROL.defaultText());
        List<InboundRecord.Kind> kinds = new ArrayList<>(List.of(InboundRecord.Kind.values()));
        try (LogPlayer player = cluster.player()) {
            for (int n = 0; n < VALUES; n++) {
                InboundRecord.Kind kind = kinds.get(random.nextInt(kinds.size()));
                byte[] value = values.next();
                forecast.add(kind, topics.get(kind), value);
                player.send(topics.get(kind), "key " + n % KEYS, value);
            }
            player.flush();
        }
    }
}
