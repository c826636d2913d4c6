package io.dienstream.console.watch;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;

/** What Flink's REST interface says of its jobs. */
public final class FlinkJobs {
    private static final Duration TIMEOUT = Duration.ofSeconds(3);
    private static final int MOST_BYTES = 1 << 20;
    private static final int MOST_JOBS = 10;

    private final URI rest;
    private final HttpClient http =
            HttpClient.newBuilder()
                    .connectTimeout(TIMEOUT)
                    .followRedirects(HttpClient.Redirect.NEVER)
                    .build();
    private final ObjectMapper json = new ObjectMapper();

    /**
     * @param rest for instance {@code http://127.0.0.1:8081}
     */
    public FlinkJobs(URI rest) {
        this.rest = rest;
    }

    /** {@code {url, jobs: [{id, name, state, since_ms, checkpoints...}]}} or {@code problem}. */
    public ObjectNode read() throws InterruptedException {
        ObjectNode node = JsonNodeFactory.instance.objectNode();
        node.put("url", rest.toString());
        ArrayNode jobs = node.putArray("jobs");
        try {
            for (JsonNode job : get("/jobs/overview").path("jobs")) {
                if (jobs.size() < MOST_JOBS) {
                    jobs.add(job(job));
                }
            }
        } catch (IOException e) {
            node.put("problem", "Flink's REST interface does not answer: " + e.getMessage());
        }
        return node;
    }

    private ObjectNode job(JsonNode overview) throws IOException, InterruptedException {
        ObjectNode job = JsonNodeFactory.instance.objectNode();
        String id = overview.path("jid").asText();
        job.put("id", id);
        job.put("name", overview.path("name").asText());
        job.put("state", overview.path("state").asText());
        job.put("running_ms", overview.path("duration").asLong());
        job.put("tasks", overview.path("tasks").path("running").asInt());
        job.put("all_tasks", overview.path("tasks").path("total").asInt());
        JsonNode checkpoints = get("/jobs/" + id + "/checkpoints");
        job.put("checkpoints", checkpoints.path("counts").path("completed").asLong());
        job.put("failed_checkpoints", checkpoints.path("counts").path("failed").asLong());
        JsonNode newest = checkpoints.path("latest").path("completed");
        if (newest.isObject()) {
            job.put("checkpoint_ms", newest.path("end_to_end_duration").asLong());
            job.put("checkpoint_bytes", newest.path("state_size").asLong());
        }
        return job;
    }

    private JsonNode get(String path) throws IOException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(rest.resolve(path)).timeout(TIMEOUT).build();
        HttpResponse<InputStream> response =
                http.send(request, HttpResponse.BodyHandlers.ofInputStream());
        try (InputStream body = response.body()) {
            if (response.statusCode() != 200) {
                throw new IOException("status " + response.statusCode() + " of " + path);
            }
            return json.readTree(body.readNBytes(MOST_BYTES));
        }
    }
}
