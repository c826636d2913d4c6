package io.dienstream.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.util.List;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The pods of k8s/examples are let in where they go, and name what is there; and so does the page
 * that has the commands.
 */
class ExamplesTest {
    private static Manifests example(String name) throws IOException {
        return Manifests.read(Manifests.ROOT.resolve("k8s/examples/" + name + ".yaml"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"models-loader", "simulator"})
    void podsAreRestricted(String name) throws IOException {
        JsonNode pod = example(name).one("Pod");
        assertThat(Restricted.faults(pod)).isEmpty();
        assertThat(pod.at("/spec/automountServiceAccountToken").asBoolean(true)).isFalse();
        assertThat(pod.at("/spec/containers/0/securityContext/readOnlyRootFilesystem").asBoolean())
                .isTrue();
        assertThat(pod.at("/spec/containers/0/resources/limits").has("memory")).isTrue();
    }

    /** The check itself: each field counts. */
    @Test
    void aPodWithoutAnyOfThemIsRefused() throws IOException {
        JsonNode pod = example("models-loader").one("Pod");
        for (String field : List.of("runAsNonRoot", "runAsUser", "seccompProfile")) {
            JsonNode without = pod.deepCopy();
            ((ObjectNode) without.at("/spec/securityContext")).remove(field);
            assertThat(Restricted.faults(without)).as(field).hasSize(1);
        }
        for (String field : List.of("allowPrivilegeEscalation", "capabilities")) {
            JsonNode without = pod.deepCopy();
            ((ObjectNode) without.at("/spec/containers/0/securityContext")).remove(field);
            assertThat(Restricted.faults(without)).as(field).hasSize(1);
        }
    }

    @EveryDeployment
    void theLoaderWritesWhereTheJobReads(String overlay) throws IOException {
        JsonNode loader = example("models-loader").one("Pod");
        Manifests all = Manifests.rendered(overlay);
        String claim = loader.at("/spec/volumes/0/persistentVolumeClaim/claimName").asText();
        assertThat(all.names("PersistentVolumeClaim").contains(claim))
                .isNotEqualTo(Manifests.isWithoutModelsClaim(overlay));
        assertThat(loader.at("/spec/containers/0/volumeMounts/0/readOnly").asBoolean()).isFalse();
        JsonNode job = all.one("FlinkDeployment").get("spec");
        assertThat(loader.at("/metadata/namespace"))
                .isEqualTo(all.one("FlinkDeployment").at("/metadata/namespace"));
        // files that one writes the other may read
        assertThat(loader.at("/spec/securityContext"))
                .isEqualTo(job.at("/podTemplate/spec/securityContext"));
    }

    @Test
    void theSimulatorMayReachKafka() throws IOException {
        Manifests simulator = example("simulator");
        JsonNode user = simulator.one("KafkaUser");
        JsonNode pod = simulator.one("Pod");
        Manifests all = Manifests.rendered("local");
        JsonNode kafka = all.one("Kafka");
        assertThat(user.at("/metadata/namespace")).isEqualTo(kafka.at("/metadata/namespace"));
        assertThat(pod.at("/metadata/namespace")).isEqualTo(kafka.at("/metadata/namespace"));
        JsonNode peer = kafka.at("/spec/kafka/listeners/0/networkPolicyPeers/2/podSelector");
        peer.get("matchLabels")
                .properties()
                .forEach(
                        l ->
                                assertThat(pod.at("/metadata/labels").get(l.getKey()))
                                        .isEqualTo(l.getValue()));
        assertThat(pod.at("/spec/volumes").findValuesAsText("secretName"))
                .containsExactly(
                        user.at("/metadata/name").asText(),
                        kafka.at("/metadata/name").asText() + "-cluster-ca-cert");
        for (JsonNode acl : user.at("/spec/authorization/acls")) {
            if (acl.at("/resource/type").asText().equals("topic")) {
                assertThat(all.names("KafkaTopic")).contains(acl.at("/resource/name").asText());
            }
        }
    }

    /** Files and metrics that docs/operate/kubernetes.md names. */
    @Test
    void thePageNamesWhatIsThere() throws IOException {
        String page = Files.readString(Manifests.ROOT.resolve("docs/operate/kubernetes.md"));
        String alerts = Files.readString(Manifests.ROOT.resolve("monitoring/alerts.yml"));
        assertThat(matches("k8s/[a-z0-9/-]+(\\.[a-z]+)?", page))
                .hasSizeGreaterThan(8)
                .allMatch(f -> Files.exists(Manifests.ROOT.resolve(f)));
        assertThat(matches("\\bflink_\\w+", page)).hasSize(6).allMatch(alerts::contains);
        // the walk-through fills the store with this
        assertThat(Manifests.ROOT.resolve("sandbox/src/main/resources/demo-model/model.json"))
                .exists();
    }

    private static Set<String> matches(String pattern, String text) {
        return Pattern.compile(pattern)
                .matcher(text)
                .results()
                .map(MatchResult::group)
                .collect(Collectors.toSet());
    }
}
