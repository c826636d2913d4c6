package io.dienstream.it;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import io.dienstream.sandbox.broker.BrokerFiles;
import java.io.File;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.runtime.clusterframework.TaskExecutorProcessSpec;
import org.apache.flink.runtime.clusterframework.TaskExecutorProcessUtils;
import org.apache.flink.runtime.util.config.memory.ProcessMemoryUtils;

/**
 * A Flink installation as the image has it, run as processes: lib/ with Flink alone, usrlib/ with
 * the packaged job, conf/ with the configuration of docker-compose.yml. Flink's start scripts are
 * the only thing that is missing: what they work out is worked out here by the same classes.
 */
final class FlinkProcesses implements AutoCloseable {
    private static final Path JOB = Path.of("../job-jar/target/dien-stream-job.jar");

    /** What comes with the job and so must not come with Flink. */
    private static final Pattern OF_THE_JOB =
            Pattern.compile(
                    "(schemas|dien-model|flink-job|trainer|benchmarks|cli|kafka|avro|jackson-|hash4j"
                            + "|flink-connector-kafka|flink-state-processor|snappy|zstd|lz4).*");

    private static final int TASK_MANAGERS = 2;
    private static final ObjectMapper JSON = new ObjectMapper();

    private final Path home;
    private final Map<String, String> settings = new TreeMap<>();
    private final Map<String, String> environment = new TreeMap<>();
    private final List<Process> processes = new ArrayList<>();
    private final int restPort;

    FlinkProcesses(Path home) throws IOException {
        this.home = home;
        Path lib = Files.createDirectories(home.resolve("lib"));
        for (String entry : System.getProperty("java.class.path").split(File.pathSeparator, -1)) {
            Path jar = Path.of(entry);
            if (Files.isRegularFile(jar)
                    && !OF_THE_JOB.matcher(jar.getFileName().toString()).matches()) {
                Files.createSymbolicLink(lib.resolve(jar.getFileName()), jar.toAbsolutePath());
            }
        }
        Path usrlib = Files.createDirectories(home.resolve("usrlib"));
        Files.copy(JOB, usrlib.resolve(JOB.getFileName()));
        new YAMLMapper()
                .readTree(Path.of("../compose/flink.yaml").toFile())
                .properties()
                .forEach(e -> settings.put(e.getKey(), e.getValue().asText()));
        restPort = BrokerFiles.freePort();
        settings.put("jobmanager.rpc.address", "localhost");
        settings.put("jobmanager.rpc.port", Integer.toString(BrokerFiles.freePort()));
        settings.put("rest.address", "localhost");
        settings.put("rest.port", Integer.toString(restPort));
        settings.put("metrics.reporter.prometheus.port", "20000-29999");
        settings.put("state.backend.rocksdb.localdir", home.resolve("rocksdb").toString());
        settings.keySet().removeIf(key -> key.startsWith("s3."));
    }

    /**
     * Gives its processes an object store, by the plugin that the image has and the settings of
     * docker-compose.yml; before they are started.
     */
    void use(ObjectStore store) throws IOException {
        environment.putAll(ObjectStore.environment(home.resolve("plugins")));
        settings.putAll(store.settings());
    }

    /** Directory for savepoints and checkpoints, as a URI. */
    String state() {
        return home.resolve("state").toUri().toString();
    }

    /**
     * @param savepoint to start from, or null
     * @param job arguments of the job
     */
    void start(String savepoint, List<String> job) throws IOException {
        Path conf = Files.createDirectories(home.resolve("conf"));
        new YAMLMapper().writeValue(conf.resolve("config.yaml").toFile(), settings);
        List<String> jobManager =
                new ArrayList<>(
                        List.of(
                                "org.apache.flink.container.entrypoint"
                                        + ".StandaloneApplicationClusterEntryPoint",
                                "--configDir",
                                conf.toString(),
                                "--job-classname",
                                "io.dienstream.job.AdScoringJob"));
        if (savepoint != null) {
            jobManager.addAll(List.of("--fromSavepoint", savepoint));
        }
        jobManager.addAll(job);
        // it scores nothing: no optimizing compiler has to be waited for
        run(
                "jobmanager",
                List.of("-Xmx512m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1"),
                jobManager);
        TaskExecutorProcessSpec memory =
                TaskExecutorProcessUtils.processSpecFromConfig(Configuration.fromMap(settings));
        for (int n = 1; n <= TASK_MANAGERS; n++) {
            List<String> taskManager =
                    new ArrayList<>(
                            List.of(
                                    "org.apache.flink.runtime.taskexecutor.TaskManagerRunner",
                                    "--configDir",
                                    conf.toString()));
            taskManager.addAll(
                    Arrays.asList(
                            TaskExecutorProcessUtils.generateDynamicConfigsStr(memory)
                                    .strip()
                                    .split(" ")));
            run(
                    "taskmanager-" + n,
                    Arrays.asList(ProcessMemoryUtils.generateJvmParametersStr(memory).split(" ")),
                    taskManager);
        }
    }

    private void run(String name, List<String> jvm, List<String> command) throws IOException {
        List<String> line = new ArrayList<>();
        line.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        line.addAll(jvm);
        line.addAll(Arrays.asList(settings.get("env.java.opts.all").strip().split("\\s+")));
        line.addAll(List.of("-cp", home.resolve("lib") + "/*"));
        line.addAll(command);
        ProcessBuilder builder =
                new ProcessBuilder(line)
                        .redirectErrorStream(true)
                        .redirectOutput(ProcessBuilder.Redirect.appendTo(log(name).toFile()));
        builder.environment().put("FLINK_LIB_DIR", home.resolve("lib").toString());
        builder.environment().putAll(environment);
        processes.add(builder.start());
    }

    Path log(String name) {
        return home.resolve(name + ".log");
    }

    boolean alive() {
        return processes.stream().allMatch(Process::isAlive);
    }

    JsonNode get(String path) throws IOException, InterruptedException {
        return send(HttpRequest.newBuilder(uri(path)).build());
    }

    JsonNode post(String path, String body) throws IOException, InterruptedException {
        return send(
                HttpRequest.newBuilder(uri(path))
                        .header("Content-Type", "application/json")
                        .POST(HttpRequest.BodyPublishers.ofString(body))
                        .build());
    }

    private URI uri(String path) {
        return URI.create("http://localhost:" + restPort + path);
    }

    private static JsonNode send(HttpRequest request) throws IOException, InterruptedException {
        return JSON.readTree(
                HttpClient.newHttpClient()
                        .send(request, HttpResponse.BodyHandlers.ofString())
                        .body());
    }

    /** SIGTERM to whatever is left, and waits. */
    void stop() throws InterruptedException {
        for (Process process : processes) {
            process.destroy();
        }
        for (Process process : processes) {
            if (!process.waitFor(30, TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
        }
        processes.clear();
    }

    @Override
    public void close() {
        processes.forEach(Process::destroyForcibly);
    }
}
