package io.dienstream.job.connector;

import static org.assertj.core.api.Assertions.assertThat;

import io.dienstream.job.Records;
import io.dienstream.job.option.JobOptions;
import io.dienstream.job.record.InboundRecord;
import java.nio.file.Path;
import java.util.Properties;
import org.apache.kafka.clients.CommonClientConfigs;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.junit.jupiter.api.Test;

class KafkaEndpointsTest {
    private static Properties producer(String... extra) {
        return new KafkaEndpoints(Records.options(Path.of("unused"), extra))
                .producer(JobOptions.SCORES);
    }

    private static Properties served(String... extra) {
        return new KafkaEndpoints(Records.options(Path.of("unused"), extra))
                .producer(JobOptions.SERVED);
    }

    @Test
    void answersHardlyWaitForABatchUnlessTheyWaitForACommit() {
        assertThat(producer()).containsEntry(ProducerConfig.LINGER_MS_CONFIG, "2");
        assertThat(producer("delivery.guarantee", "exactly-once"))
                .containsEntry(ProducerConfig.LINGER_MS_CONFIG, "20");
    }

    @Test
    void deadLettersKeepTheClientsOwnLinger() {
        assertThat(
                        new KafkaEndpoints(Records.options(Path.of("unused")))
                                .producer(JobOptions.DEAD_LETTERS))
                .doesNotContainKey(ProducerConfig.LINGER_MS_CONFIG);
    }

    @Test
    void whatWasServedWaitsForABatch() {
        assertThat(served()).containsEntry(ProducerConfig.LINGER_MS_CONFIG, "50");
        assertThat(served("delivery.guarantee", "exactly-once"))
                .containsEntry(ProducerConfig.LINGER_MS_CONFIG, "50");
    }

    /** Two messages of what was served are 12 kB; time should end a batch, not size. */
    @Test
    void aBatchHoldsMoreThanTwoMessages() {
        assertThat(producer()).containsEntry(ProducerConfig.BATCH_SIZE_CONFIG, "131072");
        assertThat(served()).containsEntry(ProducerConfig.BATCH_SIZE_CONFIG, "131072");
    }

    private static Properties consumer(InboundRecord.Kind kind, String... extra) {
        return new KafkaEndpoints(Records.options(Path.of("unused"), extra)).consumer(kind);
    }

    @Test
    void nobodyWaitsForABehaviorByItself() {
        assertThat(consumer(InboundRecord.Kind.BEHAVIOR))
                .containsEntry(ConsumerConfig.FETCH_MIN_BYTES_CONFIG, "65536")
                .containsEntry(ConsumerConfig.FETCH_MAX_WAIT_MS_CONFIG, "10");
        assertThat(consumer(InboundRecord.Kind.AD_REQUEST))
                .doesNotContainKeys(
                        ConsumerConfig.FETCH_MIN_BYTES_CONFIG,
                        ConsumerConfig.FETCH_MAX_WAIT_MS_CONFIG);
    }

    @Test
    void everyClientAsksForMetadataWithinItsFirstHalfMinute() {
        String age = CommonClientConfigs.METADATA_MAX_AGE_CONFIG;
        String[] said = {"kafka.properties." + age, "60000"};
        for (InboundRecord.Kind kind : InboundRecord.Kind.values()) {
            assertThat(consumer(kind)).containsEntry(age, "30000");
            assertThat(consumer(kind, said)).containsEntry(age, "60000");
        }
        assertThat(producer()).containsEntry(age, "30000");
        assertThat(producer(said)).containsEntry(age, "60000");
    }

    @Test
    void whatTheUserSaysGoesFirst() {
        String[] said = {
            "kafka.properties.linger.ms", "1",
            "kafka.properties.batch.size", "32768",
            "delivery.guarantee", "exactly-once"
        };
        for (Properties p : new Properties[] {producer(said), served(said)}) {
            assertThat(p)
                    .containsEntry(ProducerConfig.LINGER_MS_CONFIG, "1")
                    .containsEntry(ProducerConfig.BATCH_SIZE_CONFIG, "32768");
        }
    }
}
