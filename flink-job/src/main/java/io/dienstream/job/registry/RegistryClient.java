package io.dienstream.job.registry;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.dienstream.job.option.JobOptions;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.apache.avro.Schema;
import org.apache.avro.SchemaParseException;

/**
 * The part of Confluent's schema registry API that reading and writing needs. What was asked once
 * is kept: an id never changes its schema. A registry that is away or overloaded is asked again,
 * with growing pauses, until {@code schema-registry.timeout}. Not thread safe.
 */
public final class RegistryClient {
    private static final Duration REQUEST_TIMEOUT = Duration.ofSeconds(10);
    private static final long FIRST_PAUSE_MS = 100;
    private static final long LONGEST_PAUSE_MS = 5_000;
    private static final String CONTENT_TYPE = "application/vnd.schemaregistry.v1+json";
    private static final ObjectMapper JSON = new ObjectMapper();

    private final HttpClient http = HttpClient.newBuilder().connectTimeout(REQUEST_TIMEOUT).build();
    private final String url;
    private final String authorization;
    private final Duration timeout;
    private final Map<Integer, Optional<Schema>> schemas = new HashMap<>();

    /**
     * @throws RegistryException where the credentials cannot be read
     */
    public RegistryClient(JobOptions options) throws RegistryException {
        url = options.get(JobOptions.REGISTRY_URL).replaceAll("/+$", "");
        timeout = options.get(JobOptions.REGISTRY_TIMEOUT);
        String file = options.get(JobOptions.REGISTRY_CREDENTIALS);
        authorization = file.isEmpty() ? null : authorization(Path.of(file));
    }

    private static String authorization(Path file) throws RegistryException {
        try {
            String credentials = Files.readString(file).strip();
            return credentials.contains(":")
                    ? "Basic "
                            + Base64.getEncoder()
                                    .encodeToString(credentials.getBytes(StandardCharsets.UTF_8))
                    : "Bearer " + credentials;
        } catch (IOException e) {
            throw new RegistryException(
                    "%s = '%s' cannot be read (%s)"
                            .formatted(
                                    JobOptions.REGISTRY_CREDENTIALS.key(),
                                    file,
                                    e.getClass().getSimpleName()),
                    e);
        }
    }

    /**
     * The writer's schema that {@code id} stands for; nothing where the registry has no such id or
     * it is no Avro.
     */
    public Optional<Schema> schema(int id) throws RegistryException {
        Optional<Schema> known = schemas.get(id);
        if (known == null) {
            known = ask(id);
            schemas.put(id, known);
        }
        return known;
    }

    private Optional<Schema> ask(int id) throws RegistryException {
        HttpResponse<String> response = send("GET", "/schemas/ids/" + id, null);
        if (response.statusCode() == 404) {
            return Optional.empty();
        }
        JsonNode answer = answer(response);
        if (!answer.path("schemaType").asText("AVRO").equals("AVRO")) {
            return Optional.empty();
        }
        try {
            return Optional.of(new Schema.Parser().parse(answer.path("schema").asText()));
        } catch (SchemaParseException e) {
            return Optional.empty();
        }
    }

    /**
     * The id of {@code schema} under {@code subject}, where it is registered unless it was.
     *
     * @throws RegistryException also where the registry finds it incompatible with what is there
     */
    public int register(String subject, Schema schema) throws RegistryException {
        String body = JSON.createObjectNode().put("schema", schema.toString()).toString();
        String path = "/subjects/" + URLEncoder.encode(subject, StandardCharsets.UTF_8);
        HttpResponse<String> response = send("POST", path + "/versions", body);
        if (response.statusCode() == 409) {
            throw new RegistryException(
                    "the schema registry at %s finds %s incompatible with subject %s: another version"
                                    .formatted(url, schema.getName(), subject)
                            + " of the job wrote there; see docs/OPERATIONS.md, schema registry");
        }
        return answer(response).path("id").asInt();
    }

    private JsonNode answer(HttpResponse<String> response) throws RegistryException {
        int status = response.statusCode();
        if (status == 401 || status == 403) {
            throw new RegistryException(
                    "the schema registry at %s refused us (HTTP %d): check %s"
                            .formatted(url, status, JobOptions.REGISTRY_CREDENTIALS.key()));
        }
        if (status != 200) {
            throw new RegistryException(
                    "the schema registry at %s answered HTTP %d to %s"
                            .formatted(url, status, response.uri().getPath()));
        }
        try {
            return JSON.readTree(response.body());
        } catch (IOException e) {
            throw new RegistryException(
                    "%s is no schema registry: its answer to %s is no JSON"
                            .formatted(url, response.uri().getPath()),
                    e);
        }
    }

    private HttpResponse<String> send(String method, String path, String body)
            throws RegistryException {
        long deadline = System.nanoTime() + timeout.toNanos();
        long pause = FIRST_PAUSE_MS;
        while (true) {
            Exception failure = null;
            HttpResponse<String> response = null;
            try {
                response = http.send(request(method, path, body), utf8());
                if (response.statusCode() < 500 && response.statusCode() != 429) {
                    return response;
                }
            } catch (IOException e) {
                failure = e;
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new RegistryException("interrupted while asking the schema registry", e);
            }
            if (System.nanoTime() + Duration.ofMillis(pause).toNanos() > deadline) {
                throw away(failure, response);
            }
            sleep(pause);
            pause = Math.min(2 * pause, LONGEST_PAUSE_MS);
        }
    }

    private static HttpResponse.BodyHandler<String> utf8() {
        return HttpResponse.BodyHandlers.ofString(StandardCharsets.UTF_8);
    }

    private HttpRequest request(String method, String path, String body) {
        HttpRequest.Builder request =
                HttpRequest.newBuilder(URI.create(url + path))
                        .timeout(REQUEST_TIMEOUT)
                        .header("Accept", CONTENT_TYPE)
                        .header("Content-Type", CONTENT_TYPE)
                        .method(
                                method,
                                body == null
                                        ? HttpRequest.BodyPublishers.noBody()
                                        : HttpRequest.BodyPublishers.ofString(body));
        if (authorization != null) {
            request.header("Authorization", authorization);
        }
        return request.build();
    }

    private RegistryException away(Exception failure, HttpResponse<String> response) {
        String why =
                failure == null
                        ? "HTTP " + response.statusCode()
                        : failure.getClass().getSimpleName();
        return new RegistryException(
                "the schema registry at %s did not answer within %d s (%s): is it running, and is %s"
                                .formatted(
                                        url,
                                        timeout.toSeconds(),
                                        why,
                                        JobOptions.REGISTRY_URL.key())
                        + " right?",
                failure);
    }

    private static void sleep(long ms) throws RegistryException {
        try {
            Thread.sleep(ms);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new RegistryException("interrupted while waiting for the schema registry", e);
        }
    }
}
