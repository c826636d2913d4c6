package io.dienstream.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Who may talk to whom, and who may ask the API server for what. */
class IsolationTest {
    private static final String JOB = "dien-stream";
    private static final String KAFKA = "dien-kafka";

    @EveryDeployment
    void theJobAndKafkaHaveNamespacesOfTheirOwn(String overlay) throws IOException {
        Manifests all = Manifests.rendered(overlay);
        for (JsonNode object : all.objects()) {
            String kind = Manifests.kind(object);
            String namespace = object.at("/metadata/namespace").asText();
            if (kind.equals("v1 Namespace")) {
                assertThat(namespace).isEmpty();
            } else if (kind.startsWith("kafka.strimzi.io")) {
                assertThat(namespace).as(kind).isEqualTo(KAFKA);
            } else {
                assertThat(namespace).as(kind).isIn(JOB, KAFKA);
            }
        }
        assertThat(enforced(all, JOB)).isEqualTo("restricted");
        // Strimzi's pods are refused in a restricted namespace
        assertThat(enforced(all, KAFKA)).isEqualTo("baseline");
    }

    private static String enforced(Manifests all, String namespace) {
        return all.ofKind("Namespace").stream()
                .filter(n -> n.at("/metadata/name").asText().equals(namespace))
                .map(n -> n.at("/metadata/labels").path("pod-security.kubernetes.io/enforce"))
                .findFirst()
                .orElseThrow()
                .asText();
    }

    /** An empty selector is every namespace, a rule without peers is everywhere. */
    @EveryDeployment
    void everyRuleNamesItsPeersAndTheirNamespace(String overlay) throws IOException {
        Manifests all = Manifests.rendered(overlay);
        assertThat(all.names("NetworkPolicy"))
                .containsExactlyInAnyOrder(
                        "deny-all",
                        all.job(),
                        all.job() + "-outside",
                        "kafka-egress",
                        "kafka-api-server");
        List<JsonNode> peers = new ArrayList<>();
        for (JsonNode policy : all.ofKind("NetworkPolicy")) {
            for (JsonNode rule : policy.at("/spec/ingress")) {
                assertThat(rule.path("from")).as(rule.toString()).isNotEmpty();
                rule.path("from").forEach(peers::add);
            }
            for (JsonNode rule : policy.at("/spec/egress")) {
                assertThat(rule.path("to")).as(rule.toString()).isNotEmpty();
                rule.path("to").forEach(peers::add);
            }
        }
        all.one("Kafka")
                .at("/spec/kafka/listeners/0/networkPolicyPeers")
                .forEach(
                        p -> {
                            assertThat(p.has("podSelector")).isTrue();
                            peers.add(p);
                        });
        assertThat(peers).hasSizeGreaterThan(10).allMatch(IsolationTest::isNarrow);
    }

    private static boolean isNarrow(JsonNode peer) {
        if (peer.has("ipBlock")) {
            String cidr = peer.at("/ipBlock/cidr").asText();
            return Integer.parseInt(cidr.substring(cidr.indexOf('/') + 1)) >= 12;
        }
        JsonNode namespace = peer.path("namespaceSelector");
        boolean named =
                namespace.isMissingNode()
                        || namespace.path("matchLabels").has("kubernetes.io/metadata.name");
        return named && !peer.at("/podSelector/matchLabels").isEmpty();
    }

    /** The check itself: what these rules once were, and the other ways to say everywhere. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "{namespaceSelector: {}, podSelector: {matchLabels: {app: prometheus}}}",
                "{namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: a}}}",
                "{podSelector: {}}",
                "{ipBlock: {cidr: 0.0.0.0/0}}"
            })
    void wideRulesAreSeen(String peer) throws IOException {
        assertThat(isNarrow(Manifests.YAML.readTree(peer))).isFalse();
    }

    /** From the job to Kafka's listener, and at the listener from the job. */
    @EveryDeployment
    void theJobReachesKafka(String overlay) throws IOException {
        Manifests all = Manifests.rendered(overlay);
        assertThat(policy(all, all.job()).at("/spec/egress").toString())
                .contains("\"kubernetes.io/metadata.name\":\"" + KAFKA + "\"")
                .contains("\"port\":\"tcp-clientstls\"");
        JsonNode listener = all.one("Kafka").at("/spec/kafka/listeners/0");
        // only a listener of this name, port and type has that port name
        assertThat(listener.get("name").asText()).isEqualTo("tls");
        assertThat(listener.get("port").asInt()).isEqualTo(9093);
        assertThat(listener.get("type").asText()).isEqualTo("internal");
        assertThat(listener.at("/networkPolicyPeers"))
                .anySatisfy(
                        peer ->
                                assertThat(peer.toString())
                                        .contains("\"kubernetes.io/metadata.name\":\"" + JOB + "\"")
                                        .contains("\"app\":\"" + all.job() + "\""));
        // ports by the names that containers have
        JsonNode pod = all.one("FlinkDeployment").at("/spec/podTemplate/spec/containers/0/ports");
        assertThat(pod.findValuesAsText("name")).contains("metrics");
        assertThat(policy(all, all.job()).at("/spec/ingress").findValuesAsText("port"))
                .containsExactly("8081", "6121", "6122", "6123", "6124", "6125", "rest", "metrics");
    }

