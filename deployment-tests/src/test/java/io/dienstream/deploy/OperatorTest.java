package io.dienstream.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

/**
 * The operator's own validator takes the deployments, and what it makes of their pod templates are
 * pods that an API server takes. Each check is seen failing on what was once deployed.
 */
class OperatorTest {
    private static final String CHECKPOINTS = "execution.checkpointing.dir";
    private static final String BY_NAME = "kubernetes.operator.pod-template.merge-arrays-by-name";

    private static Operator operator;

    @BeforeAll
    static void start() throws Exception {
        operator = new Operator();
    }

    @AfterAll
    static void stop() throws IOException {
        operator.close();
    }

    private static JsonNode deployment(String overlay) throws IOException {
        return Manifests.rendered(overlay).one("FlinkDeployment");
    }

    /** The deployment without one of its settings. */
    private static JsonNode without(String overlay, String setting) throws IOException {
        JsonNode deployment = deployment(overlay).deepCopy();
        ObjectNode settings = (ObjectNode) deployment.at("/spec/flinkConfiguration");
        assertThat(settings.remove(setting)).as(setting).isNotNull();
        return deployment;
    }

    @EveryDeployment
    void theValidatorTakesIt(String overlay) throws Exception {
        assertThat(operator.refusal(deployment(overlay))).isEmpty();
    }

    /** The job's own option for the directory does not count. */
    @EveryDeployment
    void theValidatorMissesACheckpointDirectory(String overlay) throws Exception {
        assertThat(operator.refusal(without(overlay, CHECKPOINTS)))
                .hasValueSatisfying(r -> assertThat(r).contains("Checkpoint directory"));
    }

    @EveryDeployment
    void mergedTemplatesArePods(String overlay) throws Exception {
        JsonNode deployment = deployment(overlay);
        JsonNode jobManager = operator.pod(deployment, "jobManager");
        JsonNode taskManager = operator.pod(deployment, "taskManager");
        assertThat(faults(jobManager)).isEmpty();
        assertThat(faults(taskManager)).isEmpty();
        int common = deployment.at("/spec/podTemplate/spec/volumes").size();
        assertThat(jobManager.at("/spec/volumes")).hasSize(common);
        assertThat(taskManager.at("/spec/volumes")).hasSize(common + 1);
        for (JsonNode pod : List.of(jobManager, taskManager)) {
            assertThat(pod.at("/spec/containers")).hasSize(1);
            assertThat(pod.at("/spec/containers/0").has("readinessProbe")).isTrue();
            assertThat(Restricted.faults(pod)).isEmpty();
        }
    }

    @EveryDeployment
    void templatesMergedByPositionAreNoPods(String overlay) throws Exception {
        JsonNode pod = operator.pod(without(overlay, BY_NAME), "taskManager");
        assertThat(faults(pod))
                .anyMatch(f -> f.startsWith("volume rocksdb has sources [configMap, "));
    }

    /** What an API server would refuse the pod for. */
    private static List<String> faults(JsonNode pod) {
        List<String> faults = new ArrayList<>();
        Set<String> volumes = new TreeSet<>();
        for (JsonNode volume : pod.at("/spec/volumes")) {
            String name = volume.get("name").asText();
            List<String> sources = new ArrayList<>();
            volume.fieldNames().forEachRemaining(sources::add);
            sources.remove("name");
            if (sources.size() != 1) {
                faults.add("volume " + name + " has sources " + sources);
            }
            if (!volumes.add(name)) {
                faults.add("two volumes " + name);
            }
        }
        for (JsonNode container : pod.at("/spec/containers")) {
            Set<String> paths = new TreeSet<>();
            for (JsonNode mount : container.path("volumeMounts")) {
                if (!volumes.contains(mount.get("name").asText())) {
                    faults.add("no volume for " + mount);
                }
                if (!paths.add(mount.get("mountPath").asText())) {
                    faults.add("two mounts at " + mount);
                }
            }
        }
        return faults;
    }
}
