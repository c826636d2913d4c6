package org.apache.flink.metrics.prometheus;

import io.prometheus.client.exporter.HTTPServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;

/**
 * Flink's Prometheus reporter for a process on somebody's machine: it answers on the loopback
 * address alone, where Flink's own always listens on all interfaces. It is in Flink's package
 * because Flink shows its registry to nobody else.
 */
final class LoopbackPrometheusReporter extends AbstractPrometheusReporter {
    private final HTTPServer server;

    /**
     * @throws UncheckedIOException where the port is taken
     */
    LoopbackPrometheusReporter(int port) {
        try {
            server =
                    new HTTPServer(
                            new InetSocketAddress(InetAddress.getLoopbackAddress(), port),
                            registry,
                            true);
        } catch (IOException e) {
            throw new UncheckedIOException(
                    "port %d for metrics: %s".formatted(port, e.getMessage()), e);
        }
    }

    @Override
    public void close() {
        server.stop();
        super.close();
    }
}
