package io.dienstream.bench.peer;

import io.lettuce.core.ClientOptions;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisURI;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.api.async.RedisAsyncCommands;
import io.lettuce.core.codec.ByteArrayCodec;
import io.lettuce.core.resource.ClientResources;
import io.lettuce.core.resource.DefaultClientResources;
import java.io.File;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/**
 * Redis as a feature store: a process that keeps nothing on disk, and a connection to it on one
 * thread of Lettuce's.
 */
final class RedisStore implements AutoCloseable {
    private static final String SERVER = "redis-server";
    private static final int LEAST_THREADS = 2;

    private final ClientResources resources;
    private final RedisClient client;
    private final StatefulRedisConnection<byte[], byte[]> connection;

    /** Connects to the one on {@code port} of the loopback address. */
    RedisStore(int port) {
        // Lettuce takes no fewer; one connection uses one of them
        resources =
                DefaultClientResources.builder()
                        .ioThreadPoolSize(LEAST_THREADS)
                        .computationThreadPoolSize(LEAST_THREADS)
                        .build();
        client = RedisClient.create(resources, RedisURI.create("localhost", port));
        client.setOptions(ClientOptions.builder().build());
        connection = client.connect(ByteArrayCodec.INSTANCE);
    }

    RedisAsyncCommands<byte[], byte[]> commands() {
        return connection.async();
    }

    /** Commands wait for {@link #flush}, and go in one write. */
    void pipeline() {
        connection.setAutoFlushCommands(false);
    }

    /**
     * Sends what waits. Of two threads at once one waits: Lettuce takes commands from its queue
     * under a lock, but writes them after it, so that those of the other might overtake them.
     */
    synchronized void flush() {
        connection.flushCommands();
    }

    @Override
    public void close() {
        connection.close();
        client.shutdown();
        resources.shutdown();
    }

    /**
     * Starts a server without persistence.
     *
     * @throws IOException where there is none on this machine
     */
    static BesideProcess server(int port, Path log) throws IOException, InterruptedException {
        if (!isInstalled()) {
            throw new IOException(
                    "--peer server needs redis-server, which is not on the PATH here: install it"
                            + " (Debian: redis-server)");
        }
        return BesideProcess.start(
                List.of(
                        SERVER,
                        "--port",
                        Integer.toString(port),
                        "--bind",
                        "127.0.0.1",
                        "--save",
                        "",
                        "--appendonly",
                        "no",
                        "--dir",
                        log.toAbsolutePath().getParent().toString()),
                port,
                log);
    }

    /** Whether this machine has a Redis. */
    static boolean isInstalled() {
        for (String directory : System.getenv("PATH").split(File.pathSeparator)) {
            if (Path.of(directory).resolve(SERVER).toFile().canExecute()) {
                return true;
            }
        }
        return false;
    }
}
