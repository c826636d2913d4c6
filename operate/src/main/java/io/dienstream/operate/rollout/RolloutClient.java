package io.dienstream.operate.rollout;

import io.dienstream.job.connector.CommandTopic;
import io.dienstream.job.rollout.CommandRecord;
import io.dienstream.job.rollout.RolloutLog;
import io.dienstream.operate.kafka.TopicTail;
import io.dienstream.schema.ModelCommand;
import io.dienstream.schema.ModelCommandKind;
import io.dienstream.schema.ModelStage;
import io.dienstream.schema.ModelStatus;
import io.dienstream.wire.WireDecoder;
import io.dienstream.wire.WireEncoder;
import io.dienstream.wire.WireException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Properties;
import java.util.UUID;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** The rollout of one model as its topics tell it, and commands on it. */
public final class RolloutClient {
    private static final Duration TIMEOUT = Duration.ofSeconds(30);

    private final Properties client;
    private final String model;
    private final String job;
    private final RolloutTopics topics;

    /**
     * @param client properties of a Kafka client
     * @param model of the rollout, {@code rollout.model} of its jobs
     */
    public RolloutClient(Properties client, String model) {
        this(client, model, null, RolloutTopics.DEFAULT);
    }

    /**
     * @param job whose tasks count, its {@code delivery.transactional-id-prefix}; null: all that
     *     have ever told of the model
     */
    public RolloutClient(Properties client, String model, String job, RolloutTopics topics) {
        this.client = client;
        this.model = model;
        this.job = job;
        this.topics = topics;
    }

    /** All commands so far, folded. */
    public RolloutLog log() throws IOException {
        RolloutLog log = new RolloutLog(model);
        log.acceptAll(commands());
        return log;
    }

    private List<CommandRecord> commands() throws IOException {
        return CommandTopic.read(client, topics.models(), TIMEOUT);
    }

    /**
     * A new command on this rollout, of no stage but candidate, no share and no time of its own;
     * the caller sets what its kind needs beside the version.
     *
     * @param version that it is about; empty where it is about none
     * @param expectedRevision of the plan that it is meant for
     * @param actor who gives it
     */
    public ModelCommand command(
            ModelCommandKind kind, String version, long expectedRevision, String actor) {
        return new ModelCommand(
                UUID.randomUUID().toString(),
                model,
                kind,
                version,
                "",
                "",
                ModelStage.CANDIDATE,
                0.0,
                null,
                expectedRevision,
                null,
                actor,
                "",
                false);
    }

    /**
     * Writes {@code command} and tells what it did: what every task makes of it too.
     *
     * @throws IOException where it cannot be written, or read again
     */
    public RolloutLog.Entry send(ModelCommand command) throws IOException, InterruptedException {
        long offset = write(command);
        return log().entries().stream()
                .filter(e -> e.offset() == offset)
                .findFirst()
                .orElseThrow(
                        () ->
                                new IOException(
                                        "the command was written, but is not in the topic: does"
                                                + " another tool delete records there?"));
    }

    private long write(ModelCommand command) throws IOException, InterruptedException {
        Properties properties = new Properties();
        properties.putAll(client);
        properties.put(ProducerConfig.ACKS_CONFIG, "all");
        try (var producer =
                new KafkaProducer<>(
                        properties, new ByteArraySerializer(), new ByteArraySerializer())) {
            RecordMetadata written =
                    producer.send(
                                    new ProducerRecord<>(
                                            topics.models(),
                                            model.getBytes(StandardCharsets.UTF_8),
                                            new WireEncoder<>(ModelCommand.class).encode(command)))
                            .get(TIMEOUT.toMillis(), TimeUnit.MILLISECONDS);
            return written.offset();
        } catch (ExecutionException | TimeoutException e) {
            Throwable cause = e.getCause() == null ? e : e.getCause();
            throw new IOException(
                    "topic %s did not take the command: %s"
                            .formatted(topics.models(), cause.getMessage()),
                    e);
        }
    }

    /** A reader of what tasks tell, from the beginning. */
    public TopicTail statusTail() {
        return new TopicTail(client, List.of(topics.status()));
    }

    /** States to be added to. */
    TaskStates nothingTold() {
        return new TaskStates(model, job);
    }

    /** What tasks have told so far. */
    public TaskStates states() {
        TaskStates states = nothingTold();
        try (TopicTail tail = statusTail()) {
            tail.drain(record -> take(record, states));
        }
        return states;
    }

    /** Adds a record of the status topic; what is none is left out. */
    public static void take(ConsumerRecord<byte[], byte[]> record, TaskStates states) {
        try {
            if (record.value() != null) {
                states.add(WireDecoder.of(ModelStatus.class).decode(record.value()));
            }
        } catch (WireException e) {
            // somebody else's record says nothing about a task
        }
    }
}
