package io.dienstream.sandbox.broker;

import io.dienstream.cli.Scratch;
import java.nio.file.Path;
import java.util.Properties;
import kafka.server.KafkaConfig;
import kafka.server.KafkaRaftServer;
import org.apache.kafka.common.utils.Time;

/**
 * A real Kafka broker and controller (KRaft) inside this JVM, on loopback ports that were free,
 * with its logs in a temporary directory that goes when it is closed.
 */
public final class EmbeddedBroker implements AutoCloseable {
    private static final String HOST = "localhost";

    private final Path directory;
    private final int port;
    private final KafkaRaftServer server;

    private EmbeddedBroker(Path directory, int port, KafkaRaftServer server) {
        this.directory = directory;
        this.port = port;
        this.server = server;
    }

    /** Starts a broker; returns when it takes connections. */
    public static EmbeddedBroker start() throws Exception {
        return start(new Properties());
    }

    /** Likewise, with more of the broker's own configuration on top. */
    public static EmbeddedBroker start(Properties more) throws Exception {
        Path directory = Scratch.directory("kafka");
        int port = BrokerFiles.freePort();
        Properties properties =
                BrokerFiles.properties(directory, HOST, port, BrokerFiles.freePort());
        for (String key : more.stringPropertyNames()) {
            String own = properties.getProperty(key);
            // listeners are added to ours, everything else is replaced
            properties.put(
                    key,
                    own != null && key.endsWith("listeners")
                            ? own + "," + more.getProperty(key)
                            : more.getProperty(key));
        }
        BrokerFiles.format(directory);
        KafkaRaftServer server =
                new KafkaRaftServer(KafkaConfig.fromProps(properties, false), Time.SYSTEM);
        server.startup();
        return new EmbeddedBroker(directory, port, server);
    }

    /** host:port for clients. */
    public String bootstrapServers() {
        return HOST + ":" + port;
    }

    @Override
    public void close() {
        server.shutdown();
        server.awaitShutdown();
        Scratch.remove(directory);
    }
}
