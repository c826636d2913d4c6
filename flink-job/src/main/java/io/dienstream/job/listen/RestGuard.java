package io.dienstream.job.listen;

import java.io.IOException;
import java.net.URI;
import java.net.URLDecoder;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;
import org.apache.flink.configuration.ConfigOption;
import org.apache.flink.configuration.ConfigOptions;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.RestOptions;
import org.apache.flink.runtime.rest.FileUploadHandler;
import org.apache.flink.shaded.netty4.io.netty.buffer.Unpooled;
import org.apache.flink.shaded.netty4.io.netty.channel.ChannelFutureListener;
import org.apache.flink.shaded.netty4.io.netty.channel.ChannelHandlerContext;
import org.apache.flink.shaded.netty4.io.netty.channel.SimpleChannelInboundHandler;
import org.apache.flink.shaded.netty4.io.netty.handler.codec.http.DefaultFullHttpResponse;
import org.apache.flink.shaded.netty4.io.netty.handler.codec.http.FullHttpResponse;
import org.apache.flink.shaded.netty4.io.netty.handler.codec.http.HttpHeaderNames;
import org.apache.flink.shaded.netty4.io.netty.handler.codec.http.HttpHeaderValues;
import org.apache.flink.shaded.netty4.io.netty.handler.codec.http.HttpMethod;
import org.apache.flink.shaded.netty4.io.netty.handler.codec.http.HttpRequest;
import org.apache.flink.shaded.netty4.io.netty.handler.codec.http.HttpResponseStatus;
import org.apache.flink.shaded.netty4.io.netty.handler.codec.http.HttpVersion;
import org.apache.flink.shaded.netty4.io.netty.util.CharsetUtil;
import org.apache.flink.shaded.netty4.io.netty.util.ReferenceCountUtil;

/**
 * Stands before the handlers of Flink's REST server and refuses with 403 what no client of ours
 * sends:
 *
 * <ul>
 *   <li>a Host that is not one of the server's names: a page whose name was pointed at this address
 *       (DNS rebinding) may otherwise ask as if it were the web UI;
 *   <li>an Origin that is not the Host: another page's request;
 *   <li>a job: it would be code;
 *   <li>GET of {@code yarn-cancel} and {@code yarn-stop}: they change a job, so an image on any
 *       page could; nothing of Flink's own uses them;
 *   <li>where it only reads, everything but GET and HEAD.
 * </ul>
 */
final class RestGuard extends SimpleChannelInboundHandler<HttpRequest> {
    /** Whether the REST server only answers questions. */
    static final ConfigOption<Boolean> READ_ONLY =
            ConfigOptions.key("dien.rest.read-only").booleanType().defaultValue(false);

    /** The Hosts, without port, that requests may name; empty: see {@link #names}. */
    static final ConfigOption<List<String>> ALLOWED_HOSTS =
            ConfigOptions.key("dien.rest.allowed-hosts").stringType().asList().noDefaultValue();

    private static final Set<String> LOOPBACK_NAMES =
            Set.of("localhost", "127.0.0.1", "[::1]", "[0:0:0:0:0:0:0:1]");

    /** Takes a job as Java objects, so whoever may send one runs code. */
    private static final Pattern SUBMIT = Pattern.compile("(/v\\d+)?/jobs/*([?#].*)?");

    private final boolean readOnly;
    private final Set<String> names;

    RestGuard(Configuration c) {
        super(false);
        readOnly = c.get(READ_ONLY);
        names = names(c);
    }

    /**
     * A server on the loopback address is asked by its names alone. Of another one we do not know
     * under which names others reach it, so each is taken unless the configuration lists them.
     *
     * @return empty where every name is taken
     */
    private static Set<String> names(Configuration c) {
        var listed = c.getOptional(ALLOWED_HOSTS);
        if (listed.isPresent()) {
            return Set.copyOf(
                    listed.get().stream().map(name -> name.toLowerCase(Locale.ROOT)).toList());
        }
        String bound = c.get(RestOptions.BIND_ADDRESS);
        if (bound == null || Listeners.reachesFurther(bound)) {
            return Set.of();
        }
        Set<String> names = new HashSet<>(LOOPBACK_NAMES);
        names.add(bound.toLowerCase(Locale.ROOT));
        return names;
    }

    @Override
    @SuppressWarnings("FutureReturnValueIgnored") // the connection ends either way
    protected void channelRead0(ChannelHandlerContext context, HttpRequest request)
            throws IOException {
        String why = refusal(request);
        if (why == null) {
            context.fireChannelRead(request);
            return;
        }
        // what came as a form is on disk already
        FileUploadHandler.getMultipartFileUploads(context).close();
        ReferenceCountUtil.release(request);
        FullHttpResponse response =
                new DefaultFullHttpResponse(
                        HttpVersion.HTTP_1_1,
                        HttpResponseStatus.FORBIDDEN,
                        Unpooled.copiedBuffer("{\"errors\":[\"" + why + "\"]}", CharsetUtil.UTF_8));
        response.headers()
                .set(HttpHeaderNames.CONTENT_TYPE, HttpHeaderValues.APPLICATION_JSON)
                .set(HttpHeaderNames.CONTENT_LENGTH, response.content().readableBytes())
                .set(HttpHeaderNames.CONNECTION, HttpHeaderValues.CLOSE);
        context.writeAndFlush(response).addListener(ChannelFutureListener.CLOSE);
    }

    /** Why {@code request} is refused, or null. */
    String refusal(HttpRequest request) {
        String host = request.headers().get(HttpHeaderNames.HOST);
        if (!names.isEmpty()
                && (host == null || !names.contains(withoutPort(host.toLowerCase(Locale.ROOT))))) {
            return "the Host of the request is not a name of this server";
        }
        String origin = request.headers().get(HttpHeaderNames.ORIGIN);
        if (origin != null && !ofHost(origin, host)) {
            return "the request comes from another origin";
        }
        if (changesByGet(request.uri())) {
            return "a GET changes nothing here";
        }
        if (request.method().equals(HttpMethod.POST) && SUBMIT.matcher(request.uri()).matches()) {
            return "no job is submitted here";
        }
        boolean reads =
                request.method().equals(HttpMethod.GET) || request.method().equals(HttpMethod.HEAD);
        return reads || !readOnly ? null : "this server only answers questions";
    }

    private static boolean ofHost(String origin, String host) {
        try {
            String authority = URI.create(origin).getAuthority();
            return authority != null && authority.equalsIgnoreCase(host);
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    private static boolean changesByGet(String uri) {
        String path = uri.split("[?#]", 2)[0].toLowerCase(Locale.ROOT);
        String decoded = path.contains("%") ? decode(path) : path;
        return decoded.contains("/yarn-cancel") || decoded.contains("/yarn-stop");
    }

    /** What the router would make of it; something else for what it cannot read either. */
    private static String decode(String path) {
        try {
            return URLDecoder.decode(path, CharsetUtil.UTF_8).toLowerCase(Locale.ROOT);
        } catch (IllegalArgumentException e) {
            return path;
        }
    }

    private static String withoutPort(String host) {
        int colon = host.lastIndexOf(':');
        return colon > host.lastIndexOf(']') ? host.substring(0, colon) : host;
    }
}
