package io.dienstream.sandbox;

import io.dienstream.cli.Scratch;
import io.dienstream.job.option.JobOptions;
import io.dienstream.operate.kafka.LogPlayer;
import io.dienstream.operate.kafka.TopicTail;
import io.dienstream.operate.kafka.Topics;
import io.dienstream.sandbox.broker.EmbeddedBroker;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.flink.configuration.Configuration;

/** A broker and Flink in this JVM with the job's topics, and everything gone when it is closed. */
public final class DemoCluster implements AutoCloseable {
    private static final int LINGER_MS = 1;
    private static final String CHECKPOINT_INTERVAL = "10s";

    private final EmbeddedBroker broker;
    private final LocalFlink flink;
    private final Path checkpoints;
    private final int parallelism;
    private final AtomicBoolean closed = new AtomicBoolean();

    private DemoCluster(EmbeddedBroker broker, LocalFlink flink, Path checkpoints, int slots) {
        this.broker = broker;
        this.flink = flink;
        this.checkpoints = checkpoints;
        this.parallelism = slots;
    }

    /** Starts both; topics get twice as many partitions as there are slots. */
    public static DemoCluster start(int slots) throws Exception {
        return start(slots, new Configuration());
    }

    /** Likewise, with more of Flink's own configuration. */
    public static DemoCluster start(int slots, Configuration flink) throws Exception {
        return start(slots, flink, Map.of());
    }

    /**
     * Likewise.
     *
     * @param topics more of each topic's configuration
     */
    static DemoCluster start(int slots, Configuration flink, Map<String, String> topics)
            throws Exception {
        EmbeddedBroker broker = EmbeddedBroker.start();
        try {
            Properties client = client(broker);
            List<String> names = Topics.names();
            Topics.create(client, names, 2 * slots, (short) 1, topics);
            Path checkpoints = Scratch.directory("checkpoints");
            return new DemoCluster(broker, LocalFlink.start(slots, flink), checkpoints, slots);
        } catch (Exception e) {
            broker.close();
            throw e;
        }
    }

    private static Properties client(EmbeddedBroker broker) {
        Properties properties = new Properties();
        properties.put("bootstrap.servers", broker.bootstrapServers());
        return properties;
    }

    /** Client properties of the broker. */
    public Properties client() {
        return client(broker);
    }

    public EmbeddedBroker broker() {
        return broker;
    }

    public LocalFlink flink() {
        return flink;
    }

    /** A directory for checkpoints and savepoints. */
    public Path checkpoints() {
        return checkpoints;
    }

    /**
     * Options of the job on this cluster, with {@code more} on top. A demo may be over before the
     * first checkpoint of the default interval.
     */
    public JobOptions options(Path model, Map<String, String> more) {
        Map<String, String> values = new HashMap<>();
        values.put(JobOptions.BOOTSTRAP_SERVERS.key(), broker.bootstrapServers());
        values.put(JobOptions.MODEL.key(), model.toAbsolutePath().toString());
        values.put(JobOptions.PARALLELISM.key(), Integer.toString(parallelism));
        values.put(JobOptions.CHECKPOINT_DIRECTORY.key(), checkpoints.toUri().toString());
        values.put(JobOptions.CHECKPOINT_INTERVAL.key(), CHECKPOINT_INTERVAL);
        values.putAll(more);
        return JobOptions.of(values);
    }

    public LogPlayer player() {
        return new LogPlayer(
                client(),
                JobOptions.BEHAVIORS.defaultText(),
                JobOptions.REQUESTS.defaultText(),
                LINGER_MS);
    }

    /** A reader of scores and dead letters. */
    public TopicTail answersTail() {
        return new TopicTail(
                client(),
                List.of(JobOptions.SCORES.defaultText(), JobOptions.DEAD_LETTERS.defaultText()));
    }

    /** Stops both, once; a second call waits for nothing and does nothing. */
    @Override
    public void close() {
        if (closed.getAndSet(true)) {
            return;
        }
        try {
            flink.close();
        } finally {
            broker.close();
            Scratch.remove(checkpoints);
        }
    }
}
