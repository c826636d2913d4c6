package io.dienstream.bench.peer;

import ai.onnxruntime.OrtException;
import io.dienstream.dien.artifact.ModelReader;
import io.dienstream.dien.model.ModelConfig;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpObjectAggregator;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.codec.http.HttpVersion;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A model server in a process of its own: HTTP/1.1 with connections that stay, binary bodies, one
 * event loop, a queue, and as many threads as it is told, each with a session of ONNX Runtime on
 * one thread. What waits in the queue cannot be put into one batch: a graph takes one user.
 */
public final class ModelServer {
    private static final Logger LOG = LoggerFactory.getLogger(ModelServer.class);
    private static final int QUEUED = 10_000;

    private final BlockingQueue<Job> jobs = new ArrayBlockingQueue<>(QUEUED);
    private final ModelConfig model;
    private final Path graph;

    private ModelServer(ModelConfig model, Path graph) {
        this.model = model;
        this.graph = graph;
    }

    private record Job(ChannelHandlerContext context, FullHttpRequest request) {}

    /**
     * Serves until its standard input ends.
     *
     * @param args artifact, graph, port, threads
     */
    public static void main(String[] args) throws Exception {
        ModelServer server =
                new ModelServer(ModelReader.read(Path.of(args[0])).config(), Path.of(args[1]));
        int threads = Integer.parseInt(args[3]);
        for (int i = 0; i < threads; i++) {
            // sessions first: a server that listens is one that answers
            OnnxGraph session = OnnxGraph.of(server.graph, server.model);
            Thread worker = new Thread(() -> server.work(session), "scoring-" + i);
            worker.setDaemon(true);
            worker.start();
        }
        server.listen(Integer.parseInt(args[2]));
        // its input ends with the process that started it, however that ended
        while (System.in.read() >= 0) {
            continue;
        }
        System.exit(0);
    }

    private void listen(int port) throws InterruptedException {
        EventLoopGroup loop = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
        new ServerBootstrap()
                .group(loop)
                .channel(NioServerSocketChannel.class)
                .childOption(ChannelOption.TCP_NODELAY, true)
                .childHandler(
                        new ChannelInitializer<SocketChannel>() {
                            @Override
                            protected void initChannel(SocketChannel channel) {
                                channel.pipeline()
                                        .addLast(
                                                new HttpServerCodec(),
                                                new HttpObjectAggregator(Wire.MOST_BYTES),
                                                new Queueing());
                            }
                        })
                .bind(InetAddress.getLoopbackAddress(), port)
                .sync();
    }

    private final class Queueing extends SimpleChannelInboundHandler<FullHttpRequest> {
        @Override
        protected void channelRead0(ChannelHandlerContext context, FullHttpRequest request) {
            if (!jobs.offer(new Job(context, request.retain()))) {
                request.release();
                answer(context, HttpResponseStatus.SERVICE_UNAVAILABLE, Unpooled.EMPTY_BUFFER);
            }
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
            context.close();
        }
    }

    private void work(OnnxGraph session) {
        try {
            while (true) {
                answer(jobs.take(), session);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void answer(Job job, OnnxGraph session) {
        try {
            float[] pctr =
                    Wire.score(
                            job.request.content(),
                            model.behaviorFields().size(),
                            model.adFields().size(),
                            session);
            ByteBuf body = job.context.alloc().buffer(pctr.length * Float.BYTES);
            for (float p : pctr) {
                body.writeFloat(p);
            }
            answer(job.context, HttpResponseStatus.OK, body);
        } catch (OrtException | RuntimeException e) {
            LOG.error("a request failed", e);
            answer(job.context, HttpResponseStatus.INTERNAL_SERVER_ERROR, Unpooled.EMPTY_BUFFER);
        } finally {
            job.request.release();
        }
    }

    private static void answer(
            ChannelHandlerContext context, HttpResponseStatus status, ByteBuf body) {
        DefaultFullHttpResponse response =
                new DefaultFullHttpResponse(HttpVersion.HTTP_1_1, status, body);
        response.headers().setInt(HttpHeaderNames.CONTENT_LENGTH, body.readableBytes());
        context.writeAndFlush(response, context.voidPromise());
    }

    /** What starts one in a process of its own. */
    static BesideProcess start(Path artifact, Path graph, int port, int threads, Path log)
            throws IOException, InterruptedException {
        return BesideProcess.start(
                List.of(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx512m",
                        "-XX:+UseParallelGC",
                        "-Ddien.log.file=" + log + ".server",
                        ModelServer.class.getName(),
                        artifact.toAbsolutePath().toString(),
                        graph.toAbsolutePath().toString(),
                        Integer.toString(port),
                        Integer.toString(threads)),
                port,
                log);
    }
}
