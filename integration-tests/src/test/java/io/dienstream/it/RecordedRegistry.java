package io.dienstream.it;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.avro.Schema;
import org.apache.avro.SchemaCompatibility;

/**
 * The two calls that the job makes of a schema registry, answered as Confluent's API documents it,
 * with basic authentication. It can be away, and it can be overloaded.
 */
final class RecordedRegistry implements AutoCloseable {
    private static final ObjectMapper JSON = new ObjectMapper();

    private final HttpServer server;
    private final String authorization;
    private final List<Schema> schemas = new ArrayList<>();
    private final Map<String, List<Integer>> subjects = new TreeMap<>();
    final AtomicInteger overloaded = new AtomicInteger();
    final AtomicInteger requests = new AtomicInteger();

    RecordedRegistry(int port, String credentials) throws IOException {
        authorization =
                "Basic "
                        + Base64.getEncoder()
                                .encodeToString(credentials.getBytes(StandardCharsets.UTF_8));
        server =
                HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 0);
        server.createContext("/", this::handle);
        server.start();
    }

    int port() {
        return server.getAddress().getPort();
    }

    private synchronized void handle(HttpExchange exchange) throws IOException {
        requests.incrementAndGet();
        String path = exchange.getRequestURI().getPath();
        if (overloaded.getAndUpdate(n -> Math.max(0, n - 1)) > 0) {
            answer(exchange, 503, error(50302, "overloaded"));
        } else if (!authorization.equals(exchange.getRequestHeaders().getFirst("Authorization"))) {
            answer(exchange, 401, error(401, "Unauthorized"));
        } else if (path.startsWith("/schemas/ids/")) {
            int id = Integer.parseInt(path.substring("/schemas/ids/".length()));
            if (id < 1 || id > schemas.size()) {
                answer(exchange, 404, error(40403, "Schema " + id + " not found"));
            } else {
                String text = schemas.get(id - 1).toString();
                answer(exchange, 200, JSON.createObjectNode().put("schema", text));
            }
        } else if (path.matches("/subjects/[^/]+/versions")) {
            JsonNode body = JSON.readTree(exchange.getRequestBody());
            int id = register(path.split("/")[2], body.get("schema").asText());
            if (id < 0) {
                answer(exchange, 409, error(409, "Schema being registered is incompatible"));
            } else {
                answer(exchange, 200, JSON.createObjectNode().put("id", id));
            }
        } else {
            answer(exchange, 404, error(404, "HTTP 404 Not Found"));
        }
    }

    /** The id, or -1 for a schema that cannot read what was written last. */
    synchronized int register(String subject, String text) {
        Schema schema = new Schema.Parser().parse(text);
        List<Integer> versions = subjects.computeIfAbsent(subject, s -> new ArrayList<>());
        if (!versions.isEmpty()) {
            Schema last = schemas.get(versions.get(versions.size() - 1) - 1);
            var compatibility =
                    SchemaCompatibility.checkReaderWriterCompatibility(schema, last).getType();
            if (compatibility != SchemaCompatibility.SchemaCompatibilityType.COMPATIBLE) {
                return -1;
            }
        }
        int id = schemas.indexOf(schema) + 1;
        if (id == 0) {
            schemas.add(schema);
            id = schemas.size();
        }
        versions.add(id);
        return id;
    }

    private static ObjectNode error(int code, String message) {
        return JSON.createObjectNode().put("error_code", code).put("message", message);
    }

    private static void answer(HttpExchange exchange, int status, ObjectNode body)
            throws IOException {
        byte[] bytes = body.toString().getBytes(StandardCharsets.UTF_8);
        exchange.getResponseHeaders().add("Content-Type", "application/vnd.schemaregistry.v1+json");
        exchange.sendResponseHeaders(status, bytes.length);
        exchange.getResponseBody().write(bytes);
        exchange.close();
    }

    @Override
    public void close() {
        server.stop(0);
    }
}
