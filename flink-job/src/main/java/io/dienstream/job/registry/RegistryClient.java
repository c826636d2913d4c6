package io.dienstream.job.registry;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.dienstream.job.option.JobOptions;
import io.dienstream.job.option.Settings;
import java.io.IOException;
import java.io.InputStream;
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
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongSupplier;
import org.apache.avro.Schema;
import org.apache.avro.SchemaParseException;

/**
 * The part of Confluent's schema registry API that reading and writing needs. A schema that was
 * found is kept: an id never changes it. That there is none is kept for a minute, and of the newest
 * ids alone: it may be registered yet, and whoever writes the topic may invent ids without end. A
 * registry that is away or overloaded is asked again, with growing pauses, until {@code
 * schema-registry.timeout}. Credentials go to the configured host alone: redirects are not
 * followed. Not thread safe.
 */
public final class RegistryClient {
    private static final Duration REQUEST_TIMEOUT = Duration.ofSeconds(10);
    private static final long FIRST_PAUSE_MS = 100;
    private static final long LONGEST_PAUSE_MS = 5_000;
    private static final String CONTENT_TYPE = "application/vnd.schemaregistry.v1+json";
    private static final ObjectMapper JSON = new ObjectMapper();

    private static final int UNAUTHORIZED = 401;
    private static final int FORBIDDEN = 403;
    private static final int TOO_MANY = 429;

    /** More than any schema; a registry that answers more is none. */
    private static final int MOST_ANSWER_BYTES = 4 << 20;

    private static final int MOST_SCHEMAS = 10_000;
    private static final int MOST_UNKNOWN = 1_000;
    private static final long UNKNOWN_NANOS = Duration.ofMinutes(1).toNanos();

    private final HttpClient http =
            HttpClient.newBuilder()
                    .connectTimeout(REQUEST_TIMEOUT)
                    .followRedirects(HttpClient.Redirect.NEVER)
                    .build();
    private final LongSupplier nanoClock;
    private final String url;
    private final String authorization;
    private final Duration timeout;
    private final Map<Integer, Schema> schemas = newest(MOST_SCHEMAS);

    /** Since when an id is known to be none, by {@link #nanoClock}. */
    private final Map<Integer, Long> unknown = newest(MOST_UNKNOWN);

    /**
     * @throws RegistryException where the credentials cannot be read
     */
    public RegistryClient(Settings options) throws RegistryException {
        this(options, System::nanoTime);
    }

    RegistryClient(Settings options, LongSupplier nanoClock) throws RegistryException {
        this.nanoClock = nanoClock;
        url = options.get(JobOptions.REGISTRY_URL).replaceAll("/+$", "");
        if (url.matches("[a-z]+://[^/]*@.*")) {
            throw new RegistryException(
                    "%s holds credentials, which logs would show: put them into the file of %s"
                            .formatted(
                                    JobOptions.REGISTRY_URL.key(),
                                    JobOptions.REGISTRY_CREDENTIALS.key()));
        }
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
        Schema known = schemas.get(id);
        if (known != null) {
            return Optional.of(known);
        }
        long now = nanoClock.getAsLong();
        Long since = unknown.get(id);
        if (since != null && now - since < UNKNOWN_NANOS) {
            return Optional.empty();
        }
        Optional<Schema> schema = ask(id);
        if (schema.isPresent()) {
            schemas.put(id, schema.get());
            unknown.remove(id);
        } else {
            unknown.put(id, now);
        }
        return schema;
    }

    private static <V> Map<Integer, V> newest(int most) {
        return new LinkedHashMap<>() {
            private static final long serialVersionUID = 1;

            @Override
            protected boolean removeEldestEntry(Map.Entry<Integer, V> eldest) {
                return size() > most;
            }
        };
    }

    private Optional<Schema> ask(int id) throws RegistryException {
        Answer answer = send("GET", "/schemas/ids/" + id, null);
        boolean refused = answer.status() == UNAUTHORIZED || answer.status() == FORBIDDEN;
        if (answer.status() / 100 == 4 && !refused) {
            return Optional.empty(); // whatever is wrong, it is wrong with this id
        }
        JsonNode json = json(answer);
        if (!json.path("schemaType").asText("AVRO").equals("AVRO")) {
            return Optional.empty();
        }
        try {
            return Optional.of(new Schema.Parser().parse(json.path("schema").asText()));
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
        Answer answer = send("POST", path + "/versions", body);
        if (answer.status() == 409) {
            throw new RegistryException(
                    "the schema registry at %s finds %s incompatible with subject %s: another version"
                                    .formatted(url, schema.getName(), subject)
                            + " of the job wrote there; see docs/operate/deploy.md#schema-registry");
        }
        return json(answer).path("id").asInt();
    }

    private JsonNode json(Answer answer) throws RegistryException {
        int status = answer.status();
        if (status == UNAUTHORIZED || status == FORBIDDEN) {
            throw new RegistryException(
                    "the schema registry at %s refused us (HTTP %d): check %s"
                            .formatted(url, status, JobOptions.REGISTRY_CREDENTIALS.key()));
        }
        if (status != 200) {
            throw new RegistryException(
                    "the schema registry at %s answered HTTP %d to %s"
                            .formatted(url, status, answer.path()));
        }
        try {
            return JSON.readTree(answer.body());
        } catch (IOException e) {
            throw new RegistryException(
                    "%s is no schema registry: its answer to %s is no JSON"
                            .formatted(url, answer.path()),
                    e);
        }
    }

    private record Answer(int status, String path, byte[] body) {}

    private Answer send(String method, String path, String body) throws RegistryException {
        long deadline = System.nanoTime() + timeout.toNanos();
        long pause = FIRST_PAUSE_MS;
        while (true) {
            Exception failure = null;
            Answer answer = null;
            try {
                answer = once(method, path, body);
                if (answer.status() < 500 && answer.status() != TOO_MANY) {
                    return answer;
                }
            } catch (RegistryException e) {
                throw e;
            } catch (IOException e) {
                failure = e;
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new RegistryException("interrupted while asking the schema registry", e);
            }
            if (System.nanoTime() + Duration.ofMillis(pause).toNanos() > deadline) {
                throw away(failure, answer);
            }
            sleep(pause);
            pause = Math.min(2 * pause, LONGEST_PAUSE_MS);
        }
    }

    private Answer once(String method, String path, String body)
            throws IOException, InterruptedException {
        HttpResponse<InputStream> response =
                http.send(request(method, path, body), HttpResponse.BodyHandlers.ofInputStream());
        try (InputStream in = response.body()) {
            byte[] bytes = in.readNBytes(MOST_ANSWER_BYTES + 1);
            if (bytes.length > MOST_ANSWER_BYTES) {
                throw new RegistryException(
                        "%s is no schema registry: it answers more than %d bytes to %s"
                                .formatted(url, MOST_ANSWER_BYTES, path));
            }
            return new Answer(response.statusCode(), path, bytes);
        }
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

    private RegistryException away(Exception failure, Answer answer) {
        String why =
                failure == null ? "HTTP " + answer.status() : failure.getClass().getSimpleName();
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
