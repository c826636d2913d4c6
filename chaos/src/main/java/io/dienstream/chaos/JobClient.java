package io.dienstream.chaos;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;

/** What the JobManager's REST interface says of the one job of the cluster. */
final class JobClient {
    private static final Duration TIMEOUT = Duration.ofSeconds(5);
    private static final long LOOK_NANOS = 200_000_000;
    private static final int ACCEPTED = 300;

    private final ObjectMapper json = new ObjectMapper();
    private final HttpClient http =
            HttpClient.newBuilder()
                    .connectTimeout(TIMEOUT)
                    .version(HttpClient.Version.HTTP_1_1)
                    .build();
    private final String url;

    JobClient(String url) {
        this.url = url;
    }

    /** State of the job, or UNKNOWN while nobody answers. */
    String state() throws InterruptedException {
        try {
            JsonNode jobs = get("/jobs/overview").path("jobs");
            return jobs.isEmpty() ? "UNKNOWN" : jobs.get(0).path("state").asText();
        } catch (IOException e) {
            return "UNKNOWN";
        }
    }

    /**
     * Stops the job with a savepoint.
     *
     * @param endOfTime whether every timer fires and every record that is held leaves before
     * @return the savepoint's URI
     * @throws IOException where it did not come about
     */
    String stop(String targetDirectory, boolean endOfTime, Duration most)
            throws IOException, InterruptedException {
        String job = get("/jobs/overview").path("jobs").get(0).path("jid").asText();
        Map<String, Object> body = Map.of("targetDirectory", targetDirectory, "drain", endOfTime);
        HttpRequest stop =
                request("/jobs/" + job + "/stop")
                        .header("Content-Type", "application/json")
                        .POST(HttpRequest.BodyPublishers.ofString(json.writeValueAsString(body)))
                        .build();
        String trigger = send(stop).path("request-id").asText();
        long end = System.nanoTime() + most.toNanos();
        while (System.nanoTime() < end) {
            JsonNode status = get("/jobs/" + job + "/savepoints/" + trigger);
            if (status.path("status").path("id").asText().equals("COMPLETED")) {
                JsonNode operation = status.path("operation");
                if (operation.has("location")) {
                    return operation.path("location").asText();
                }
                throw new IOException("the job did not stop: " + operation);
            }
            LockSupport.parkNanos(LOOK_NANOS);
        }
        throw new IOException("the job did not stop within " + most);
    }

    private HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(URI.create(url + path)).timeout(TIMEOUT);
    }

    private JsonNode get(String path) throws IOException, InterruptedException {
        return send(request(path).GET().build());
    }

    private JsonNode send(HttpRequest request) throws IOException, InterruptedException {
        HttpResponse<String> response = http.send(request, HttpResponse.BodyHandlers.ofString());
        if (response.statusCode() >= ACCEPTED) {
            throw new IOException(request.uri() + ": " + response.body());
        }
        return json.readTree(response.body());
    }
}
