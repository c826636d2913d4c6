package io.dienstream.sandbox.broker;

import io.dienstream.cli.Scratch;
import java.nio.file.Path;
import java.util.Properties;
import kafka.server.KafkaConfig;
import kafka.server.KafkaRaftServer;
import org.apache.kafka.common.utils.Time;

/**
 * A real Kafka broker and controller (KRaft) inside this JVM, on loopback ports. Its logs are in a
 * temporary directory that goes when it is closed, or in one that is given and stays.
 */
public final class EmbeddedBroker implements AutoCloseable {
    private static final String HOST = "localhost";

    private final Path directory;
    private final boolean temporary;
    private final int port;
    private final KafkaRaftServer server;

    private EmbeddedBroker(Path directory, boolean temporary, int port, KafkaRaftServer server) {
        this.directory = directory;
        this.temporary = temporary;
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
        return start(directory, true, BrokerFiles.freePort(), more);
    }

    /**
     * Starts a broker that goes on with what is in {@code directory}, and leaves it there.
     *
     * @param directory empty, or of an earlier broker that has ended
     * @param port for clients
     * @throws IOException where the port is taken
     */
    public static EmbeddedBroker start(Path directory, int port) throws Exception {
        BrokerFiles.requireFree(port);
        return start(directory, false, port, new Properties());
    }

    private static EmbeddedBroker start(
            Path directory, boolean temporary, int port, Properties more) throws Exception {
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
        if (!BrokerFiles.isFormatted(directory)) {
            BrokerFiles.format(directory);
        }
        KafkaRaftServer server =
                new KafkaRaftServer(KafkaConfig.fromProps(properties, false), Time.SYSTEM);
        server.startup();
        return new EmbeddedBroker(directory, temporary, port, server);
    }

    /** host:port for clients. */
    public String bootstrapServers() {
        return HOST + ":" + port;
    }

    @Override
    public void close() {
        server.shutdown();
        server.awaitShutdown();
        if (temporary) {
            Scratch.remove(directory);
        }
    }
}
