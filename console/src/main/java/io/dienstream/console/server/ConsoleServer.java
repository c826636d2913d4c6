package io.dienstream.console.server;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.dienstream.console.touch.Refusal;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The console over HTTP: the page's files, {@code /api/...} routes with JSON, and one stream of
 * server-sent events. The JDK's own server is enough for that and brings no dependency.
 */
public final class ConsoleServer implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(ConsoleServer.class);
    private static final String API = "/api/";
    private static final String EVENTS = "/api/events";
    private static final int BACKLOG = 32;
    private static final int THREADS = 24;
    private static final int WAITING = 64;
    private static final int MOST_BODY = 64 << 10;
    private static final ObjectMapper JSON = new ObjectMapper();

    private final HttpServer server;
    private final ExecutorService threads;
    private final Door door;
    private final EventPush events;
    private final PageFiles files = new PageFiles();
    private final Map<String, Route> routes = new HashMap<>();

    /** What answers a path. */
    @FunctionalInterface
    public interface Route {
        Reply answer(Call call) throws IOException, InterruptedException, Refusal;
    }

    static {
        // seconds that a client may take to send a request; read when the server's classes load
        if (System.getProperty("sun.net.httpserver.maxReqTime") == null) {
            System.setProperty("sun.net.httpserver.maxReqTime", "20");
        }
    }

    /**
     * @param address port 0: a free one
     * @throws IOException where it cannot be listened on
     */
    public ConsoleServer(InetSocketAddress address, Door door, EventPush events)
            throws IOException {
        this.door = door;
        this.events = events;
        try {
            server = HttpServer.create(address, BACKLOG);
        } catch (IOException e) {
            throw new IOException(
                    "%s:%d cannot be listened on: %s"
                            .formatted(address.getHostString(), address.getPort(), e.getMessage()),
                    e);
        }
        threads =
                new ThreadPoolExecutor(
                        THREADS,
                        THREADS,
                        30,
                        TimeUnit.SECONDS,
                        new LinkedBlockingQueue<>(WAITING),
                        task -> {
                            Thread thread = new Thread(task, "dien-console");
                            thread.setDaemon(true);
                            return thread;
                        });
        server.setExecutor(threads);
        server.createContext("/", this::handle);
    }

    /**
     * Adds a route.
     *
     * @param method GET or POST
     * @param name below {@code /api/}
     */
    public ConsoleServer on(String method, String name, Route route) {
        routes.put(method + " " + API + name, route);
        return this;
    }

    public void start() {
        server.start();
    }

    /** Where it listens. */
    public InetSocketAddress address() {
        return server.getAddress();
    }

    private void handle(HttpExchange exchange) throws IOException {
        try (exchange) {
            Door.protect(exchange.getResponseHeaders());
            String path = exchange.getRequestURI().getPath();
            Reply refusal = door.refusal(exchange, path.startsWith(API));
            if (refusal != null) {
                send(exchange, refusal);
            } else if (path.equals(EVENTS) && exchange.getRequestMethod().equals("GET")) {
                stream(exchange);
            } else {
                send(exchange, reply(exchange, path));
            }
        } catch (IOException e) {
            LOG.debug("a client went away: {}", e.toString());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private Reply reply(HttpExchange exchange, String path) throws InterruptedException {
        String method = exchange.getRequestMethod();
        if (!path.startsWith(API)) {
            Reply file = files.of(path);
            if (file == null) {
                return Reply.problem(404, "no such page");
            }
            return method.equals("GET") ? file : Reply.problem(405, "only GET");
        }
        Route route = routes.get(method + " " + path);
        if (route == null) {
            boolean other = routes.keySet().stream().anyMatch(r -> r.endsWith(" " + path));
            return other ? Reply.problem(405, "another method") : Reply.problem(404, "no such");
        }
        try {
            return route.answer(new Call(query(exchange), body(exchange)));
        } catch (Refusal | JsonProcessingException | IllegalArgumentException e) {
            return Reply.problem(400, e.getMessage());
        } catch (IOException | RuntimeException e) {
            LOG.warn("{} {} failed", method, path, e);
            return Reply.problem(500, e.getMessage() == null ? e.toString() : e.getMessage());
        }
    }

    private static Map<String, String> query(HttpExchange exchange) {
        Map<String, String> query = new HashMap<>();
        String raw = exchange.getRequestURI().getRawQuery();
        for (String pair : raw == null ? new String[0] : raw.split("&", -1)) {
            int at = pair.indexOf('=');
            if (at > 0) {
                query.put(decode(pair.substring(0, at)), decode(pair.substring(at + 1)));
            }
        }
        return query;
    }

    private static String decode(String text) {
        return URLDecoder.decode(text, StandardCharsets.UTF_8);
    }

    private static JsonNode body(HttpExchange exchange) throws IOException {
        try (InputStream in = exchange.getRequestBody()) {
            byte[] body = in.readNBytes(MOST_BODY + 1);
            if (body.length > MOST_BODY) {
                throw new IllegalArgumentException("a body of more than " + MOST_BODY + " bytes");
            }
            return body.length == 0 ? MissingNode.getInstance() : JSON.readTree(body);
        }
    }

    private static void send(HttpExchange exchange, Reply reply) throws IOException {
        exchange.getResponseHeaders().set("Content-Type", reply.type());
        exchange.sendResponseHeaders(reply.status(), reply.body().length);
        try (OutputStream out = exchange.getResponseBody()) {
            out.write(reply.body());
        }
    }

    private void stream(HttpExchange exchange) throws IOException, InterruptedException {
        if (!events.enter()) {
            send(exchange, Reply.problem(503, "too many pages are open already"));
            return;
        }
        try {
            exchange.getResponseHeaders().set("Content-Type", "text/event-stream; charset=utf-8");
            exchange.sendResponseHeaders(200, 0);
            events.run(exchange.getResponseBody());
        } finally {
            events.leave();
        }
    }

    /** Ends all streams too. */
    @Override
    public void close() {
        server.stop(0);
        threads.shutdownNow();
    }
}
