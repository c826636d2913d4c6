package io.dienstream.job.listen;

import java.util.Map;
import java.util.Optional;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.runtime.io.network.netty.InboundChannelHandlerFactory;
import org.apache.flink.shaded.netty4.io.netty.channel.ChannelHandler;

/** Found by Flink's REST server, by name in {@code META-INF/services}. */
public final class RestGuardFactory implements InboundChannelHandlerFactory {
    /** Before whatever else is installed. */
    @Override
    public int priority() {
        return Integer.MAX_VALUE;
    }

    @Override
    public Optional<ChannelHandler> createHandler(
            Configuration configuration, Map<String, String> responseHeaders) {
        return Optional.of(new RestGuard(configuration));
    }

    @Override
    public String toString() {
        return "dien-stream's guard of the REST server";
    }
}