    /** Ports that Flink would draw at start are fixed, and the job's pods reach no others. */
    @EveryDeployment
    void theJobsPodsReachEachOtherOnFlinksPortsAlone(String overlay) throws IOException {
        Manifests all = Manifests.rendered(overlay);
        JsonNode flink = all.one("FlinkDeployment").at("/spec/flinkConfiguration");
        Set<Integer> fixed = new TreeSet<>();
        for (String option :
                List.of(
                        "high-availability.jobmanager.port",
                        "blob.server.port",
                        "taskmanager.data.port",
                        "taskmanager.rpc.port",
                        "metrics.internal.query-service.port")) {
            fixed.add(flink.path(option).asInt());
        }
        assertThat(fixed).hasSize(5).noneMatch(port -> port == 0);
        fixed.add(8081);
        for (String way : List.of("ingress", "egress")) {
            Set<Integer> allowed = new TreeSet<>();
            for (JsonNode rule : policy(all, all.job()).at("/spec/" + way)) {
                if (rule.findValuesAsText("app").contains(all.job())) {
                    rule.get("ports").forEach(p -> allowed.add(p.get("port").asInt()));
                }
            }
            assertThat(allowed).as(way).isEqualTo(fixed);
        }
    }

    /** A rule without ports is one for all of them. */
    @EveryDeployment
    void everyRuleNamesItsPorts(String overlay) throws IOException {
        for (JsonNode policy : Manifests.rendered(overlay).ofKind("NetworkPolicy")) {
            for (String way : List.of("ingress", "egress")) {
                for (JsonNode rule : policy.at("/spec/" + way)) {
                    assertThat(rule.path("ports")).as(policy + " " + rule).isNotEmpty();
                }
            }
        }
    }

    private static JsonNode policy(Manifests all, String name) {
        return all.ofKind("NetworkPolicy").stream()
                .filter(p -> p.at("/metadata/name").asText().equals(name))
                .findFirst()
                .orElseThrow();
    }

    /** TaskManagers run under an account that reads config maps and does nothing else. */
    @EveryDeployment
    void taskManagersMayOnlyLookUpWhoLeads(String overlay) throws IOException {
        Manifests all = Manifests.rendered(overlay);
        JsonNode spec = all.one("FlinkDeployment").get("spec");
        String account =
                spec.at("/flinkConfiguration")
                        .get("kubernetes.taskmanager.service-account")
                        .asText();
        assertThat(account).isNotEqualTo(spec.get("serviceAccount").asText());
        assertThat(rights(all, account))
                .containsExactlyInAnyOrder("get configmaps", "list configmaps", "watch configmaps");
        Set<String> jobManager = rights(all, spec.get("serviceAccount").asText());
        assertThat(jobManager)
                .contains("create pods", "delete pods", "create configmaps", "update configmaps")
                .noneMatch(r -> r.endsWith(" secrets") || r.contains("*"));
        assertThat(all.objects()).noneMatch(o -> o.get("kind").asText().startsWith("ClusterRole"));
    }

    private static Set<String> rights(Manifests all, String account) {
        Set<String> rights = new TreeSet<>();
        for (JsonNode binding : all.ofKind("RoleBinding")) {
            if (binding.at("/subjects").findValuesAsText("name").contains(account)) {
                String role = binding.at("/roleRef/name").asText();
                all.ofKind("Role").stream()
                        .filter(r -> r.at("/metadata/name").asText().equals(role))
                        .forEach(r -> r.get("rules").forEach(rule -> add(rights, rule)));
            }
        }
        return rights;
    }

    private static void add(Set<String> rights, JsonNode rule) {
        for (JsonNode verb : rule.get("verbs")) {
            rule.get("resources").forEach(r -> rights.add(verb.asText() + " " + r.asText()));
        }
    }

    /** What the job mounts of Strimzi's secrets is what the script copies, key by key. */
    @Test
    void theScriptCopiesWhatTheJobReads() throws IOException {
        String script = Files.readString(Manifests.ROOT.resolve("k8s/copy-secrets.sh"));
        String options = Files.readString(Manifests.ROOT.resolve("k8s/base/options.properties"));
        for (Map.Entry<String, String> e :
                Map.of("kafka-user", "sasl.jaas.config", "kafka-ca", "ca.crt").entrySet()) {
            assertThat(options).contains("/etc/dien-stream/" + e.getKey());
            assertThat(options).contains(e.getValue());
        }
        assertThat(script.lines().filter(l -> l.startsWith("copy ")))
                .containsExactly(
                        "copy \"$user\" sasl.jaas.config", "copy dien-cluster-ca-cert ca.crt");
        assertThat(script)
                .contains("from=${1:-" + KAFKA + "}")
                .contains("to=${2:-" + JOB + "}")
                .contains("user=${3:-dien-stream}");
    }
}
