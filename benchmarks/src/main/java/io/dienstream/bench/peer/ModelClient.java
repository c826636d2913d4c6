package io.dienstream.bench.peer;

import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.handler.codec.http.DefaultFullHttpRequest;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpClientCodec;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpObjectAggregator;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpVersion;
import java.io.IOException;
import java.net.InetAddress;
import java.util.ArrayDeque;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;

/**
 * A pool of connections to a {@link ModelServer}, on one event loop that alone touches its state:
 * each carries one request at a time, others wait for a free one.
 */
final class ModelClient implements AutoCloseable {
    private static final int CONNECT_MS = 1_000;

    private final MultiThreadIoEventLoopGroup group =
            new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
    private final EventLoop loop = (EventLoop) group.next();
    private final ArrayDeque<Call> waiting = new ArrayDeque<>();
    private final ArrayDeque<Channel> free = new ArrayDeque<>();
    private final Bootstrap bootstrap;
    private final int most;
    private int open;

    /**
     * @param most connections
     */
    ModelClient(int port, int most) {
        this.most = most;
        bootstrap =
                new Bootstrap()
                        .group(loop)
                        .channel(NioSocketChannel.class)
                        .remoteAddress(InetAddress.getLoopbackAddress(), port)
                        .option(ChannelOption.TCP_NODELAY, true)
                        .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, CONNECT_MS)
                        .handler(
                                new ChannelInitializer<SocketChannel>() {
                                    @Override
                                    protected void initChannel(SocketChannel channel) {
                                        channel.pipeline()
                                                .addLast(
                                                        new HttpClientCodec(),
                                                        new HttpObjectAggregator(Wire.MOST_BYTES),
                                                        new Answering());
                                    }
                                });
    }

    private record Call(ByteBuf body, CompletableFuture<float[]> answer) {}

    /** What pCTRs to ask for; completed in this client's event loop. */
    interface Request {
        int bytes();

        void write(ByteBuf to);
    }

    /**
     * What {@code then} makes of [N], in this client's event loop; fails where the server is away
     * or refuses.
     */
    <T> CompletableFuture<T> score(Request request, Function<float[], T> then) {
        CompletableFuture<float[]> answer = new CompletableFuture<>();
        // before anything can complete it: what comes later might run in the caller's thread
        CompletableFuture<T> made = answer.thenApply(then);
        ByteBuf body = ByteBufAllocator.DEFAULT.buffer(request.bytes());
        request.write(body);
        loop.execute(() -> accept(new Call(body, answer)));
        return made;
    }

    private void accept(Call call) {
        Channel channel = free.poll();
        if (channel != null) {
            send(channel, call);
        } else if (open < most) {
            open++;
            bootstrap.connect().addListener((ChannelFuture done) -> connected(done, call));
        } else {
            waiting.add(call);
        }
    }

    private void connected(ChannelFuture done, Call call) {
        if (done.isSuccess()) {
            send(done.channel(), call);
        } else {
            open--;
            fail(call, done.cause());
            failWaiting(done.cause());
        }
    }

    private static void send(Channel channel, Call call) {
        DefaultFullHttpRequest request =
                new DefaultFullHttpRequest(
                        HttpVersion.HTTP_1_1, HttpMethod.POST, Wire.SCORE, call.body);
        request.headers()
                .set(HttpHeaderNames.HOST, "localhost")
                .setInt(HttpHeaderNames.CONTENT_LENGTH, call.body.readableBytes());
        channel.pipeline().get(Answering.class).call = call;
        channel.writeAndFlush(request, channel.voidPromise());
    }

    /** Where nobody can be reached, those that wait for a connection are not kept waiting. */
    private void failWaiting(Throwable why) {
        if (open == 0) {
            for (Call call = waiting.poll(); call != null; call = waiting.poll()) {
                fail(call, why);
            }
        }
    }

    private static void fail(Call call, Throwable why) {
        if (call.body.refCnt() > 0) {
            call.body.release();
        }
        call.answer.completeExceptionally(why);
    }

    private final class Answering extends SimpleChannelInboundHandler<FullHttpResponse> {
        private Call call;

        @Override
        protected void channelRead0(ChannelHandlerContext context, FullHttpResponse response) {
            Call answered = call;
            call = null;
            Call next = waiting.poll();
            if (next == null) {
                free.add(context.channel());
            } else {
                send(context.channel(), next);
            }
            if (!response.status().equals(HttpResponseStatus.OK)) {
                answered.answer.completeExceptionally(
                        new IOException("the model server answered " + response.status()));
                return;
            }
            ByteBuf body = response.content();
            float[] pctr = new float[body.readableBytes() / Float.BYTES];
            for (int n = 0; n < pctr.length; n++) {
                pctr[n] = body.readFloat();
            }
            answered.answer.complete(pctr);
        }

        @Override
        public void channelInactive(ChannelHandlerContext context) {
            open--;
            free.remove(context.channel());
            IOException gone = new IOException("the model server has closed the connection");
            if (call != null) {
                call.answer.completeExceptionally(gone);
                call = null;
            }
            failWaiting(gone);
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
            context.close();
        }
    }

    @Override
    public void close() {
        group.shutdownGracefully(0, 1, TimeUnit.SECONDS).awaitUninterruptibly();
    }
}
