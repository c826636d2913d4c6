package io.dienstream.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.Namespace;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaim;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.ServiceAccount;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicy;
import io.fabric8.kubernetes.api.model.policy.v1.PodDisruptionBudget;
import io.fabric8.kubernetes.api.model.rbac.Role;
import io.fabric8.kubernetes.api.model.rbac.RoleBinding;
import io.fabric8.openshift.api.model.monitoring.v1.PodMonitor;
import io.fabric8.openshift.api.model.monitoring.v1.PrometheusRule;
import io.strimzi.api.kafka.model.kafka.Kafka;
import io.strimzi.api.kafka.model.nodepool.KafkaNodePool;
import io.strimzi.api.kafka.model.topic.KafkaTopic;
import io.strimzi.api.kafka.model.user.KafkaUser;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Every object is what its controller can read, and nothing that it would silently ignore. */
class ManifestSchemaTest {
    private static final String CRDS = "/META-INF/fabric8/";

    private static final Map<String, Class<?>> CLASSES =
            Map.ofEntries(
                    Map.entry("v1 Namespace", Namespace.class),
                    Map.entry("v1 ServiceAccount", ServiceAccount.class),
                    Map.entry("v1 ConfigMap", ConfigMap.class),
                    Map.entry("v1 Pod", Pod.class),
                    Map.entry("v1 PersistentVolumeClaim", PersistentVolumeClaim.class),
                    Map.entry("rbac.authorization.k8s.io/v1 Role", Role.class),
                    Map.entry("rbac.authorization.k8s.io/v1 RoleBinding", RoleBinding.class),
                    Map.entry("networking.k8s.io/v1 NetworkPolicy", NetworkPolicy.class),
                    Map.entry("policy/v1 PodDisruptionBudget", PodDisruptionBudget.class),
                    Map.entry("monitoring.coreos.com/v1 PodMonitor", PodMonitor.class),
                    Map.entry("monitoring.coreos.com/v1 PrometheusRule", PrometheusRule.class),
                    Map.entry("kafka.strimzi.io/v1 Kafka", Kafka.class),
                    Map.entry("kafka.strimzi.io/v1 KafkaNodePool", KafkaNodePool.class),
                    Map.entry("kafka.strimzi.io/v1 KafkaTopic", KafkaTopic.class),
                    Map.entry("kafka.strimzi.io/v1 KafkaUser", KafkaUser.class));

    private static CustomResources customResources;

    @BeforeAll
    static void definitions() throws IOException {
        customResources =
                new CustomResources()
                        // the released definitions are of an operator before Flink 2.2
                        .add(CRDS + "flinkdeployments.flink.apache.org-v1.yml", "v2_2")
                        .add(CRDS + "flinkstatesnapshots.flink.apache.org-v1.yml");
    }

    private static List<String> errors(JsonNode object) {
        String kind = Manifests.kind(object);
        List<String> errors = new ArrayList<>();
        if (customResources.has(kind)) {
            errors.addAll(customResources.errors(kind, object));
            errors.addAll(StrictObjects.errors(object.path("metadata"), ObjectMeta.class));
        } else if (CLASSES.containsKey(kind)) {
            errors.addAll(StrictObjects.errors(object, CLASSES.get(kind)));
        } else {
            errors.add("nobody knows this kind");
        }
        String at = kind + " " + object.at("/metadata/name").asText() + ": ";
        return errors.stream().map(e -> at + e).toList();
    }

    private static List<String> errors(Manifests manifests) {
        return manifests.objects().stream().flatMap(o -> errors(o).stream()).toList();
    }

    @EveryDeployment
    void everyObjectIsWhatItsControllerReads(String overlay) throws IOException {
        Manifests manifests = Manifests.rendered(overlay);
        assertThat(manifests.objects()).hasSizeGreaterThan(15);
        assertThat(errors(manifests)).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"savepoint", "models-loader", "simulator"})
    void everyExampleIs(String name) throws IOException {
        Manifests example =
                Manifests.read(Manifests.ROOT.resolve("k8s/examples/" + name + ".yaml"));
        assertThat(example.objects()).isNotEmpty();
        assertThat(errors(example)).isEmpty();
    }

    /** The check itself: a key that nobody knows, anywhere in any object, does not pass. */
    @Test
    void noTypoPasses() throws IOException {
        List<String> missed = new ArrayList<>();
        int places = 0;
        for (JsonNode object : Manifests.rendered("local").objects()) {
            places += misspell(object, object, "", missed);
        }
        assertThat(places).isGreaterThan(150);
        // maps of free text: any key is right there
        assertThat(missed)
                .allMatch(
                        path ->
                                path.matches(
                                        ".*(/labels|/annotations|/data|/matchLabels|/requests"
                                                + "|/limits|/flinkConfiguration|/config"
                                                + "|/nodeSelector|/logConfiguration)"));
    }

    private static int misspell(JsonNode object, JsonNode at, String path, List<String> missed) {
        int places = 0;
        if (at instanceof ObjectNode node) {
            places++;
            node.put("misspelt", "x");
            if (errors(object).isEmpty()) {
                missed.add(object.path("kind").asText() + path);
            }
            node.remove("misspelt");
            for (Map.Entry<String, JsonNode> e : List.copyOf(node.properties())) {
                places += misspell(object, e.getValue(), path + "/" + e.getKey(), missed);
            }
        } else if (at.isArray()) {
            for (JsonNode element : at) {
                places += misspell(object, element, path, missed);
            }
        }
        return places;
    }
}
