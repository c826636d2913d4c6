package io.dienstream.sandbox.broker;

import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Properties;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.metadata.storage.Formatter;
import org.apache.kafka.server.common.MetadataVersion;

/** What a KRaft broker finds on disk when it starts: settings and a formatted log directory. */
public final class BrokerFiles {
    private static int lastPort;

    private BrokerFiles() {}

    /** Whether a broker has used {@code directory} before. */
    public static boolean isFormatted(Path directory) {
        return Files.exists(directory.resolve("meta.properties"));
    }

    /** Prepares an empty directory. */
    public static void format(Path directory) throws Exception {
        new Formatter()
                .setPrintStream(
                        new PrintStream(
                                OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8))
                .setNodeId(1)
                .setClusterId(Uuid.randomUuid().toString())
                .setReleaseVersion(MetadataVersion.LATEST_PRODUCTION)
                .setControllerListenerName("CONTROLLER")
                .setMetadataLogDirectory(directory.toString())
                .addDirectory(directory.toString())
                .run();
    }

    /**
     * A single broker and controller; of a process: server.properties.
     *
     * @param directory of its logs, formatted
     */
    public static Properties properties(Path directory, String host, int port, int controllerPort) {
        Properties p = new Properties();
        p.put("process.roles", "broker,controller");
        p.put("node.id", "1");
        p.put("controller.quorum.voters", "1@" + host + ":" + controllerPort);
        p.put(
                "listeners",
                "PLAINTEXT://%s:%d,CONTROLLER://%1$s:%d".formatted(host, port, controllerPort));
        p.put("advertised.listeners", "PLAINTEXT://" + host + ":" + port);
        p.put("controller.listener.names", "CONTROLLER");
        p.put("inter.broker.listener.name", "PLAINTEXT");
        p.put("log.dirs", directory.toString());
        p.put("offsets.topic.replication.factor", "1");
        p.put("offsets.topic.num.partitions", "1");
        p.put("transaction.state.log.replication.factor", "1");
        p.put("transaction.state.log.min.isr", "1");
        p.put("transaction.state.log.num.partitions", "1");
        p.put("group.initial.rebalance.delay.ms", "0");
        p.put("auto.create.topics.enable", "false");
        // allocated at the start, 128 MiB by default; few keys are ever compacted here
        p.put("log.cleaner.dedupe.buffer.size", Integer.toString(4 << 20));
        p.put("log.flush.scheduler.interval.ms", Long.toString(Long.MAX_VALUE));
        // behaviors of past years must not be deleted while they are replayed
        p.put("log.retention.ms", "-1");
        return p;
    }

    /**
     * @throws IOException where something listens on {@code port} of the loopback address
     */
    public static void requireFree(int port) throws IOException {
        try (ServerSocket socket = new ServerSocket()) {
            socket.setReuseAddress(true);
            socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 1);
        } catch (BindException e) {
            throw new IOException("port " + port + " is taken: give another one with --port", e);
        }
    }

    /**
     * A port that was free just now, and another one than the last: who asks for two wants two, and
     * the system may give one again as soon as it is let go.
     */
    public static synchronized int freePort() throws IOException {
        try (ServerSocket one = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
                ServerSocket other = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            lastPort = one.getLocalPort() == lastPort ? other.getLocalPort() : one.getLocalPort();
            return lastPort;
        }
    }
}
