package io.dienstream.sandbox.soak;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.apache.flink.configuration.Configuration;

/**
 * What RocksDB holds outside the heap, by its own account, read from Flink's metrics. All states of
 * a slot share one cache, and each of them reports the whole of it: the largest counts.
 */
final class RocksDbMemory {
    private static final Duration TIMEOUT = Duration.ofSeconds(10);
    private static final List<String> SHARED = List.of("block-cache-usage");
    private static final List<String> OWN =
            List.of("cur-size-all-mem-tables", "estimate-table-readers-mem");

    private final HttpClient client = HttpClient.newBuilder().connectTimeout(TIMEOUT).build();
    private final ObjectMapper mapper = new ObjectMapper();
    private final URI flink;
    private final String job;

    /**
     * @param flink address of the REST server
     * @param job id
     */
    RocksDbMemory(URI flink, String job) {
        this.flink = flink;
        this.job = job;
    }

    /** Has RocksDB report what is read here. */
    static Configuration reported() {
        Configuration c = new Configuration();
        for (String name : SHARED) {
            c.setString("state.backend.rocksdb.metrics." + name, "true");
        }
        for (String name : OWN) {
            c.setString("state.backend.rocksdb.metrics." + name, "true");
        }
        c.setString("metrics.fetcher.update-interval", "1000");
        return c;
    }

    /**
     * Bytes, or NaN where nothing is reported: no RocksDB, or no metric fetched yet.
     *
     * @throws IOException where Flink does not answer
     */
    double bytes() throws IOException, InterruptedException {
        double sum = 0;
        boolean any = false;
        for (JsonNode vertex : get("/jobs/" + job).path("vertices")) {
            String metrics =
                    "/jobs/%s/vertices/%s/subtasks/metrics"
                            .formatted(job, vertex.path("id").asText());
            List<String> shared = new ArrayList<>();
            List<String> own = new ArrayList<>();
            for (JsonNode metric : get(metrics)) {
                String name = metric.path("id").asText();
                (SHARED.stream().anyMatch(name::endsWith) ? shared : own).add(name);
            }
            own.removeIf(name -> OWN.stream().noneMatch(name::endsWith));
            double largest = Double.NaN;
            for (JsonNode value : values(metrics, shared)) {
                largest = Double.isNaN(largest) ? sum(value) : Math.max(largest, sum(value));
            }
            any |= !Double.isNaN(largest);
            sum += Double.isNaN(largest) ? 0 : largest;
            for (JsonNode value : values(metrics, own)) {
                sum += sum(value);
            }
        }
        return any ? sum : Double.NaN;
    }

    private static double sum(JsonNode metric) {
        return metric.path("sum").asDouble();
    }

    private Iterable<JsonNode> values(String metrics, List<String> names)
            throws IOException, InterruptedException {
        return names.isEmpty()
                ? List.of()
                : get(
                        metrics
                                + "?agg=sum&get="
                                + URLEncoder.encode(
                                        String.join(",", names), StandardCharsets.UTF_8));
    }

    private JsonNode get(String path) throws IOException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(flink.resolve(path)).timeout(TIMEOUT).build();
        HttpResponse<byte[]> answer = client.send(request, HttpResponse.BodyHandlers.ofByteArray());
        if (answer.statusCode() != 200) {
            throw new IOException(request.uri() + " answered " + answer.statusCode());
        }
        return mapper.readTree(answer.body());
    }
}
