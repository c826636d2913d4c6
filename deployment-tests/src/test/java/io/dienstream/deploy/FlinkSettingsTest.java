package io.dienstream.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.dienstream.job.AdScoringJob;
import io.dienstream.job.learning.LearningJob;
import io.dienstream.job.option.JobOptions;
import io.dienstream.job.option.LearningOptions;
import java.io.IOException;
import java.io.StringReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.TreeMap;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.JobManagerOptions;
import org.apache.flink.configuration.MemorySize;
import org.apache.flink.configuration.TaskManagerOptions;
import org.apache.flink.runtime.clusterframework.TaskExecutorProcessSpec;
import org.apache.flink.runtime.clusterframework.TaskExecutorProcessUtils;
import org.apache.flink.runtime.jobmanager.JobManagerProcessSpec;
import org.apache.flink.runtime.jobmanager.JobManagerProcessUtils;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Every key that the deployments set exists, and Flink can divide the memory that they give. */
class FlinkSettingsTest {
    private static final MemorySize LEAST_MANAGED_A_SLOT = MemorySize.ofMebiBytes(256);
    private static final MemorySize LEAST_HEAP_A_SLOT = MemorySize.ofMebiBytes(192);

    private static FlinkOptions known;

    @BeforeAll
    static void options() throws Exception {
        known = FlinkOptions.all();
        assertThat(known.size()).isGreaterThan(500);
        assertThat(known.has("taskmanager.numberOfTaskSlot")).isFalse();
        assertThat(known.has("job.autoscaler.enable")).isFalse();
    }

    @EveryDeployment
    void kubernetes(String overlay) throws IOException {
        JsonNode spec = Manifests.rendered(overlay).one("FlinkDeployment").get("spec");
        Map<String, String> settings = texts(spec.get("flinkConfiguration"));
        assertThat(settings.keySet()).allMatch(known::has);
        settings.put(
                JobManagerOptions.TOTAL_PROCESS_MEMORY.key(),
                spec.at("/jobManager/resource/memory").asText());
        settings.put(
                TaskManagerOptions.TOTAL_PROCESS_MEMORY.key(),
                spec.at("/taskManager/resource/memory").asText());
        assertMemory(Configuration.fromMap(settings));
    }

    @Test
    void compose() throws IOException {
        JsonNode services = Compose.services();
        JsonNode flink =
                Manifests.read(Manifests.ROOT.resolve("compose/flink.yaml")).objects().get(0);
        Map<String, String> settings = texts(flink);
        assertThat(settings.keySet()).allMatch(known::has);
        Configuration c = Configuration.fromMap(settings);
        assertMemory(c);
        assertThat(limit(services.get("jobmanager")))
                .as("a container's limit above what its process takes")
                .isGreaterThan(c.get(JobManagerOptions.TOTAL_PROCESS_MEMORY));
        assertThat(limit(services.get("taskmanager-1")))
                .isGreaterThan(c.get(TaskManagerOptions.TOTAL_PROCESS_MEMORY));
    }

    private static MemorySize limit(JsonNode service) {
        return MemorySize.parse(service.get("mem_limit").asText());
    }

    /** Flink's own division, which throws where the parts do not add up. */
    private static void assertMemory(Configuration c) {
        TaskExecutorProcessSpec taskManager = TaskExecutorProcessUtils.processSpecFromConfig(c);
        int slots = c.get(TaskManagerOptions.NUM_TASK_SLOTS);
        assertThat(taskManager.getManagedMemorySize().divide(slots))
                .as("RocksDB's memory of a slot")
                .isGreaterThanOrEqualTo(LEAST_MANAGED_A_SLOT);
        assertThat(taskManager.getTaskHeapSize().divide(slots))
                .as("heap of a slot")
                .isGreaterThanOrEqualTo(LEAST_HEAP_A_SLOT);
        JobManagerProcessSpec jobManager = JobManagerProcessUtils.processSpecFromConfig(c);
        assertThat(jobManager.getJvmHeapMemorySize()).isGreaterThan(MemorySize.ofMebiBytes(400));
    }

    /** The job's options: each key exists, each value is allowed, nothing is missing. */
    @Test
    void theJobTakesItsOptions() throws Exception {
        List<String> options = new ArrayList<>();
        for (String overlay : List.of("local", "production")) {
            for (JsonNode map : Manifests.rendered(overlay).ofKind("ConfigMap")) {
                if (map.at("/data").has("options.properties")) {
                    options.add(map.at("/data").get("options.properties").asText());
                }
            }
        }
        assertThat(options).hasSize(2);
        options.add(Files.readString(Manifests.ROOT.resolve("compose/options.properties")));
        for (String text : options) {
            assertThat(JobOptions.of(values(text)).get(JobOptions.PARALLELISM)).isZero();
        }
    }

    @Test
    void theLearningJobTakesItsOptions() throws Exception {
        for (String file :
                List.of("k8s/learning/options.properties", "compose/learning.properties")) {
            Map<String, String> values = values(Files.readString(Manifests.ROOT.resolve(file)));
            assertThat(LearningOptions.of(values).get(JobOptions.PARALLELISM)).isZero();
        }
    }

    private static Map<String, String> values(String text) throws IOException {
        Properties properties = new Properties();
        properties.load(new StringReader(text));
        Map<String, String> values = new HashMap<>();
        properties.stringPropertyNames().forEach(k -> values.put(k, properties.getProperty(k)));
        return values;
    }

    @EveryDeployment
    void namesMatchTheBuild(String overlay) throws IOException {
        JsonNode spec = Manifests.rendered(overlay).one("FlinkDeployment").get("spec");
        String dockerfile = Files.readString(Manifests.ROOT.resolve("Dockerfile"));
        String jar = spec.at("/job/jarURI").asText().replaceFirst("^local://", "");
        assertThat(dockerfile).contains("job-jar/target/dien-stream-job.jar " + jar);
        boolean learning = Manifests.rendered(overlay).isLearning();
        assertThat(spec.at("/job/entryClass").asText())
                .isEqualTo((learning ? LearningJob.class : AdScoringJob.class).getName());
        String version = version();
        assertThat(spec.get("image").asText()).endsWith("dien-stream:" + version);
        assertThat(dockerfile).contains("operate/target/operate-" + version + ".jar");
        assertThat(dockerfile).contains("FLINK_IMAGE=flink:" + property("flink.version") + "-java");
        assertThat(Files.readString(Manifests.ROOT.resolve("docker-compose.yml")))
                .contains("image: dien-stream:" + version)
                .contains("image: dien:" + version);
        for (JsonNode e : spec.at("/podTemplate/spec/containers/0/env")) {
            String name = e.get("name").asText();
            assertThat(name.startsWith("AWS_") || isOption(name)).as(name).isTrue();
        }
    }

    private static boolean isOption(String environment) {
        return JobOptions.ALL.stream().anyMatch(o -> o.environmentName().equals(environment));
    }

    private static String version() throws IOException {
        return pom("<artifactId>dien-stream</artifactId>\\s*<version>([^<]+)");
    }

    private static String property(String name) throws IOException {
        return pom("<" + name + ">([^<]+)");
    }

    private static String pom(String pattern) throws IOException {
        var m =
                java.util.regex.Pattern.compile(pattern)
                        .matcher(Files.readString(Path.of("../pom.xml")));
        assertThat(m.find()).isTrue();
        return m.group(1);
    }

    private static Map<String, String> texts(JsonNode object) {
        Map<String, String> texts = new TreeMap<>();
        object.properties().forEach(e -> texts.put(e.getKey(), e.getValue().asText()));
        return texts;
    }
}
